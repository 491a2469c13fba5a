import { expect, it } from 'vitest'
import { jsonLines, readLines } from '../../helpers/transcripts.js'

it('Copilot: calls stand with what was said, results come as events', async () => {
  const event = (type: string, data: object): object => ({ type, data, id: `${type} 1`, timestamp: '2026-03-01T10:00:00Z' })
  const lines = await readLines('copilot', jsonLines(event('session.start', { sessionId: 'g1', context: { cwd: '/x', branch: 'main' } }), event('user.message', { content: 'fix' }), event('assistant.turn_start', {}),
    event('assistant.message', { content: 'so', toolRequests: [{ toolCallId: 'c', name: 'create', arguments: '{"path":"a","file_text":"x"}' }] }), event('tool.execution_start', { toolCallId: 'c' }),
    event('tool.execution_complete', { toolCallId: 'c', success: false, result: { text_result_for_llm: 'no' } }), event('brand.new', {}), { kind: 0 }))
  expect(lines.flatMap(({ events }) => events)).toMatchObject([
    { is: 'session', id: 'g1', metadata: { cwd: '/x', git_branch: 'main' } }, { is: 'prompt', text: 'fix' }, { is: 'text', text: 'so' },
    { is: 'call', call: 'c', tool: 'create', work: { kind: 'edit', edits: [{ path: 'a', how: 'create', after: 'x' }] } }, { is: 'result', call: 'c', result: { isError: true, output: 'no' } },
  ])
  expect(lines.map(({ standing }) => standing).slice(-2)).toEqual(['unknown', 'unknown'])
})
