import { expect, it } from 'vitest'
import { readDocument } from '../../helpers/transcripts.js'

it('Continue: results stand beside the calls', () => {
  const call = { id: 'c', type: 'function', function: { name: 'Bash', arguments: '{"command":"ls"}' } }
  const lines = readDocument('continue', { sessionId: 'k1', workspaceDirectory: '/x', history: [
    { message: { role: 'user', content: 'look' } }, { message: { role: 'assistant', content: 'so', toolCalls: [call] }, toolCallStates: [{ toolCallId: 'c', status: 'errored', output: [{ content: 'no' }] }] },
    { message: { role: 'assistant', content: '', toolCalls: [] }, toolCallStates: [{ toolCallId: 'd', status: 'generating' }] }, { nothing: 1 },
  ] })
  expect(lines.flatMap(({ events }) => events)).toMatchObject([
    { is: 'session', id: 'k1', metadata: { cwd: '/x' } }, { is: 'prompt', text: 'look' }, { is: 'text', text: 'so' }, { is: 'call', call: 'c', work: { kind: 'command', command: ['ls'] } }, { is: 'result', call: 'c', result: { output: 'no', isError: true } },
  ])
  expect(lines.at(-1)?.standing).toBe('unknown')
})
