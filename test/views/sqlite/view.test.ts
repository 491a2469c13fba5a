import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { followerSuite } from '../../conformance/follower-suite.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { openReadable, openWritable, type SqlRow } from '../../../src/views/sqlite/database.js'
import { TABLES } from '../../../src/views/sqlite/schema.js'
import { createSqliteView } from '../../../src/views/sqlite/view.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { viewFiles } from '../../../src/views/sqlite/files.js'

const newFolder = temporaryFolders()

followerSuite({ name: 'sqlite', make: createSqliteView, contents: async (folder) => dump(join(folder, 'view.db')) })

/** Returns all rows of all tables, the words of full-text search, and rows that lead nowhere. */
function dump(file: string): unknown {
  const connection = openReadable(file)
  try {
    const tables = TABLES.map(({ name, key }) => [name, connection.prepare(`SELECT * FROM ${name} ORDER BY ${key.join(', ')}`).all()])
    return { tables: Object.fromEntries(tables), words: connection.prepare('SELECT term, doc, cnt FROM search_words').all(), foreign: connection.prepare('PRAGMA foreign_key_check').all() }
  } finally {
    connection.close()
  }
}

function ask(folder: string, sql: string): readonly SqlRow[] {
  const connection = openReadable(join(folder, 'view.db'))
  try {
    return connection.prepare(sql).all()
  } finally {
    connection.close()
  }
}

function damage(folder: string, sql: string): void {
  const connection = openWritable(join(folder, 'view.db'))
  connection.exec(sql)
  connection.close()
}

async function aTrail(): Promise<MemoryRepo> {
  const repo = await aRepo()
  repo.worktree.put('gaming.env', 'DXVK=2.3\n')
  await repo.add({ type: 'CFG', title: 'First config', files: ['gaming.env'], tokens: { total: 5 }, evidence: [{ name: 'fps', phase: 'after', value: 62 }], influencedBy: ['HEAD'], metadata: { role: 'user', sage_run: 'r' } })
  await repo.add({ title: 'a secret plan', reason: 'nobody shall know' })
  return repo
}

describe('the SQLite view', () => {
  it('has a row for every ATOM, also where two have one atom id, and foreign keys that hold', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const atomId = repo.index.node(1).atomId
    await repo.draft({ atomId, body: { title: 'the same name' } } as Parameters<MemoryRepo['draft']>[0])
    expect(await createSqliteView(folder).follow(repo)).toEqual({ how: 'rebuilt', added: 4, removed: 0 })
    expect(ask(folder, 'SELECT count(*), count(DISTINCT object) FROM atom_trail')).toEqual([[4, 4]])
    expect(ask(folder, 'PRAGMA foreign_key_check')).toEqual([])
    expect(ask(folder, 'SELECT name FROM pragma_foreign_key_list(\'files\') JOIN pragma_table_info(\'files\') LIMIT 1')).toEqual([['seq']])
    expect(ask(folder, 'SELECT object, position, parent FROM parents').length).toBe(3)
  })

  it('says the root of the trail, and how far it is', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    await createSqliteView(folder).follow(repo)
    const about = new Map(ask(folder, 'SELECT key, value FROM about') as readonly [string, string][])
    expect([about.get('recipe'), about.get('atoms'), about.get('ops'), about.get('root')?.length]).toEqual(['1', '3', '3', 64])
  })

  it('is read while another one writes', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    const writer = openWritable(view.file)
    writer.exec('BEGIN IMMEDIATE; UPDATE atom_trail SET title = \'half\'')
    expect(ask(folder, 'SELECT count(*) FROM atom_trail WHERE title = \'half\'')).toEqual([[0]])
    writer.exec('ROLLBACK')
    writer.close()
  })

  it.each([
    ['no database', (file: string) => { writeFileSync(file, 'not a database, but a text that somebody left here') }],
    ['cut off', (file: string) => { truncateSync(file, 5_000) }],
    ['a page of zeros', (file: string) => {
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.fill(0, 4_096, 12_288))
    }],
    ['without a table', (file: string) => { damage(join(file, '..'), 'PRAGMA foreign_keys = OFF; DROP TABLE tokens; DROP TABLE atom_trail') }],
    ['empty', (file: string) => { writeFileSync(file, '') }],
    ['of nobody', (file: string) => { damage(join(file, '..'), 'DELETE FROM about') }],
  ])('is moved aside and made again when it is broken: %s', async (_what, breakIt) => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    const before = dump(view.file)
    breakIt(view.file)
    await repo.add({ title: 'next' })
    expect((await view.follow(repo)).how).toBe('rebuilt')
    expect(repo.warnings).toEqual([expect.stringMatching(/^view\.db cannot be used \(.*\): it is moved to view\.db\.broken and made again$/)])
    expect(existsSync(join(folder, 'view.db.broken'))).toBe(true)
    expect(ask(folder, 'SELECT title FROM atom_trail ORDER BY seq DESC LIMIT 1')).toEqual([['next']])
    expect(ask(folder, 'PRAGMA integrity_check')).toEqual([['ok']])
    expect(dump(view.file)).not.toEqual(before)
  })

  it('is made again where it is of another recipe, another store, or of numbers that are not given any more', async () => {
    for (const sql of ['UPDATE about SET value = \'0\' WHERE key = \'recipe\'', 'UPDATE about SET value = \'ff\' WHERE key = \'store\'', 'UPDATE about SET value = \'9\' WHERE key = \'atoms\'', 'UPDATE about SET value = \'ab\' WHERE key = \'op\'']) {
      const repo = await aTrail()
      const folder = newFolder()
      const view = createSqliteView(folder)
      await view.follow(repo)
      damage(folder, sql)
      expect(await view.follow(repo)).toMatchObject({ how: 'rebuilt', added: 3 })
      expect(await view.follow(repo)).toMatchObject({ how: 'current' })
      expect(repo.warnings).toEqual([])
    }
  })

  it('says VIEW_LOCKED where another program holds it, and goes on when that one is done', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder, { lockedMs: 50 })
    await view.follow(repo)
    const other = openWritable(view.file)
    other.exec('BEGIN IMMEDIATE')
    expect(await view.follow(repo)).toMatchObject({ how: 'current' })
    await repo.add({ title: 'meanwhile' })
    await expect(view.follow(repo)).rejects.toMatchObject({ code: 'VIEW_LOCKED', data: { file: view.file } })
    other.exec('ROLLBACK')
    other.close()
    expect(await view.follow(repo)).toEqual({ how: 'caught-up', added: 1, removed: 0 })
  })

  it('clears away what a builder that was killed left, and leaves nothing of its own when it fails', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    mkdirSync(join(folder, 'run/view-1-abc'), { recursive: true })
    writeFileSync(join(folder, 'run/view-1-abc/view.db'), 'half')
    const view = createSqliteView(folder)
    const signal = AbortSignal.abort()
    await expect(view.follow({ ...repo, signal, objects: { getObject: () => { throw new TypeError('read no further') } } })).rejects.toThrow('read no further')
    expect(readdirSync(join(folder, 'run'))).toEqual([])
    expect(existsSync(view.file)).toBe(false)
    await view.follow(repo)
    expect(readdirSync(join(folder, 'run'))).toEqual([])
  })

  it('holds no word of what was erased, also where it was made before', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    expect(readFileSync(view.file).includes('nobody shall know')).toBe(true)
    await forget.run({ ...repo, views: { tables: async () => view, contextSync: async () => { throw new Error('nobody asks') }, drop: async () => viewFiles(folder).drop() } }, forget.check({ target: 'HEAD', reason: 'secret' }))
    expect(readdirSync(folder)).toEqual(['run'])
    await view.follow(repo)
    expect(readFileSync(view.file).includes('nobody shall know')).toBe(false)
    expect(ask(folder, 'SELECT title, reason, forgotten FROM atom_trail WHERE seq = 2')).toEqual([[null, null, 1]])
    expect(ask(folder, 'SELECT count(*) FROM search WHERE search MATCH \'nobody\'')).toEqual([[0]])
  })

  it('is made again when it finds a receipt that it did not know, so that an erasure that was cut short is finished', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    await forget.run(repo, forget.check({ target: 'HEAD', reason: 'secret' }))
    expect((await view.follow(repo)).how).toBe('rebuilt')
    expect(readFileSync(view.file).includes('nobody shall know')).toBe(false)
  })
})

