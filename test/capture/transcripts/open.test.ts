import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openTranscriptFiles } from '../../../src/capture/transcripts/open.js'
import type { TranscriptLine, TranscriptSource } from '../../../src/ops/transfer/transcripts/transcript-source.js'
import { openForeign } from '../../../src/views/sqlite/foreign.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { jsonLines } from '../../helpers/transcripts.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'atom-transcripts-')))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const isRoot = process.getuid?.() === 0
if (isRoot) console.warn('skipped: root may read every file')

const home = join(folder, 'home')
const root = join(folder, 'my game')
const context = { cwd: folder, home, env: {}, openTables: (file: string) => Promise.resolve(openForeign(file)) }

function put(path: string, text: string | Uint8Array): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
  return join(folder, path)
}

const line = (session: string, minute: number): string => jsonLines({ type: 'user', uuid: session, sessionId: session, timestamp: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`, message: { content: 'x' } })
const namesOf = ({ files }: TranscriptSource): readonly string[] => files.map(({ name }) => name)
const open = (source: string, ...paths: readonly string[]): Promise<TranscriptSource> => openTranscriptFiles({ source, paths, root }, context)

async function linesOf(source: TranscriptSource): Promise<readonly TranscriptLine[]> {
  const lines: TranscriptLine[] = []
  for (const file of source.files) for await (const each of file.lines()) lines.push(each)
  return lines
}

describe('where transcripts are', () => {
  it('finds those of Claude Code by the project, subagents too, in the order in which they began', async () => {
    const place = `home/.claude/projects/${root.replace(/[^A-Za-z0-9]/g, '-')}`
    put(`${place}/bbb.jsonl`, line('bbb', 1))
    put(`${place}/aaa.jsonl`, line('aaa', 5))
    put(`${place}/aaa/subagents/agent-7.jsonl`, line('aaa', 6))
    put(`${place}/aaa/subagents/agent-7.meta.json`, '{"agentType":"Explore"}')
    put('home/.claude/projects/-elsewhere/ccc.jsonl', line('ccc', 1))
    const source = await open('claude-code')
    expect([source.agent, namesOf(source)]).toEqual(['claude-code', ['bbb.jsonl', 'aaa.jsonl', 'aaa/agent-7.jsonl']])
    expect((await linesOf(source)).at(-1)?.events).toMatchObject([{ is: 'session', id: 'aaa/agent-7', metadata: { subagent_type: 'Explore' } }, { is: 'prompt', by: 'agent' }])
  })

  it('takes CLAUDE_CONFIG_DIR and CODEX_HOME for what they say', async () => {
    put(`elsewhere/projects/${root.replace(/[^A-Za-z0-9]/g, '-')}/ddd.jsonl`, line('ddd', 1))
    expect(namesOf(await openTranscriptFiles({ source: 'claude-code', paths: [], root }, { ...context, env: { CLAUDE_CONFIG_DIR: join(folder, 'elsewhere') } }))).toEqual(['ddd.jsonl'])
    const meta = (cwd: string): string => jsonLines({ timestamp: '2026-03-01T10:00:00Z', type: 'session_meta', payload: { id: 'x', cwd } })
    put('codex/sessions/2026/03/01/rollout-1.jsonl', meta(join(root, 'deep')))
    put('codex/sessions/2026/03/01/rollout-2.jsonl', meta(`${root} and more`))
    expect(namesOf(await openTranscriptFiles({ source: 'codex', paths: [], root }, { ...context, env: { CODEX_HOME: join(folder, 'codex') } }))).toEqual(['rollout-1.jsonl'])
  })

  it('reads an older file of Gemini as one document, and keeps it', async () => {
    const path = put('g/session-1.json', JSON.stringify({ sessionId: 'g1', startTime: '2026-03-01T10:00:00Z', messages: [{ id: '1', type: 'user', content: 'hi' }] }, undefined, 2))
    const source = await open('gemini', path)
    expect((await linesOf(source)).flatMap(({ events }) => events.map(({ is }) => is))).toEqual(['session', 'prompt'])
    expect(source.files[0]?.document).toBeDefined()
    put('g/session-1.json', '[')
    expect(await codeOfAsync(async () => linesOf(await open('gemini', path)))).toBe('SOURCE_UNREADABLE')
  })

  it('takes the time of a session of Continue from the list beside it', async () => {
    put('k/k1.json', JSON.stringify({ sessionId: 'k1', history: [{ message: { role: 'user', content: 'hi' } }] }))
    put('k/k2.json', JSON.stringify({ sessionId: 'k2', history: [{ message: { role: 'user', content: 'hi' } }] }))
    put('k/sessions.json', JSON.stringify([{ sessionId: 'k1', title: 'x', dateCreated: '1772359200000' }]))
    const source = await open('continue', 'k')
    expect(namesOf(source)).toEqual(['k1.json', 'k2.json'])
    expect((await linesOf(source)).map(({ timeMs }) => timeMs)).toEqual([1_772_359_200_000, undefined, undefined, undefined])
  })

  it('names a database that cannot be read, and reads the rest', async () => {
    const broken = put('d/state.vscdb', `SQLite format 3\0${'junk'.repeat(500)}`)
    expect(await codeOfAsync(async () => open('cursor', broken))).toBe('SOURCE_UNREADABLE')
    put('d/a.jsonl', jsonLines({ role: 'user', message: { content: 'x' } }))
    const source = await open('cursor', 'd')
    expect([namesOf(source), source.refused]).toEqual([['a.jsonl'], [{ name: broken, reason: expect.stringContaining('as a database it cannot be read') as string }]])
  })

  it('refuses what it does not read, and says what it reads', async () => {
    const database = put('c/store.db', 'SQLite format 3\0 and so on')
    put('c/a.jsonl', jsonLines({ role: 'user', message: { content: 'x' } }))
    await expect(open('cursor', database)).rejects.toMatchObject({ code: 'UNSUPPORTED', message: `${database} is a SQLite database, and of cursor only .jsonl and .vscdb files are read` })
    const source = await open('cursor', 'c')
    expect([namesOf(source), source.refused]).toEqual([['a.jsonl'], [{ name: database, reason: 'a database; read are .jsonl and .vscdb files' }]])
    expect(await codeOfAsync(async () => open('nobody'))).toBe('UNSUPPORTED')
    expect(await codeOfAsync(async () => open('cursor', 'nothing here'))).toBe('SOURCE_UNREADABLE')
    mkdirSync(join(folder, 'empty'))
    expect(await codeOfAsync(async () => open('cursor', 'empty'))).toBe('SOURCE_UNREADABLE')
    expect(await codeOfAsync(async () => open('gemini'))).toBe('SOURCE_UNREADABLE')
    expect(await codeOfAsync(async () => openTranscriptFiles({ source: 'cursor', paths: [], root: undefined }, context))).toBe('SOURCE_UNREADABLE')
  })

  it('follows no symbolic link below a folder', async () => {
    put('links/real.jsonl', line('real', 1))
    symlinkSync('/', join(folder, 'links/root'))
    symlinkSync('real.jsonl', join(folder, 'links/other.jsonl'))
    expect(namesOf(await open('claude-code', 'links'))).toEqual(['real.jsonl'])
  })

  it.skipIf(isRoot)('names a file that may not be read', async () => {
    chmodSync(put('shut/a.jsonl', line('a', 1)), 0)
    expect(await codeOfAsync(async () => open('claude-code', 'shut/a.jsonl'))).toBe('SOURCE_UNREADABLE')
  })
})
