import { describe, expect, it } from 'vitest'
import { aRepo } from '../../helpers/memory-repo.js'
import { importTexts, jsonLines, readLines } from '../../helpers/transcripts.js'

const HEAD = { sessionId: 'g1', projectHash: 'ab', startTime: '2026-03-01T10:00:00Z' }
const ASKED = { id: '1', type: 'user', timestamp: '2026-03-01T10:00:01Z', content: [{ text: 'print it' }] }
const CALL = { id: 'c', name: 'run_shell_command', args: { command: 'ls' } }
const begun = { id: '2', type: 'gemini', timestamp: '2026-03-01T10:00:02Z', content: 'I look', model: 'gemini-2.5-pro', toolCalls: [{ ...CALL, status: 'executing' }], tokens: { input: 100, cached: 40, output: 5, thoughts: 2, tool: 3, total: 110 } }
const ended = { ...begun, toolCalls: [{ ...CALL, status: 'success', result: [{ functionResponse: { response: { output: 'Exit Code: 2\nno' } } }] }], tokens: { ...begun.tokens, output: 9 } }

describe('Gemini transcripts', () => {
  it('write a message again when it has more: it is taken once', async () => {
    const events = (await readLines('gemini', jsonLines(HEAD, ASKED, begun, ended, { $set: { lastUpdated: 'x' } }))).flatMap((line) => line.events)
    expect(events.map(({ is }) => is)).toEqual(['session', 'prompt', 'text', 'call', 'usage', 'result', 'usage'])
    expect(events[3]).toMatchObject({ work: { kind: 'command', command: ['ls'] } })
    expect(events[5]).toMatchObject({ result: { exitCode: 2, isError: false } })
  })

  it('count what is cached apart from the input, and thoughts as output', async () => {
    const repo = await aRepo()
    const result = await importTexts(repo, 'gemini', { g1: jsonLines(HEAD, ASKED, begun, ended) })
    expect(result.tokens).toEqual({ input: 63, output: 11, cacheRead: 40, cacheWrite: 0, responses: 1 })
    expect(Object.fromEntries(result.types)).toEqual({ SESSION: 1, PROMPT: 1, COMMAND: 1, TURN: 1, IMPORT: 1 })
  })

  it('name lines that nobody knows', async () => {
    expect((await readLines('gemini', jsonLines({ x: 1 }, { type: 'other' }, { type: 'info', content: 'x' }))).map(({ standing }) => standing)).toEqual(['unknown', 'unknown', 'known'])
  })
})
