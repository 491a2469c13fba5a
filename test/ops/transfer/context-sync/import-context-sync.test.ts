import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { describe, expect, it } from 'vitest'
import { createSyncedSource } from '../../../../src/capture/context-sync/history.js'
import { verifyStore } from '../../../../src/history/verify/verify.js'
import { forget } from '../../../../src/ops/keep/forget.js'
import { log } from '../../../../src/ops/look/log.js'
import { importContextSync, type ImportContextSyncInput, type ImportContextSyncResult } from '../../../../src/ops/transfer/context-sync/import-context-sync.js'
import { getRow } from '../../../../src/ops/transfer/context-sync/synced-atom.js'
import { toAtomJson, type AtomJson } from '../../../../src/trail/atom-json.js'
import type { AtomRecord } from '../../../../src/trail/record.js'
import { openSyncedTables } from '../../../../src/views/context-sync/source.js'
import { run, runAll } from '../../../helpers/branches.js'
import { aDatabase, put, putDecision, putNote, putProject, THEN_MS } from '../../../helpers/context-sync.js'
import { temporaryFolders } from '../../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../../helpers/memory-repo.js'

const newFolder = temporaryFolders()
const operation = importContextSync(async (file) => createSyncedSource(await openSyncedTables(file, { lockedMs: 100 })))
const importInto = (repo: MemoryRepo, file: string, input: Partial<ImportContextSyncInput> = {}): Promise<ImportContextSyncResult> => run(repo, operation, { file, ...input })

async function records(repo: MemoryRepo, input: object = { revisions: ['context-sync'], reverse: true }): Promise<AtomRecord[]> {
  return (await runAll(repo, log, input)).flatMap(({ record }) => record ?? [])
}

async function atoms(repo: MemoryRepo): Promise<AtomJson[]> {
  return (await records(repo)).map(toAtomJson)
}

