import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import { AtomError } from '../../../../src/base/errors.js'
import { digestOf } from '../../../../src/codec/object-id.js'
import { stats, type StatsResult } from '../../../../src/ops/look/stats.js'
import { verify, type VerifyResult } from '../../../../src/ops/prove/verify.js'
import { importTranscripts } from '../../../../src/ops/transfer/transcripts/import-transcripts.js'
import { resolveRef } from '../../../../src/refs/ref.js'
import { readContent } from '../../../../src/store/content.js'
import { readRecord, type AtomRecord } from '../../../../src/trail/record.js'
import { walk } from '../../../../src/history/graph/walk.js'
import { codeOfAsync } from '../../../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../../../helpers/memory-repo.js'
import { claudeTurn, importTexts, jsonLines } from '../../../helpers/transcripts.js'

const EDIT = { tool: 'Edit', input: { file_path: '/home/ann/game/a.env', old_string: 'A=1', new_string: 'A=2' } }
const COMMAND = { tool: 'Bash', input: { command: 'make test' }, output: 'Exit code 2\nbroken', isError: true }
const LOOK = { tool: 'Grep', input: { pattern: 'x' } }
const FIRST = claudeTurn({ name: 'one', prompt: 'Make it faster.\nPlease.', minute: 0, tools: [LOOK, EDIT, COMMAND] })
const SECOND = claudeTurn({ name: 'two', prompt: 'And smaller', minute: 5 })

/** The ATOMs of the branch, first things first. */
function sessions(repo: MemoryRepo, branch = 'sessions/claude-code'): readonly AtomRecord[] {
  const tip = resolveRef(repo.store, `refs/heads/${branch}`)!
  return [...walk(repo.index, [repo.index.getSeq(digestOf(tip))!])].map((seq) => readRecord(repo, seq)).reverse()
}

function typesOf(records: readonly AtomRecord[]): readonly string[] {
  return records.map(({ header }) => header.atomId.split('-')[1]!)
}

function textOf(repo: MemoryRepo, record: AtomRecord, name: string): string | undefined {
  const content = record.body?.evidence?.find((evidence) => evidence.name === name)?.content
  return content === undefined ? undefined : Buffer.from(readContent(repo.objects, content)).toString('utf8')
}

/** What is kept of a file, put together again. */
function kept(repo: MemoryRepo): string {
  return sessions(repo).map((record) => textOf(repo, record, 'transcript') ?? textOf(repo, record, 'transcript rest') ?? '').join('')
}

async function tokens(repo: MemoryRepo): Promise<StatsResult['tokens']> {
  return (await stats.run(repo, stats.check({ revisions: [] })) as StatsResult).tokens
}

async function problems(repo: MemoryRepo): Promise<readonly unknown[]> {
  const { findings } = await verify.run(repo, verify.check({})) as VerifyResult
  return findings.filter(({ severity }) => severity === 'error')
}

