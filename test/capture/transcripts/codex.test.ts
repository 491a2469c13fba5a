import { describe, expect, it } from 'vitest'
import { aRepo } from '../../helpers/memory-repo.js'
import { importTexts, jsonLines, readLines } from '../../helpers/transcripts.js'

const at = (type: string, payload: object): object => ({ timestamp: '2026-03-01T10:00:00Z', type, payload })
const item = (payload: object): object => at('response_item', payload)
const total = (input: number, cached: number, output: number): object => at('event_msg', { type: 'token_count', info: { total_token_usage: { input_tokens: input, cached_input_tokens: cached, output_tokens: output } } })
const say = (role: string, text: string): object => item({ type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] })
const META = at('session_meta', { id: 'c1', cwd: '/home/ann/game', cli_version: '1.0', git: { branch: 'main' } })
const FIRST = [at('turn_context', { model: 'gpt-5-codex' }), say('user', '<environment_context>x</environment_context>'), say('user', 'fix it'), at('event_msg', { type: 'user_message', message: 'fix it' }),
  item({ type: 'function_call', name: 'shell', call_id: 'c', arguments: '{"command":["make","test"]}' }), item({ type: 'function_call_output', call_id: 'c', output: '{"output":"bad","metadata":{"exit_code":2,"duration_seconds":0.5}}' }),
  total(100, 60, 10), total(100, 60, 10), say('assistant', 'done'), total(250, 160, 30)]

describe('Codex transcripts', () => {
  it('have a prompt once, though it stands twice, and none that Codex wrote', async () => {
    const lines = await readLines('codex', jsonLines(META, ...FIRST))
    expect(lines.flatMap(({ events }) => events).filter(({ is }) => is === 'prompt')).toMatchObject([{ text: 'fix it', by: 'user' }])
    expect(lines.every(({ standing }) => standing === 'known')).toBe(true)
    expect(lines[0]?.events).toEqual([{ is: 'session', id: 'c1', metadata: { cwd: '/home/ann/game', version: '1.0', git_branch: 'main' } }])
  })

  it('have totals, of which each response is a difference', async () => {
    const usage = (await readLines('codex', jsonLines(META, ...FIRST))).flatMap(({ events }) => events).filter(({ is }) => is === 'usage')
    expect(usage).toMatchObject([{ model: 'gpt-5-codex', tokens: { input: 40, output: 10, cacheRead: 60, cacheWrite: 0 } }, { tokens: { input: 50, output: 20, cacheRead: 100 } }])
  })

  it('have commands with words, code and time, and patches in several places', async () => {
    const patch = '*** Begin Patch\n*** Add File: a.env\n+A=1\n*** End Patch'
    const lines = await readLines('codex', jsonLines(META, ...FIRST, item({ type: 'custom_tool_call', name: 'apply_patch', call_id: 'p', input: patch }), item({ type: 'function_call', name: 'shell', call_id: 'q', arguments: JSON.stringify({ command: ['apply_patch', patch] }) }),
      item({ type: 'function_call', name: 'exec_command', call_id: 'e', arguments: '{"cmd":"ls"}' }), item({ type: 'function_call_output', call_id: 'e', output: 'Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 1\nOutput:\n' }), item({ type: 'from-the-future' })))
    const events = lines.flatMap((line) => line.events)
    expect(events.filter(({ is }) => is === 'call')).toMatchObject([
      { work: { kind: 'command', command: ['make', 'test'] } }, { work: { kind: 'edit', edits: [{ path: 'a.env', how: 'create' }], patch } }, { work: { kind: 'edit', patch } }, { work: { kind: 'command', command: ['ls'] } },
    ])
    expect(events.filter(({ is }) => is === 'result')).toMatchObject([{ result: { output: 'bad', exitCode: 2, durationMs: 500, isError: true } }, { result: { exitCode: 1 } }])
    expect(lines.at(-1)).toMatchObject({ standing: 'unknown', type: 'response_item from-the-future' })
  })

  it('count a fork from where it left, whichever file is read first', async () => {
    const repo = await aRepo()
    const fork = [at('session_meta', { id: 'c2', forked_from_id: 'c1', cwd: '/home/ann/game' }), META, ...FIRST, say('user', 'another way'), say('assistant', 'so'), total(400, 260, 50)]
    const result = await importTexts(repo, 'codex', { c2: jsonLines(...fork), c1: jsonLines(META, ...FIRST, say('user', 'more'), say('assistant', 'yes'), total(300, 200, 31)) })
    expect(result.tokens).toEqual({ input: 140 + 10, output: 50 + 1, cacheRead: 260 + 40, cacheWrite: 0, responses: 4 })
    expect(Object.fromEntries(result.types)).toMatchObject({ PROMPT: 3, COMMAND: 1 })
  })
})
