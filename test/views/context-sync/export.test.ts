import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { describe, expect, it } from 'vitest'
import { createSyncedSource } from '../../../src/capture/context-sync/history.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { pick } from '../../../src/ops/fork/pick.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { log } from '../../../src/ops/look/log.js'
import type { SyncedExport, SyncedExportWish } from '../../../src/ops/ports.js'
import { importContextSync, type ImportContextSyncInput, type ImportContextSyncResult } from '../../../src/ops/transfer/context-sync/import-context-sync.js'
import { exportSynced } from '../../../src/views/context-sync/export.js'
import { openSyncedTables } from '../../../src/views/context-sync/source.js'
import { run, runAll } from '../../helpers/branches.js'
import { aDatabase, allRows, ask, put, putDecision, putNote, putProject, THEN_MS } from '../../helpers/context-sync.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

function exportTo(repo: MemoryRepo, file: string, wish: Partial<SyncedExportWish> = {}): Promise<SyncedExport> {
  return exportSynced({ file, root: '/home/u/demo', project: 'demo', paths: {}, dryRun: false, ...wish }, repo, { lockedMs: 150 })
}

const operation = importContextSync(async (file) => createSyncedSource(await openSyncedTables(file, { lockedMs: 150 })))
const importInto = (repo: MemoryRepo, file: string, input: Partial<ImportContextSyncInput> = {}): Promise<ImportContextSyncResult> => run(repo, operation, { file, ...input })

async function aTrail(seed = 'repo'): Promise<MemoryRepo> {
  const repo = await aRepo({ seed })
  repo.worktree.put('a.env', 'A=1\n')
  await repo.add({ type: 'DECISION', title: 'Use DXVK 2.4', reason: '2.3 stutters' })
  await repo.add({ type: 'RESEARCH', title: 'ProtonDB says Gold', agent: 'claude-code', tokens: { total: 2500 } })
  await repo.add({ type: 'CFG', title: 'First config', files: ['a.env'] })
  await repo.add({ type: 'TASK', title: 'Tune it' })
  await repo.add({ type: 'GOAL', title: '60 FPS' })
  return repo
}

/** Everything in a database but what exports keep there: table → rows by their first column. */
function contents(file: string): Readonly<Record<string, readonly (readonly unknown[])[]>> {
  const names = ask(file, 'SELECT name FROM sqlite_schema WHERE type = \'table\' AND name <> \'atom_exported\' ORDER BY name').map(String)
  return Object.fromEntries(names.map((name) => [name, allRows(file, name)]))
}