describe('import of transcripts', () => {
  it('makes a session, and for each turn a prompt, what was done and an answer', async () => {
    const repo = await aRepo()
    const result = await importTexts(repo, 'claude-code', { s1: jsonLines(...FIRST, ...SECOND) })
    const records = sessions(repo)
    expect(typesOf(records)).toEqual(['SESSION', 'PROMPT', 'EDIT', 'COMMAND', 'TURN', 'PROMPT', 'TURN', 'IMPORT'])
    expect(Object.fromEntries(result.types)).toEqual({ SESSION: 1, PROMPT: 2, EDIT: 1, COMMAND: 1, TURN: 2, IMPORT: 1 })
    const [session, prompt, edit, command, turn] = records as [AtomRecord, AtomRecord, AtomRecord, AtomRecord, AtomRecord]
    expect(session.body?.metadata).toMatchObject({ cwd: '/home/ann/game', git_branch: 'main', version: '2.1.0' })
    expect([prompt.body?.title, prompt.body?.reason, prompt.header.agent]).toEqual(['Make it faster.', 'Make it faster.\nPlease.', 'claude-code'])
    expect([textOf(repo, edit, 'before'), textOf(repo, edit, 'after'), edit.header.operation, edit.body?.metadata?.['paths']]).toEqual(['A=1', 'A=2', 'modify_file', ['/home/ann/game/a.env']])
    expect(command.body?.evidence?.[0]).toMatchObject({ name: 'output', command: ['make test'], exitCode: 2 })
    expect([turn.body?.title, turn.body?.metadata?.['looked']]).toEqual(['done one', { Grep: 1 }])
    expect(turn.body?.tokens).toEqual({ model: 'claude-sonnet-4-5', input: 40, output: 400, cacheRead: 4_000, cacheWrite: 200 })
    expect(prompt.body?.tokens).toBeUndefined()
    expect(edit.header.parents).toEqual([prompt.id])
    expect(await problems(repo)).toEqual([])
  })

  it('tracks no file: a transcript does not prove what was on disk', async () => {
    const repo = await aRepo()
    await importTexts(repo, 'claude-code', { s1: jsonLines(...FIRST) })
    expect(new Set(sessions(repo).map(({ header }) => header.tree)).size).toBe(1)
  })

  it('gives the same ids in another store, and adds nothing the second time', async () => {
    const [here, there] = [await aRepo(), await aRepo({ seed: 'another', startMs: 1 })]
    const text = jsonLines(...FIRST, ...SECOND)
    const first = await importTexts(here, 'claude-code', { s1: text })
    expect((await importTexts(there, 'claude-code', { s1: text })).object).toBe(first.object)
    const again = await importTexts(here, 'claude-code', { s1: text })
    expect([again.added, again.known, again.object]).toEqual([0, first.added - 1, first.object])
  })

  it('adds only what is new of a transcript that grew, with the ids that the whole would have given', async () => {
    const [here, whole] = [await aRepo(), await aRepo()]
    await importTexts(here, 'claude-code', { s1: jsonLines(...FIRST, { type: 'last-prompt', sessionId: 's1' }) })
    const grown = jsonLines(...FIRST, { type: 'last-prompt', sessionId: 's1' }, ...SECOND)
    expect((await importTexts(here, 'claude-code', { s1: grown })).added).toBe(3)
    await importTexts(whole, 'claude-code', { s1: grown })
    const ids = (repo: MemoryRepo): readonly string[] => sessions(repo).filter(({ header }) => !header.atomId.startsWith('ATOM-IMPORT')).map(({ id }) => id)
    expect(ids(here)).toEqual(ids(whole))
    expect(await tokens(here)).toEqual(await tokens(whole))
  })

  it('takes a turn wherever it is cut, and counts it once', async () => {
    const lines = jsonLines(...FIRST, ...SECOND).split(/(?<=\n)/)
    const whole = await aRepo()
    await importTexts(whole, 'claude-code', { s1: lines.join('') })
    for (let cut = 1; cut < lines.length; cut++) {
      const repo = await aRepo()
      await importTexts(repo, 'claude-code', { s1: lines.slice(0, cut).join('') })
      await importTexts(repo, 'claude-code', { s1: lines.join('') })
      expect([cut, await tokens(repo)]).toEqual([cut, await tokens(whole)])
      expect([cut, (await importTexts(repo, 'claude-code', { s1: lines.join('') })).added]).toEqual([cut, 0])
      expect(typesOf(sessions(repo)).filter((type) => type === 'PROMPT')).toHaveLength(2)
      const outputs = sessions(repo).filter((record) => textOf(repo, record, 'output') === 'Exit code 2\nbroken')
      expect([cut, outputs.length]).toEqual([cut, 1])
    }
  })

  it('keeps every byte of the lines', async () => {
    const repo = await aRepo()
    const text = `${jsonLines({ type: 'summary', summary: 'before' }, ...FIRST)}not json\n\n${jsonLines({ type: 'brand-new', x: 1 }, ...SECOND)}${jsonLines({ type: 'last-prompt' })}`
    const result = await importTexts(repo, 'claude-code', { s1: text })
    expect(kept(repo)).toBe(text)
    expect([...result.odd]).toEqual([['brand-new', 1]])
    expect(result.broken).toEqual([{ file: 's1', line: 14, message: 'it is not JSON' }])
  })

  it('does not double what a fork repeats, and goes on from it', async () => {
    const repo = await aRepo()
    const copied = FIRST.map((line) => ({ ...line, sessionId: 's2' }))
    const own = claudeTurn({ session: 's2', name: 'fork', prompt: 'Another way', minute: 9 })
    await importTexts(repo, 'claude-code', { s1: jsonLines(...FIRST, ...SECOND), s2: jsonLines(...copied, ...own) })
    const records = sessions(repo)
    expect(typesOf(records).filter((type) => type === 'SESSION')).toHaveLength(2)
    expect(records.filter(({ body }) => body?.reason === 'Make it faster.\nPlease.')).toHaveLength(1)
    const answer = records.find(({ body }) => body?.title === 'done one')
    const forked = records.find(({ body }) => body?.title === 'session s2')
    expect(forked?.header.parents).toEqual([answer?.id])
    expect((await tokens(repo)).output).toBe(600)
  })

  it('counts a response once though a resumed file has it under other names, in a later import too', async () => {
    const repo = await aRepo()
    await importTexts(repo, 'claude-code', { s1: jsonLines(...FIRST) })
    const renamed = FIRST.map((line) => ({ ...line, sessionId: 's2', uuid: `copy of ${(line as { uuid: string }).uuid}` }))
    await importTexts(repo, 'claude-code', { s2: jsonLines(...renamed, ...claudeTurn({ session: 's2', name: 'new', prompt: 'go on', minute: 8 })) })
    expect((await tokens(repo)).output).toBe(500)
  })

  it('counts what a later file has more of the same response', async () => {
    const repo = await aRepo()
    const line = (uuid: string, output: number, model = 'm'): object => ({ type: 'assistant', uuid, requestId: 'r', timestamp: '2026-03-01T10:00:00Z', message: { id: 'm1', model, content: [{ type: 'text', text: uuid }], usage: { input_tokens: 7, output_tokens: output } } })
    await importTexts(repo, 'claude-code', { s1: jsonLines(line('a', 10)), s2: jsonLines(line('b', 4), line('c', 25), line('d', 99, '<synthetic>')) })
    expect(await tokens(repo)).toMatchObject({ input: 7, output: 25 })
  })

  it('waits for the end of a last line that is cut off', async () => {
    const repo = await aRepo()
    const text = jsonLines(...FIRST)
    const torn = await importTexts(repo, 'claude-code', { s1: text.slice(0, -20) })
    expect([torn.cutOff, torn.brokenCount]).toEqual([['s1'], 0])
    await importTexts(repo, 'claude-code', { s1: text })
    expect(kept(repo)).toBe(text)
  })

  it('lands on the branch that is named, after what is there, and changes no file of it', async () => {
    const repo = await aRepo()
    await repo.add({ title: 'own work' })
    const own = resolveRef(repo.store, 'refs/heads/main')
    const result = await importTexts(repo, 'claude-code', { s1: jsonLines(...FIRST) }, 'main')
    const tip = sessions(repo, 'main').at(-1)
    expect([tip?.id, tip?.header.parents[0], tip?.header.tree]).toEqual([result.object, own, sessions(repo, 'main').find(({ id }) => id === own)?.header.tree])
    expect(resolveRef(repo.store, 'refs/heads/main')).toBe(result.object)
    expect(await problems(repo)).toEqual([])
    expect(await codeOfAsync(async () => importTexts(repo, 'claude-code', {}, 'main/sub'))).toBe('REF_EXISTS')
  })

  it('leaves a turn that is going on until it ends: two machines at two moments make the same ATOMs of it', async () => {
    const lines = FIRST.map((line) => JSON.stringify(line))
    const whole = jsonLines(...FIRST)
    const late = await aRepo()
    late.clock.set(Date.UTC(2026, 2, 1, 11))
    const { object: _, ...complete } = await importTexts(late, 'claude-code', { s1: whole })
    const ofSession = (repo: MemoryRepo): readonly string[] => sessions(repo).filter(({ header }) => header.operation !== 'import_sessions').map(({ id }) => id)
    for (let count = 1; count < lines.length; count++) {
      const early = await aRepo()
      early.clock.set(Date.parse((FIRST[count - 1] as { readonly timestamp: string }).timestamp) + 10_000)
      const first = await importTexts(early, 'claude-code', { s1: lines.slice(0, count).map((line) => `${line}\n`).join('') })
      expect(ofSession(early).filter((id) => !ofSession(late).includes(id))).toEqual([])
      early.clock.set(Date.UTC(2026, 2, 1, 11))
      const second = await importTexts(early, 'claude-code', { s1: whole })
      expect([first.open.length > 0 || count === 1 || first.types.has('TURN'), second.open, ofSession(early)]).toEqual([true, [], ofSession(late)])
      expect((await tokens(early)).output).toBe(complete.tokens.output)
    }
  })

  it('closes a turn that was broken off a day ago, or that the user does not wait for', async () => {
    const begun = jsonLines(...FIRST.slice(0, 3))
    const [recent, old, wished] = [await aRepo(), await aRepo(), await aRepo()]
    recent.clock.set(Date.UTC(2026, 2, 2, 9))
    expect(await importTexts(recent, 'claude-code', { s1: begun })).toMatchObject({ open: ['s1'], brokenCount: 0 })
    old.clock.set(Date.UTC(2026, 2, 2, 11))
    expect((await importTexts(old, 'claude-code', { s1: begun })).open).toEqual([])
    wished.clock.set(Date.UTC(2026, 2, 1, 11))
    expect((await importTexts(wished, 'claude-code', { s1: begun }, undefined, 'take open turns')).open).toEqual([])
    expect(sessions(wished).map(({ id }) => id)).toEqual(sessions(old).map(({ id }) => id))
    expect(typesOf(sessions(old))).toContain('TURN')
    expect(typesOf(sessions(recent))).not.toContain('TURN')
  })

  it('keeps a document that it cannot read, once', async () => {
    const repo = await aRepo()
    const bytes = utf8('{"messages":')
    const bad = {
      shown: 'bad.json', name: 'bad.json', sessionId: 'bad',
      async *lines() { yield* await Promise.reject(new AtomError('SOURCE_UNREADABLE', 'x', { data: { source: 'bad.json', reason: 'it is not JSON' } })) as [] },
      async *document() { yield await Promise.resolve(bytes) },
    }
    const operation = importTranscripts(() => Promise.resolve({ agent: 'amp', files: [bad], refused: [] }))
    const run = async (): Promise<unknown> => operation.run(repo, operation.check({ source: 'amp' }))
    expect(await run()).toMatchObject({ sessions: 0, added: 1, refused: [{ name: 'bad.json' }] })
    const [rest] = sessions(repo, 'sessions/amp').at(-1)?.body?.evidence ?? []
    expect([rest?.path, rest?.content && readContent(repo.objects, rest.content)]).toEqual(['bad.json', bytes])
    expect(await run()).toMatchObject({ added: 0 })
    expect(await problems(repo)).toEqual([])
  })

  it('says that a file could not be read, and takes the others', async () => {
    const repo = await aRepo()
    const bad = { shown: 'bad', name: 'bad', sessionId: 'bad', async *lines() { yield* await Promise.reject(new AtomError('SOURCE_UNREADABLE', 'x', { data: { source: 'bad', reason: 'it may not be read' } })) as [] } }
    const operation = importTranscripts(() => Promise.resolve({ agent: 'codex', files: [bad], refused: [{ name: 'store.db', reason: 'a database' }] }))
    expect(await operation.run(repo, operation.check({ source: 'codex' }))).toMatchObject({ refused: [{ name: 'store.db' }, { name: 'bad', reason: 'it may not be read' }] })
  })

  it('goes on with an import that was killed before its branch moved', async () => {
    const repo = await aRepo()
    const text = jsonLines(...FIRST)
    const writer = repo.writer
    let isKilled = true
    const dying: MemoryRepo = { ...repo, writer: { ...writer, putAhead: writer.putAhead.bind(writer), transact: (stamp, work) => writer.transact(stamp, (tx) => {
      if (!isKilled) return work(tx)
      const value = work({ ...tx, getRecord: tx.getRecord.bind(tx), edit: () => { throw new Error('killed') } })
      return value
    }) } }
    await expect(importTexts(dying, 'claude-code', { s1: text })).rejects.toThrow('killed')
    expect(resolveRef(repo.store, 'refs/heads/sessions/claude-code')).toBeUndefined()
    isKilled = false
    const second = await importTexts(repo, 'claude-code', { s1: text })
    expect([second.added, typesOf(sessions(repo))]).toEqual([1, ['SESSION', 'PROMPT', 'EDIT', 'COMMAND', 'TURN', 'IMPORT']])
    expect((await tokens(repo)).output).toBe(400)
  })

  it('records half of a surrogate pair as U+FFFD, control characters as they are', async () => {
    const repo = await aRepo()
    await importTexts(repo, 'claude-code', { s1: `{"type":"user","uuid":"u","timestamp":"2026-03-01T10:00:00Z","message":{"content":"a\\ud800b \\u001b[31m"}}\n` })
    expect(sessions(repo).find(({ header }) => header.operation === 'prompt')?.body?.reason).toBe('a\ufffdb \u001b[31m')
  })

  it('keeps a large output in chunks', async () => {
    const repo = await aRepo()
    const output = 'x'.repeat(3_000_000)
    const text = jsonLines(...claudeTurn({ name: 'big', prompt: 'print', minute: 0, tools: [{ tool: 'Bash', input: { command: 'yes' }, output }] }))
    await importTexts(repo, 'claude-code', { s1: text })
    expect(kept(repo)).toBe(text)
    expect(sessions(repo).some((record) => textOf(repo, record, 'output') === output)).toBe(true)
    expect(utf8(text).length).toBeGreaterThan(3_000_000)
    expect(await problems(repo)).toEqual([])
  })
})
