import { describe, expect, it } from 'vitest'
import { aboutFile, jsonLines, readLines } from '../../helpers/transcripts.js'

const user = (content: unknown, more: object = {}): object => ({ type: 'user', uuid: 'u1', sessionId: 's1', timestamp: '2026-03-01T10:00:00Z', message: { role: 'user', content }, ...more })
const assistant = (content: unknown, more: object = {}): object => ({ type: 'assistant', uuid: 'a1', sessionId: 's1', requestId: 'r1', message: { id: 'm1', model: 'm', content, usage: { input_tokens: 1, output_tokens: 2 } }, ...more })

async function eventsOf(...values: readonly unknown[]): Promise<readonly unknown[]> {
  return (await readLines('claude-code', jsonLines(...values))).flatMap(({ events }) => events.filter(({ is }) => is !== 'session'))
}

describe('Claude Code transcripts', () => {
  it('have prompts as a text or as parts', async () => {
    expect(await eventsOf(user('do it'))).toEqual([{ is: 'prompt', key: 'u1', text: 'do it', by: 'user' }])
    expect(await eventsOf(user([{ type: 'text', text: 'do' }, { type: 'image' }, { type: 'text', text: 'it' }]))).toMatchObject([{ text: 'do\nit' }])
    expect(await eventsOf(user([{ type: 'image' }]))).toMatchObject([{ is: 'prompt', text: '' }])
  })

  it('have texts that nobody typed', async () => {
    expect(await eventsOf(user('note', { isMeta: true }), user('<local-command-stdout>x</local-command-stdout>'), user('summary', { isCompactSummary: true }), user('sub', { isSidechain: true }))).toEqual([])
  })

  it('name a subagent after its session and itself', async () => {
    const [line] = await readLines('claude-code', jsonLines(user('find it', { isSidechain: true })), aboutFile('agent-7f', { agentType: 'Explore', toolUseId: 'toolu_1' }))
    expect(line?.events).toMatchObject([
      { is: 'session', id: 's1/agent-7f', metadata: { parent_session: 's1', subagent: '7f', subagent_type: 'Explore', tool_use: 'toolu_1' } },
      { is: 'prompt', by: 'agent' },
    ])
  })

  it('have usage by response, with what is cached apart', async () => {
    const usage = { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 30, cache_creation_input_tokens: 40, cache_creation: { ephemeral_1h_input_tokens: 15 } }
    expect(await eventsOf(assistant([], { message: { id: 'm1', model: 'm', content: [], usage } }))).toEqual([{ is: 'usage', key: 'm1 r1', model: 'm', tokens: { input: 10, output: 20, cacheRead: 30, cacheWrite: 40, cacheWriteHour: 15 } }])
    expect(await eventsOf({ ...assistant([]), requestId: undefined })).toMatchObject([{ key: 'm1' }])
    expect(await eventsOf(assistant([], { message: { id: 'm1', model: '<synthetic>', content: [], usage } }))).toEqual([])
  })

  it('have results with an exit code where one is told, and 0 where all went well', async () => {
    const result = async (part: object, more?: object): Promise<unknown> => (await eventsOf(user([{ type: 'tool_result', tool_use_id: 't', ...part }], { toolUseResult: more })))[0]
    expect(await result({ content: 'Exit code 3\nbad', is_error: true })).toMatchObject({ call: 't', result: { exitCode: 3, isError: true } })
    expect(await result({ content: 'fine' })).toMatchObject({ result: { exitCode: 0, output: 'fine' } })
    expect(await result({ content: 'x' }, { stdout: 'out', stderr: 'err', interrupted: true })).toEqual({ is: 'result', call: 't', result: { output: 'out', stderr: 'err', isError: false } })
    expect(await result({ content: 'x' }, { stdout: '', stderr: '', returnCodeInterpretation: 'No matches found' })).not.toHaveProperty('result.exitCode')
    expect(await result({ content: 'ok' }, { filePath: '/a', originalFile: 'old', content: 'new', structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-old', '+new'] }] }))
      .toMatchObject({ result: { edits: [{ path: '/a', how: 'modify', before: 'old', after: 'new' }], patch: '--- /a\n+++ /a\n@@ -1,1 +1,1 @@\n-old\n+new\n' } })
  })

  it('may have lines of any form, which are counted by what they are', async () => {
    const lines = await readLines('claude-code', `${jsonLines({ type: 'user', message: 'error' }, { type: 'user', message: { contenst: [] } }, { silly: 1 }, 42, [1], 'text', null, { type: 'from-the-future' }, { type: 'summary' })}{"type":\n`)
    expect(lines.map(({ standing, type, problem }) => problem ?? `${standing}: ${type ?? ''}`)).toEqual([
      'unknown: user without a message', 'unknown: user without content', 'unknown: line without a type', 'unknown: line that is no object', 'unknown: line that is no object', 'unknown: line that is no object', 'unknown: line that is no object',
      'unknown: from-the-future', 'known: summary', 'it is not JSON',
    ])
  })
})
