import { expect, it } from 'vitest'
import { jsonLines, readLines } from '../../helpers/transcripts.js'

it('Windsurf: a line is a step, with its values under its type', async () => {
  const step = (type: string, values: object): object => ({ type, status: 'done', [type]: values })
  const lines = await readLines('windsurf', jsonLines(step('user_input', { user_response: 'fix' }), step('planner_response', { response: 'so' }), step('code_action', { path: 'file:///x/a', new_content: 'y' }),
    step('run_command', { command: 'make', exit_code: 2, output: 'bad' }), step('view_file', { path: 'a' }), step('mcp_tool', { name: 'n' }), step('checkpoint', {}), step('brand_new', {})))
  expect(lines.flatMap(({ events }) => events)).toMatchObject([
    { is: 'prompt', text: 'fix' }, { is: 'text', text: 'so' }, { is: 'call', work: { kind: 'edit', edits: [{ path: '/x/a', how: 'write', after: 'y' }] } }, { is: 'result' },
    { is: 'call', work: { kind: 'command', command: ['make'] } }, { is: 'result', result: { isError: true, exitCode: 2, output: 'bad' } }, { is: 'call', work: { kind: 'quiet' } }, { is: 'call', tool: 'mcp_tool', input: { name: 'n' }, work: { kind: 'other' } },
  ])
  expect(lines.map(({ standing }) => standing).slice(-2)).toEqual(['known', 'unknown'])
})
