import { expect, it } from 'vitest'
import { readDocument } from '../../helpers/transcripts.js'

it('Amp: a thread is one document, with usage by message', () => {
  const usage = { model: 'm', inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheCreationInputTokens: 4, timestamp: '2026-03-01T10:00:01Z' }
  const lines = readDocument('amp', { id: 'T-1', created: 1_772_359_200_000, title: 'Fix', messages: [
    { role: 'user', messageId: 0, content: [{ type: 'text', text: 'fix' }], meta: { sentAt: 1_772_359_200_001 } },
    { role: 'assistant', messageId: 1, content: [{ type: 'tool_use', id: 'c', name: 'edit_file', input: { path: 'a', old_str: 'x', new_str: 'y' } }], usage },
    { role: 'user', messageId: 2, content: [{ type: 'tool_result', toolUseID: 'c', run: { status: 'done', result: { diff: '--- a' } } }] },
    {},
  ] })
  expect(lines.flatMap(({ events }) => events)).toMatchObject([
    { is: 'session', id: 'T-1', metadata: { title: 'Fix' } }, { is: 'prompt', key: 'T-1\n0', text: 'fix' }, { is: 'call', work: { kind: 'edit' } },
    { is: 'usage', key: 'T-1\n1', model: 'm', tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } }, { is: 'result', result: { isError: false, patch: '--- a' } },
  ])
  expect(lines.map(({ timeMs }) => timeMs)).toEqual([1_772_359_200_000, 1_772_359_200_001, Date.UTC(2026, 2, 1, 10, 0, 1), undefined, undefined])
  expect(lines.at(-1)?.standing).toBe('unknown')
})
