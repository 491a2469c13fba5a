import { expect, it } from 'vitest'
import { jsonLines, readLines } from '../../helpers/transcripts.js'

it('Droid: what follows the first text of a prompt is what Droid adds', async () => {
  const message = (id: string, role: string, content: unknown): object => ({ type: 'message', id, timestamp: '2026-03-01T10:00:00Z', message: { role, content } })
  const lines = await readLines('droid', jsonLines({ type: 'session_start', id: 'd1', cwd: '/home/ann' }, message('1', 'user', [{ type: 'text', text: '<system-reminder>x' }, { type: 'text', text: 'fix it' }, { type: 'text', text: 'Contents of a' }]),
    message('2', 'assistant', [{ type: 'text', text: 'so' }, { type: 'tool_use', id: 'c', name: 'Execute', input: { command: 'ls' } }]), message('3', 'user', [{ type: 'tool_result', tool_use_id: 'c', content: 'a', is_error: true }]), { type: 'todo_state' }, { type: 'new' }))
  expect(lines.map(({ standing, events }) => [standing, ...events.map(({ is }) => is)])).toEqual([['known', 'session'], ['known', 'prompt'], ['known', 'text', 'call'], ['known', 'result'], ['known'], ['unknown']])
  expect(lines[1]?.events).toEqual([{ is: 'prompt', key: '1', text: 'fix it', by: 'user' }])
  expect(lines[2]?.events[1]).toMatchObject({ call: 'c', work: { kind: 'command', command: ['ls'] } })
  expect(lines[3]?.events).toEqual([{ is: 'result', call: 'c', result: { isError: true, output: 'a' } }])
})