async function codeOf(done: Promise<unknown>): Promise<string> {
  return done.then(() => 'done', (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`)
}

describe('a new file', () => {
  it('has the tables of every version, what keeps v2 quiet, and the trail where each version looks for it', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    expect(await exportTo(repo, file)).toMatchObject({ file, isNew: true, backup: undefined, atoms: 6, inserted: 16, updated: 0, trail: 'carried', projects: [{ name: 'demo', path: '/home/u/demo' }] })
    const project = ask(file, 'SELECT id FROM projects WHERE path = \'/home/u/demo\' AND is_current = 1 AND tech_stack = \'[]\'')[0]
    expect(project).toMatch(/^[0-9a-f-]{36}$/)
    expect(ask(file, 'SELECT description || \'|\' || reasoning || \'|\' || type FROM decisions WHERE project_id = ?', String(project))).toEqual(['Use DXVK 2.4 [ATOM-DECISION-20241127-002]|2.3 stutters|other'])
    expect(ask(file, 'SELECT content FROM notes ORDER BY content')).toEqual(['First config [ATOM-CFG-20241127-004]\nFiles: a.env', 'ProtonDB says Gold [ATOM-RESEARCH-20241127-003]'])
    expect(ask(file, 'SELECT tool || role || content FROM conversations WHERE tool = \'claude\'')).toEqual(['claudeassistantProtonDB says Gold [ATOM-RESEARCH-20241127-003]'])
    expect(ask(file, 'SELECT task FROM active_work WHERE status = \'active\'')).toEqual(['Tune it [ATOM-TASK-20241127-005]'])
    expect(ask(file, 'SELECT description FROM goals WHERE status = \'planned\'')).toEqual(['60 FPS [ATOM-GOAL-20241127-006]'])
    expect(ask(file, 'SELECT version FROM migration_history ORDER BY version')).toEqual(['1.0.5', '2.0.0'])
    expect(ask(file, 'SELECT count(*) FROM sessions')).toEqual([0])
    expect(ask(file, 'SELECT DISTINCT typeof(timestamp) FROM (SELECT timestamp FROM decisions UNION ALL SELECT timestamp FROM notes UNION ALL SELECT timestamp FROM conversations)')).toEqual(['integer'])
    expect(['journal_mode', 'user_version', 'application_id', 'encoding', 'integrity_check'].map((pragma) => ask(file, `PRAGMA ${pragma}`)[0])).toEqual(['delete', 0, 0, 'UTF-8', 'ok'])
    expect(ask(file, 'PRAGMA foreign_key_check')).toEqual([])
    expect(readdirSync(join(file, '..'))).toEqual(['data.db'])
  })

  it('has a row of atom_trail for every ATOM, also where two have one atom id', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await repo.as({ branch: 'refs/heads/main' }).add({ title: 'one' })
    const twin = (await runAll(repo, log, {}))[0]?.record
    await repo.draft({ body: { title: 'two' }, atomId: twin?.header.atomId } as never)
    await exportTo(repo, file)
    const atoms = (await runAll(repo, log, { all: true })).flatMap(({ record }) => record ?? [])
    expect(ask(file, 'SELECT object FROM atom_trail ORDER BY object')).toEqual(atoms.map(({ id }) => digestOf(id)).sort())
    expect(ask(file, 'SELECT signature || \' \' || token_cost || \' \' || json_extract(metadata, \'$.title\') FROM atom_trail WHERE token_cost IS NOT NULL')).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64} 2500 ProtonDB says Gold$/)])
  })

  it('is not there where only the plan was asked for, or where there is no such folder', async () => {
    const folder = newFolder()
    const repo = await aTrail()
    expect(await exportTo(repo, join(folder, 'data.db'), { dryRun: true })).toMatchObject({ isNew: true, inserted: 16 })
    expect(readdirSync(folder)).toEqual([])
    expect(await codeOf(exportTo(repo, join(folder, 'nowhere/data.db')))).toContain('FILE_UNWRITABLE cannot export to')
  })
})

describe('a file that is there', () => {
  it('is copied once, byte for byte, and keeps every row that it had', async () => {
    for (const line of ['S1', 'S2', 'S3'] as const) {
      const file = join(newFolder(), 'data.db')
      const database = aDatabase(file, line)
      putProject(database, 'p1', '/elsewhere')
      putDecision(database, 'd1', 'the server\'s own ünï 💾', { reasoning: null })
      if (line !== 'S1') database.exec('CREATE TABLE its_own (a, b); INSERT INTO its_own VALUES (x\'00ff\', 1.5)')
      database.close()
      const before = readFileSync(file)
      const rows = contents(file)
      const repo = await aTrail()
      const backup = join(file, '../data.before-atom.db')
      expect(await exportTo(repo, file)).toMatchObject({ isNew: false, backup, inserted: 16 })
      expect(readFileSync(backup).equals(before)).toBe(true)
      for (const [table, had] of Object.entries(rows)) expect(contents(file)[table]).toEqual(expect.arrayContaining(had as unknown[]))
      expect(ask(file, 'SELECT count(*) FROM projects WHERE is_current = 1')).toEqual([1])
      await repo.add({ title: 'one more' })
      expect(await exportTo(repo, file)).toMatchObject({ backup: undefined, inserted: 2, same: 16 })
      expect(readdirSync(join(file, '..')).sort()).toEqual(['data.before-atom.db', 'data.db'])
    }
  })

  it('is not written to where nothing is new', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await exportTo(repo, file)
    const before = readFileSync(file)
    const database = new Sqlite(file)
    database.exec('BEGIN IMMEDIATE')
    expect(await exportTo(repo, file)).toMatchObject({ inserted: 0, updated: 0, removed: 0, same: 16 })
    database.exec('ROLLBACK')
    database.close()
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('gives the rows to the project that a server made for the folder', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S3')
    putProject(database, 'p1', '/home/u/demo')
    database.close()
    await exportTo(await aTrail(), file)
    expect(ask(file, 'SELECT DISTINCT project_id FROM notes UNION SELECT id FROM projects')).toEqual(['p1'])
  })

  it('keeps what two stores export in turn, and takes out only what is each one\'s own', async () => {
    const file = join(newFolder(), 'data.db')
    const [one, two] = [await aTrail('one'), await aTrail('two')]
    await exportTo(one, file, { root: '/one' })
    await exportTo(two, file, { root: '/two' })
    const both = contents(file)
    expect(ask(file, 'SELECT count(*) FROM decisions')).toEqual([2])
    expect(await exportTo(one, file, { root: '/one' })).toMatchObject({ inserted: 0, updated: 0, removed: 0 })
    expect(contents(file)).toEqual(both)
    const [secret] = (await runAll(one, log, { grep: ['DXVK'] })).flatMap(({ record }) => record ?? [])
    await run(one, forget, { target: secret === undefined ? '' : digestOf(secret.id), reason: 'privacy' })
    expect(await exportTo(one, file, { root: '/one' })).toMatchObject({ removed: 1, updated: 1 })
    expect(ask(file, 'SELECT path FROM decisions JOIN projects ON projects.id = project_id')).toEqual(['/two'])
    expect(ask(file, 'SELECT count(*) FROM projects WHERE is_current = 1')).toEqual([1])
  })

  it('loses the words that were forgotten, byte for byte', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    const { atom } = await repo.add({ type: 'DOC', title: 'the word Xanthippe', reason: 'Xanthippe said so' })
    await exportTo(repo, file)
    expect(readFileSync(file).includes('Xanthippe')).toBe(true)
    await run(repo, forget, { target: digestOf(atom.id), reason: 'privacy' })
    expect(await exportTo(repo, file)).toMatchObject({ removed: 2, updated: 1 })
    expect(readFileSync(file).includes('Xanthippe')).toBe(false)
    expect(ask(file, 'SELECT count(*) FROM atom_trail WHERE metadata IS NULL')).toEqual([1])
  })

  it('waits for a server that writes, then says that it is busy, with nothing half written', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S3')
    putProject(database, 'p1', '/x')
    const before = readFileSync(file)
    const repo = await aTrail()
    for (const lock of ['BEGIN IMMEDIATE', 'BEGIN EXCLUSIVE']) {
      database.exec(lock)
      await expect(exportTo(repo, file)).rejects.toMatchObject({ code: 'VIEW_LOCKED', kind: 'busy', hint: expect.stringContaining('nothing was written') as string })
      database.exec('ROLLBACK')
    }
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(join(file, '..'))).toEqual(['data.db'])
    database.exec('BEGIN IMMEDIATE')
    const soon = exportSynced({ file, root: '/x', project: 'demo', paths: {}, dryRun: false }, repo, { lockedMs: 5_000 })
    await new Promise((resolve) => { setTimeout(resolve, 60) })
    putNote(database, 'n1', 'written meanwhile')
    database.exec('COMMIT')
    database.close()
    expect(await soon).toMatchObject({ inserted: 15 })
    expect(ask(file, 'SELECT content FROM notes WHERE id = \'n1\'')).toEqual(['written meanwhile'])
    expect(ask(join(file, '../data.before-atom.db'), 'SELECT count(*) FROM notes')).toEqual([1])
  })

  it('is refused where it is a symbolic link, no database, another program\'s, damaged or has triggers: as it was, with the reason', async () => {
    const folder = newFolder()
    const repo = await aTrail()
    const real = join(folder, 'real.db')
    aDatabase(real, 'S1').close()
    symlinkSync('real.db', join(folder, 'link.db'))
    symlinkSync('nowhere.db', join(folder, 'dangling.db'))
    writeFileSync(join(folder, 'text.db'), 'just words that go on and on and on and on and on and on and on and on and on and on and on and on and on')
    mkdirSync(join(folder, 'folder.db'))
    const make = (name: string, sql: string): void => {
      copyFileSync(real, join(folder, name))
      const database = new Sqlite(join(folder, name))
      database.exec(sql)
      database.close()
    }
    make('trigger.db', 'CREATE TRIGGER evil AFTER INSERT ON decisions BEGIN DELETE FROM projects; END')
    make('columns.db', 'CREATE TABLE notes (id, words)')
    make('view.db', 'CREATE VIEW goals AS SELECT * FROM projects')
    const other = new Sqlite(join(folder, 'other.db'))
    other.exec('CREATE TABLE t (a)')
    other.close()
    const big = aDatabase(join(folder, 'big.db'), 'S1')
    big.exec('BEGIN')
    for (let count = 0; count < 300; count++) putProject(big, `p${String(count)}`, '/x', 'x'.repeat(300))
    big.exec('COMMIT')
    big.close()
    const damaged = readFileSync(join(folder, 'big.db'))
    damaged.fill(0xff, 40_000, 60_000)
    writeFileSync(join(folder, 'damaged.db'), damaged)
    const names = readdirSync(folder).filter((name) => name !== 'folder.db' && name !== 'dangling.db' && name !== 'real.db' && name !== 'big.db')
    const before = names.map((name) => readFileSync(join(folder, name)))
    const said: Record<string, string> = {}
    for (const name of [...names, 'folder.db', 'dangling.db']) said[name] = (await codeOf(exportTo(repo, join(folder, name)))).replace(join(folder, name), 'FILE')
    expect(said).toMatchObject({
      'link.db': 'FILE_UNWRITABLE cannot export to FILE: it is a symbolic link',
      'dangling.db': 'FILE_UNWRITABLE cannot export to FILE: it is a symbolic link',
      'folder.db': 'FILE_UNWRITABLE cannot export to FILE: it is a folder',
      'text.db': 'FILE_UNWRITABLE cannot export to FILE: it is no SQLite database',
      'other.db': 'FILE_UNWRITABLE cannot export to FILE: it is a database of another program: it has no table of projects',
      'trigger.db': 'FILE_UNWRITABLE cannot export to FILE: its table decisions has a trigger, evil, which would change more than what is exported',
      'columns.db': 'FILE_UNWRITABLE cannot export to FILE: its table notes has no column project_id: it is of another program',
      'view.db': 'FILE_UNWRITABLE cannot export to FILE: its goals is a view',
      'damaged.db': expect.stringMatching(/^FILE_UNWRITABLE cannot export to FILE: /) as string,
    })
    names.forEach((name, index) => { expect(readFileSync(join(folder, name)).equals(before[index] ?? Buffer.alloc(0))).toBe(true) })
    expect(existsSync(join(folder, 'nowhere.db'))).toBe(false)
  })
})

describe('atom_trail that is there', () => {
  const KENL = 'CREATE TABLE atom_trail (atom_id TEXT PRIMARY KEY, operation TEXT NOT NULL, agent TEXT NOT NULL, timestamp TEXT NOT NULL, signature TEXT, previous_atom TEXT, metadata JSON, context_sync_ref TEXT, token_cost INTEGER, FOREIGN KEY (previous_atom) REFERENCES atom_trail(atom_id))'

  it('of KENL gets a column and all ATOMs: an atom id that is taken stands with digits of its object', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S1')
    database.exec(KENL)
    put(database, 'atom_trail', { atom_id: 'ATOM-DECISION-20241127-002', operation: 'save_decision', agent: 'kenl', timestamp: '2024-11-27T11:00:00+01:00', metadata: '{}' })
    database.close()
    const repo = await aTrail()
    await exportTo(repo, file)
    expect(ask(file, 'SELECT atom_id FROM atom_trail WHERE object IS NULL AND agent = \'kenl\'')).toEqual(['ATOM-DECISION-20241127-002'])
    expect(ask(file, 'SELECT count(*) FROM atom_trail WHERE object IS NOT NULL')).toEqual([6])
    const [qualified] = ask(file, 'SELECT atom_id FROM atom_trail WHERE atom_id LIKE \'ATOM-DECISION-20241127-002-%\'')
    expect(qualified).toMatch(/^ATOM-DECISION-20241127-002-[0-9a-f]{12}$/)
    expect(ask(file, 'SELECT previous_atom FROM atom_trail WHERE atom_id = \'ATOM-RESEARCH-20241127-003\'')).toEqual([qualified])
    expect(ask(file, 'PRAGMA foreign_key_check')).toEqual([])
    expect(await exportTo(repo, file)).toMatchObject({ inserted: 0, updated: 0 })
    expect(await importInto(repo, file)).toMatchObject({ added: 1 })
  })

  it('of others is left alone and said so', async () => {
    const file = join(newFolder(), 'data.db')
    const database = aDatabase(file, 'S1')
    database.exec('CREATE TABLE atom_trail (id TEXT PRIMARY KEY, timestamp TEXT, decision TEXT, rationale TEXT, outcome TEXT); INSERT INTO atom_trail VALUES (\'a\', \'t\', \'d\', \'r\', \'success\')')
    database.close()
    const repo = await aTrail()
    expect(await exportTo(repo, file)).toMatchObject({ trail: 'left-alone', inserted: 10 })
    expect(allRows(file, 'atom_trail')).toEqual([['a', 't', 'd', 'r', 'success']])
    expect(await exportTo(repo, file)).toMatchObject({ trail: 'left-alone', inserted: 0, removed: 0 })
  })
})

describe('there and back', () => {
  it('what was exported is not taken; what a server added or changed is, and the next export leaves it so', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await exportTo(repo, file)
    expect(await importInto(repo, file)).toMatchObject({ added: 0, changed: 0, exported: 16 })
    const server = new Sqlite(file)
    const [project] = ask(file, 'SELECT id FROM projects')
    putNote(server, 'n1', 'of the server', { project_id: String(project) })
    server.exec('UPDATE active_work SET task = \'Tune it more\', timestamp = timestamp + 5; UPDATE projects SET architecture = \'Express\'')
    server.close()
    expect(await exportTo(repo, file)).toMatchObject({ inserted: 0, updated: 0, changedThereCount: 2 })
    const taken = await importInto(repo, file)
    expect(taken).toMatchObject({ added: 1, changed: 2, exported: 14 })
    const changed = (await runAll(repo, log, { revisions: ['context-sync'] })).flatMap(({ record }) => record ?? []).find(({ body }) => body?.title === 'Tune it more')
    const [old] = (await runAll(repo, log, { revisions: ['main'], types: ['TASK'] })).flatMap(({ record }) => record ?? [])
    expect(changed?.header.influencedBy).toEqual([{ object: old === undefined ? '' : digestOf(old.id) }])
    const before = contents(file)
    const after = await exportTo(repo, file)
    expect(after).toMatchObject({ updated: 0, removed: 0, changedThereCount: 0, inserted: 3 })
    const { atom_trail: _, ...others } = contents(file)
    const { atom_trail: __, ...had } = before
    expect(others).toEqual(had)
    expect(await importInto(repo, file)).toMatchObject({ added: 0, changed: 0 })
  })

  it('what was imported stands again, row for row, in a file of its own', async () => {
    const folder = newFolder()
    const [file, copy] = [join(folder, 'data.db'), join(folder, 'copy.db')]
    const database = aDatabase(file, 'S2b')
    putProject(database, 'p1', '/home/u/other')
    putDecision(database, 'd1', 'nul\0inside ünï 💾')
    put(database, 'todos', { id: 't1', title: 'a', created_at: '2026-11-22T11:36:14.347Z', updated_at: '2026-11-22T11:36:14.347Z', project_id: 'p1' })
    put(database, 'learnings', { id: 'l1', project_id: 'p1', insight: 'x', confidence: 1, timestamp: THEN_MS })
    put(database, 'project_build_system', { project_id: 'p1', type: 'npm', commands: '{}', config_file: 'package.json' })
    database.close()
    const repo = await aRepo()
    await importInto(repo, file)
    await exportTo(repo, copy)
    for (const table of ['decisions', 'todos', 'learnings', 'project_build_system']) expect(allRows(copy, table)).toEqual(allRows(file, table))
    expect(ask(copy, 'SELECT name || is_current FROM projects')).toEqual(['p11'])
    expect(await exportTo(repo, file)).toMatchObject({ inserted: 5, updated: 0, changedThereCount: 0 })
    expect(await importInto(repo, file)).toMatchObject({ added: 0, changed: 0 })
  })

  it('what a server deleted is not written again, and named', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await exportTo(repo, file)
    const server = new Sqlite(file)
    server.exec('DELETE FROM active_work')
    server.close()
    expect(await exportTo(repo, file)).toMatchObject({ inserted: 0, deletedThere: 1 })
    expect(await importInto(repo, file)).toMatchObject({ added: 0, deletedCount: 1, deleted: [{ table: 'active_work' }] })
    expect(ask(file, 'SELECT count(*) FROM active_work')).toEqual([0])
  })

  it('ATOMs of another project have its folder where it is known, else they are with those of the store', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await repo.add({ type: 'DOC', title: 'of the blog', project: 'blog' })
    expect(await exportTo(repo, file)).toMatchObject({ projects: [{ name: 'demo', path: '/home/u/demo' }, { name: 'blog', path: undefined }] })
    expect(ask(file, 'SELECT count(*) FROM projects')).toEqual([1])
    expect(await exportTo(repo, file, { paths: { blog: '/home/u/blog/' } })).toMatchObject({ inserted: 3, removed: 2 })
    expect(ask(file, 'SELECT path FROM notes JOIN projects ON projects.id = project_id WHERE content LIKE \'of the blog%\'')).toEqual(['/home/u/blog'])
  })

  it('a reverted ATOM says so', async () => {
    const file = join(newFolder(), 'data.db')
    const repo = await aTrail()
    await exportTo(repo, file)
    await runAll(repo, pick, { kind: 'revert', revisions: ['HEAD~2'] })
    expect(await exportTo(repo, file)).toMatchObject({ updated: 2 })
    expect(ask(file, 'SELECT content FROM notes WHERE content LIKE \'First config%\'')).toEqual([expect.stringMatching(/^First config \(taken back by ATOM-REVERT-20241127-007\) \[ATOM-CFG-20241127-004\]/)])
  })
})
