import { expect, it } from 'vitest'
import { jsonLines, readLines } from '../../helpers/transcripts.js'

it('Pi: results are messages of their own, and usage stands with the message', async () => {
  const message = (id: string, value: object): object => ({ type: 'message', id, timestamp: '2026-03-01T10:00:00Z', message: value })
  const lines = await readLines('pi', jsonLines({ type: 'session', id: 'p1', cwd: '/x' }, { type: 'model_change' }, message('1', { role: 'user', content: 'fix' }),
    message('2', { role: 'assistant', model: 'm', content: [{ type: 'toolCall', id: 'c', name: 'edit', arguments: { path: 'a', edits: [{ oldText: 'x', newText: 'y' }] } }], usage: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } }),
    message('3', { role: 'toolResult', toolCallId: 'c', content: [{ type: 'text', text: 'done' }], isError: false }), message('4', { role: 'other' }), { type: 'new' }))
  expect(lines.flatMap(({ events }) => events)).toMatchObject([
    { is: 'session', id: 'p1', metadata: { cwd: '/x' } }, { is: 'prompt', key: 'p1\n1', text: 'fix' },
    { is: 'call', call: 'c', work: { kind: 'edit', edits: [{ path: 'a', before: 'x', after: 'y' }] } }, { is: 'usage', model: 'm', tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } },
    { is: 'result', call: 'c', result: { output: 'done', isError: false } },
  ])
  expect(lines.at(-1)?.standing).toBe('unknown')
})