describe('a view held against the trail', () => {
  async function differences(sql: string): Promise<readonly unknown[]> {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    damage(folder, sql)
    return (await view.differences(repo)).map(({ severity, code, message, atomId }) => [severity, code, message, atomId])
  }

  it('is the same, and says that it is not there where it is not', async () => {
    expect(await differences('SELECT 1')).toEqual([])
    expect(await createSqliteView(newFolder()).differences(await aTrail())).toMatchObject([{ severity: 'info', code: 'view-absent' }])
  })

  it('is named by table, key and column where one cell was changed', async () => {
    expect(await differences('UPDATE atom_trail SET agent = \'somebody\' WHERE seq = 1')).toEqual([
      ['error', 'view-cell', 'atom_trail, seq "1", column agent: the view has "somebody", the trail "tester"', 'ATOM-CFG-20241127-002'],
    ])
    expect(await differences('UPDATE evidence SET value = 61')).toEqual([['error', 'view-cell', 'evidence, seq "1", position "0", column value: the view has "61", the trail "62"', 'ATOM-CFG-20241127-002']])
    expect(await differences('UPDATE refs SET atom = NULL WHERE name = \'HEAD\'')).toMatchObject([['error', 'view-cell', expect.stringContaining('refs, name "HEAD", column atom: the view has nothing, the trail "'), undefined]])
  })

  it.each(TABLES.filter(({ name }) => !['about', 'merged', 'taken_back'].includes(name)).map(({ name }) => name))('finds a row of %s that is gone', async (name) => {
    const found = await differences(`PRAGMA foreign_keys = OFF; DELETE FROM ${name} WHERE (SELECT count(*) FROM ${name}) > 0`)
    expect(found).toEqual([['error', 'view-row', expect.stringMatching(new RegExp(`^${name}, .*: the view lacks a row$`)), name === 'operations' || name === 'projects' || name === 'sage_runs' || name === 'refs' ? undefined : expect.stringMatching(/^ATOM-/)]])
  })

  it('finds a row that nobody recorded, and search that finds too little', async () => {
    expect(await differences('INSERT INTO tokens VALUES (2, NULL, 1, 2, 3, 4, 10, NULL)')).toEqual([['error', 'view-row', 'tokens, seq "2": the view has a row that the trail does not say', 'ATOM-DECISION-20241127-003']])
    expect(await differences('DELETE FROM search WHERE rowid = 2')).toMatchObject([['error', 'view-search', expect.stringContaining('elsewhere'), undefined]])
  })

  it('is damaged where SQLite cannot read it, and is not repaired', async () => {
    const repo = await aTrail()
    const folder = newFolder()
    const view = createSqliteView(folder)
    await view.follow(repo)
    const bytes = readFileSync(view.file)
    writeFileSync(view.file, bytes.fill(0xff, 4_096, 8_192))
    const broken = readFileSync(view.file)
    expect(await view.differences(repo)).toMatchObject([{ severity: 'error', code: 'view-damaged' }])
    rmSync(`${view.file}-shm`, { force: true })
    expect(readFileSync(view.file).equals(broken)).toBe(true)
  })
})