describe('import context-sync', () => {
  it('makes an ATOM of every row of every table of each schema line, oldest first, each with its project', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S2b')
    putProject(database, 'p1', '/home/u/bazza', 'bazza')
    putDecision(database, 'd1', 'Use DXVK 2.4', { reasoning: '{"reasoning":"2.3 stutters","alternatives":["2.3"]}', timestamp: THEN_MS + 5_000 })
    put(database, 'conversations', { id: 'c1', project_id: 'p1', tool: 'claude', role: 'user', content: 'why?\nreally', timestamp: THEN_MS + 100 })
    put(database, 'todos', { id: 't1', title: 'Write it', status: 'pending', priority: 'high', tags: '["x"]', created_at: '2026-11-22T11:36:14.347Z', updated_at: '2026-11-22T11:36:14.347Z', project_id: null })
    put(database, 'active_work', { id: 'a1', project_id: 'p1', task: 'Tune it', context: '{"text":"for bg3"}', files: '["a.ts"]', timestamp: THEN_MS + 200 })
    put(database, 'constraints', { id: 'k1', project_id: 'p1', key: 'storage', value: 'SQLite', timestamp: THEN_MS + 300 })
    put(database, 'problems', { id: 'b1', project_id: 'p1', description: 'It stutters', context: 'Confidence: high', timestamp: THEN_MS + 400 })
    put(database, 'goals', { id: 'g1', project_id: 'p1', description: '60 FPS', target_date: '2026-12-01', timestamp: THEN_MS + 500 })
    putNote(database, 'n1', 'The trail is here\nand there', { timestamp: THEN_MS + 600 })
    put(database, 'caveats', { id: 'v1', project_id: 'p1', description: 'Not tried', category: 'unverified', timestamp: THEN_MS + 700 })
    put(database, 'learnings', { id: 'l1', project_id: 'p1', insight: 'gpl helps', context: 'RADV', confidence: 0.9, timestamp: THEN_MS + 800 })
    put(database, 'problem_solutions', { id: 's1', project_id: 'p1', problem: 'slow', solution: 'fast', timestamp: THEN_MS + 900 })
    put(database, 'comparisons', { id: 'o1', project_id: 'p1', option_a: '2.3', option_b: '2.4', winner: '2.4', timestamp: THEN_MS + 1_000 })
    put(database, 'anti_patterns', { id: 'x1', project_id: 'p1', description: 'guess', why: 'measure', timestamp: THEN_MS + 1_100 })
    put(database, 'project_dependencies', { id: 'y1', project_id: 'p1', name: 'express', version: '4.18.0' })
    put(database, 'project_build_system', { project_id: 'p1', type: 'npm', commands: '{}', config_file: 'package.json' })
    database.close()
    const repo = await aRepo()
    const result = await importInto(repo, file)
    expect(result).toMatchObject({ schema: 'S2b', added: 16, changed: 0, oddCount: 1, odd: [{ table: 'problems', id: 'b1', reason: 'context is no JSON' }], refusedCount: 0, head: 'refs/heads/main' })
    const taken = await atoms(repo)
    expect(taken.map(({ type, title, reason, project }) => [type, title, reason, project])).toEqual([
      ['PROJECT', 'Project bazza', null, 'bazza'],
      ['PROJECT', 'Depends on express 4.18.0', null, 'bazza'],
      ['PROJECT', 'Built with npm', null, 'bazza'],
      ['CONVERSATION', 'why?', 'why?\nreally', 'bazza'],
      ['TASK', 'Tune it', 'for bg3', 'bazza'],
      ['CONSTRAINT', 'storage: SQLite', null, 'bazza'],
      ['PROBLEM', 'It stutters', null, 'bazza'],
      ['GOAL', '60 FPS', null, 'bazza'],
      ['DOC', 'The trail is here', 'The trail is here\nand there', 'bazza'],
      ['CAVEAT', 'Not tried', null, 'bazza'],
      ['RESEARCH', 'gpl helps', 'RADV', 'bazza'],
      ['PROBLEM', 'slow', 'fast', 'bazza'],
      ['DECISION', '2.3 or 2.4: 2.4', null, 'bazza'],
      ['CAVEAT', 'guess', 'measure', 'bazza'],
      ['DECISION', 'Use DXVK 2.4', '2.3 stutters', 'bazza'],
      ['TASK', 'Write it', null, null],
    ])
    expect(taken.find(({ title }) => title === 'Use DXVK 2.4')).toMatchObject({ context_sync_ref: 'decisions/d1', operation: 'save_decision', metadata: { alternatives: ['2.3'], decision_type: 'other', context_sync: { table: 'decisions', id: 'd1', project: 'p1' } } })
    expect(taken.find(({ type }) => type === 'CONVERSATION')).toMatchObject({ agent: 'claude', metadata: { role: 'user', tool: 'claude', content: 'why?\nreally' } })
    expect((await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal })).ok).toBe(true)
  })

  it('knows each schema line by its tables', async () => {
    for (const line of ['S1', 'S2', 'S3'] as const) {
      const file = join(newFolder(), 'data.db')
      const database = aDatabase(file, line)
      putProject(database, 'p1', null)
      database.close()
      expect(await importInto(await aRepo(), file)).toMatchObject({ schema: line, added: 1 })
    }
  })

  it('keeps the whole row as evidence, whatever is in it', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S1')
    putProject(database, 'p1', '/x')
    putDecision(database, 'd1', 'nul\0inside ünï 💾 \'"; DROP TABLE projects', { reasoning: null })
    database.exec('PRAGMA foreign_keys = 0')
    database.prepare('INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?)').run(['d2', 'nobody', 'other', Buffer.from([0xff, 0, 1]), 'x', 'no time'])
    database.prepare('INSERT INTO decisions SELECT \'d3\', \'p1\', 9007199254740993, CAST(x\'80ff\' AS TEXT), 2.5, 1e3').run([])
    database.close()
    const repo = await aRepo()
    const result = await importInto(repo, file)
    expect(result.added).toBe(4)
    expect(result.odd.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'd3: description is no text in the encoding of the database', 'd2: its project is not there', 'd2: its time is no time', 'd2: description holds bytes',
    ])
    const rows = new Map((await records(repo)).map(({ body }) => [body?.contextSyncRef, getRow(repo.objects, body ?? { title: '' })]))
    expect(rows.get('decisions/d1')?.get('description')).toBe('nul\0inside ünï 💾 \'"; DROP TABLE projects')
    expect(rows.get('decisions/d1')?.has('reasoning')).toBe(false)
    expect(rows.get('decisions/d2')?.get('description')).toEqual(Uint8Array.of(0xff, 0, 1))
    expect(rows.get('decisions/d2')?.get('timestamp')).toBe('no time')
    expect([...rows.get('decisions/d3') ?? []]).toEqual([['description', { text: Uint8Array.of(0x80, 0xff) }], ['id', 'd3'], ['project_id', 'p1'], ['reasoning', '2.5'], ['timestamp', 1000n], ['type', '9007199254740993']])
  })

  it('gives the same ids on every machine, and adds nothing the second time', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S3')
    putProject(database, 'p1', '/x')
    for (let count = 0; count < 30; count++) putNote(database, `n${String(count)}`, `note ${String(count)}`, { timestamp: THEN_MS + count % 7 })
    database.close()
    const [one, two] = [await aRepo({ seed: 'one' }), await aRepo({ seed: 'two' })]
    await importInto(one, file)
    await two.add({ title: 'something of its own' })
    await importInto(two, file)
    expect((await atoms(two)).map(({ object }) => object)).toEqual((await atoms(one)).map(({ object }) => object))
    expect(await importInto(one, file)).toMatchObject({ added: 0, changed: 0, known: 31 })
    expect(await atoms(one)).toHaveLength(31)
    const other = await aRepo({ seed: 'three' })
    expect(await importInto(other, file, { dryRun: true })).toMatchObject({ added: 31, object: undefined })
    expect(await importInto(other, file)).toMatchObject({ added: 31 })
  })

  it('takes what is new or changed, builds the changed one on the one before, and says what is gone', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S3')
    putProject(database, 'p1', '/x')
    putNote(database, 'n1', 'first')
    putNote(database, 'n2', 'second')
    const repo = await aRepo()
    await importInto(repo, file)
    const before = (await atoms(repo)).find(({ title }) => title === 'first')
    await repo.add({ title: 'a decision between' })
    database.exec('UPDATE notes SET content = \'first, again\' WHERE id = \'n1\'; DELETE FROM notes WHERE id = \'n2\'')
    putNote(database, 'n3', 'third', { timestamp: THEN_MS + 1 })
    const result = await importInto(repo, file)
    expect(result).toMatchObject({ added: 1, changed: 1, known: 1, deletedCount: 1, deleted: [{ table: 'notes', id: 'n2' }], head: undefined })
    const after = await atoms(repo)
    expect(after.slice(3).map(({ title, influenced_by: on }) => [title, on.map(({ object }) => object)])).toEqual([['third', []], ['first, again', [before?.object]]])
    database.exec('UPDATE notes SET content = \'first\' WHERE id = \'n1\'')
    expect(await importInto(repo, file)).toMatchObject({ added: 0, changed: 1 })
    database.close()
  })

  it('takes the trails of KENL and of SpiralSafe that lie in such a database', async () => {
    const [kenl, spiral] = [join(newFolder(), 'data.db'), join(newFolder(), 'data.db')]
    const one = aDatabase(kenl, 'S1')
    one.exec('CREATE TABLE atom_trail (atom_id TEXT PRIMARY KEY, operation TEXT NOT NULL, agent TEXT NOT NULL, timestamp TEXT NOT NULL, signature TEXT, previous_atom TEXT, metadata JSON, context_sync_ref TEXT, token_cost INTEGER)')
    put(one, 'atom_trail', { atom_id: 'ATOM-CFG-20241127-003', operation: 'modify_file', agent: 'qwen', timestamp: '2024-11-27T11:27:33+01:00', metadata: '{"title":"First config","reason":"try"}', token_cost: 12 })
    put(one, 'atom_trail', { atom_id: 'not one', operation: 'x', agent: 'qwen', timestamp: 'once' })
    one.close()
    const repo = await aRepo()
    expect(await importInto(repo, kenl)).toMatchObject({ schema: 'S1 with atom_trail of kenl', added: 2, oddCount: 1 })
    expect((await atoms(repo))[0]).toMatchObject({ atom_id: 'ATOM-CFG-20241127-003', agent: 'qwen', operation: 'modify_file', timestamp: '2024-11-27T10:27:33.000Z', title: 'First config', reason: 'try', tokens: { total: 12 } })
    const two = aDatabase(spiral, 'S1')
    two.exec('CREATE TABLE atom_trail (id TEXT PRIMARY KEY, timestamp TEXT, vortex_id TEXT, decision TEXT, rationale TEXT, outcome TEXT, coherence_score REAL, fibonacci_weight INTEGER, context JSON, signature TEXT); CREATE TABLE stray (a); INSERT INTO stray VALUES (1)')
    put(two, 'atom_trail', { id: 'atom-1', timestamp: '2025-01-02T03:04:05Z', decision: 'Go on', rationale: 'it works', outcome: 'success', coherence_score: 0.5 })
    two.close()
    const result = await importInto(repo, spiral)
    expect(result).toMatchObject({ schema: 'S1 with atom_trail of spiralsafe', added: 1, leftOut: [{ name: 'stray', reason: 'it is no table of context-sync (1 row)' }] })
    expect((await atoms(repo)).at(-1)).toMatchObject({ type: 'DECISION', title: 'Go on', reason: 'it works', metadata: { outcome: 'success', coherence_score: 0.5 } })
  })

  it('does not take again what was forgotten here', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S3')
    putProject(database, 'p1', '/x')
    putNote(database, 'n1', 'my secret')
    database.close()
    const repo = await aRepo()
    await importInto(repo, file)
    const secret = (await atoms(repo)).find(({ title }) => title === 'my secret')
    await run(repo, forget, { target: secret?.object, reason: 'privacy' })
    expect(await importInto(repo, file)).toMatchObject({ added: 0, refusedCount: 1, refused: [{ table: 'notes', id: 'n1', reason: 'it was forgotten here' }] })
    expect(await importInto(repo, file)).toMatchObject({ added: 0, refusedCount: 1 })
  })

  it('reads what is only in the log of a server, while the server writes, and changes no byte', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S1')
    database.exec('PRAGMA journal_mode = WAL')
    putProject(database, 'p1', '/x')
    const repo = await aRepo()
    expect(await importInto(repo, file)).toMatchObject({ added: 1 })
    putDecision(database, 'd1', 'in the log only')
    database.exec('BEGIN IMMEDIATE')
    const before = [readFileSync(file), readFileSync(`${file}-wal`)]
    expect(await importInto(repo, file)).toMatchObject({ added: 1 })
    expect([readFileSync(file), readFileSync(`${file}-wal`)]).toEqual(before)
    database.exec('ROLLBACK')
    database.close()
  })

  it('reads what a killed server left half done as it was before, and leaves the mending to the server', async () => {
    const folder = newFolder()
    const [file, left] = [join(folder, 'data.db'), join(folder, 'left.db')]
    const database = aDatabase(file, 'S1')
    putProject(database, 'p1', '/x')
    database.exec('PRAGMA cache_size = 1; BEGIN')
    for (let count = 0; count < 500; count++) putDecision(database, `d${String(count)}`, 'x'.repeat(500))
    // What a kill would leave: pages of half a transaction, and the journal that takes them back.
    copyFileSync(file, left)
    copyFileSync(`${file}-journal`, `${left}-journal`)
    database.exec('ROLLBACK')
    database.close()
    const before = [readFileSync(left), readFileSync(`${left}-journal`)]
    expect(await importInto(await aRepo(), left)).toMatchObject({ added: 1, tables: [{ table: 'projects', rows: 1 }, { table: 'conversations', rows: 0 }, { table: 'decisions', rows: 0 }] })
    expect([readFileSync(left), readFileSync(`${left}-journal`)]).toEqual(before)
  })

  it('waits for a program that holds the database locked, then says so', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S1')
    putProject(database, 'p1', '/x')
    database.exec('BEGIN EXCLUSIVE')
    await expect(importInto(await aRepo(), file)).rejects.toMatchObject({ code: 'VIEW_LOCKED', kind: 'busy' })
    database.exec('ROLLBACK')
    database.close()
  })

  it('refuses what is no database of context-sync, and says what it is', async () => {
    const folder = newFolder()
    const repo = await aRepo()
    const other = new Sqlite(join(folder, 'other.db'))
    other.exec('CREATE TABLE t (a)')
    other.close()
    writeFileSync(join(folder, 'text.db'), 'no database, just words that go on and on and on and on and on and on and on and on and on and on')
    const real = join(folder, 'real.db')
    const database = aDatabase(real, 'S1')
    database.exec('BEGIN')
    for (let count = 0; count < 2_000; count++) putProject(database, `p${String(count)}`, '/x', 'x'.repeat(200))
    database.exec('COMMIT')
    database.close()
    writeFileSync(join(folder, 'half.db'), readFileSync(real).subarray(0, 30_000))
    mkdirSync(join(folder, 'folder.db'))
    const reasons: string[] = []
    for (const name of ['other', 'text', 'half', 'folder', 'nothing']) {
      const error = await importInto(repo, join(folder, `${name}.db`)).then(() => undefined, (thrown: unknown) => thrown as { readonly code: string; readonly message: string })
      reasons.push(`${error?.code ?? ''} ${(error?.message ?? '').replace(folder, '')}`)
    }
    expect(reasons).toEqual([
      'SOURCE_UNREADABLE /other.db is no database of context-sync: it has no table of projects',
      'SOURCE_UNREADABLE cannot read /text.db: file is not a database',
      'SOURCE_UNREADABLE cannot read /half.db: database disk image is malformed',
      'SOURCE_UNREADABLE cannot read /folder.db: it is a folder',
      'SOURCE_UNREADABLE cannot read /nothing.db: there is no such file',
    ])
    expect(await records(repo, { all: true })).toHaveLength(1)
  })
})
