import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { suitePath } from '../../helpers/suites.js'
import type { SqlParameters, SqlRow } from '../../../src/views/sqlite/database.js'
import { runQuery } from '../../../src/views/sqlite/query.js'
import { createSqliteView } from '../../../src/views/sqlite/view.js'

const newFolder = temporaryFolders()

async function aView(titles: readonly string[] = ['one', 'two']): Promise<{ readonly file: string; readonly folder: string }> {
  const repo = await aRepo()
  for (const title of titles) await repo.add({ title, reason: title, metadata: { [title]: title }, tokens: { total: 7, costUsd: 0.5 } })
  const folder = newFolder()
  const view = createSqliteView(folder)
  await view.follow(repo)
  return { file: view.file, folder }
}

function rows(file: string, query: string, parameters?: SqlParameters): readonly SqlRow[] {
  return [...runQuery(file, query, parameters).rows]
}

describe('a query', () => {
  it('gives columns and rows, of every kind of value', async () => {
    const { file } = await aView()
    expect(runQuery(file, 'SELECT 1 AS a, 2 AS b;').columns).toEqual(['a', 'b'])
    expect(rows(file, 'SELECT title, token_cost, NULL, 0.5, x\'00ff\', 9007199254740993, -9223372036854775807 - 1 FROM atom_trail WHERE seq = 1')).toEqual([
      ['one', 7, null, 0.5, Buffer.from([0, 255]), 9007199254740993n, -9223372036854775808n],
    ])
    expect(rows(file, 'WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT i FROM n')).toHaveLength(300)
    expect(rows(file, ' -- why\n/* and ; how */ VALUES (1), (2) ; -- done;')).toEqual([[1], [2]])
    expect(rows(file, 'PRAGMA table_info(tokens)')[0]?.slice(0, 3)).toEqual([0, 'seq', 'INTEGER'])
    expect(rows(file, 'EXPLAIN QUERY PLAN SELECT * FROM atom_trail WHERE object = \'x\'')[0]?.at(-1)).toMatch(/USING INDEX atom_trail_0/)
  })

  it.each([
    ['', 'no query'], ['  ; -- nothing', 'no query'], ['SELECT 1; SELECT 2', 'only one'], ['SELECT 1; DELETE FROM atom_trail', 'only one'], ['DELETE FROM atom_trail', 'cannot begin'],
    ['INSERT INTO tokens VALUES (1)', 'cannot begin'], ['ATTACH \'/tmp/x.db\' AS x', 'cannot begin'], ['VACUUM INTO \'/tmp/x.db\'', 'cannot begin'], ['/* SELECT */ DROP TABLE atom_trail', 'cannot begin'],
    ['"SELECT" 1', 'cannot begin'], ['CREATE TEMP TABLE t(a)', 'cannot begin'], ['BEGIN', 'cannot begin'], ['PRAGMA query_only = 0', 'of pragmas'], ['PRAGMA journal_mode', 'of pragmas'],
    ['PRAGMA table_info(tokens) /* ; */ = 1', 'of pragmas'], ['PRAGMA main . journal_mode', 'of pragmas'], ['SELECT readfile(\'/etc/passwd\')', 'readfile'], ['SELECT "readfile"(\'/etc/passwd\')', 'readfile'],
    ['SELECT [ReadFile] (\'/etc/passwd\')', 'readfile'], ['SELECT count(*) FROM json_each(readfile(\'/x\'))', 'readfile'], ['WITH a AS (SELECT writefile(\'/tmp/atom-sql-wrote\', \'x\')) SELECT * FROM a', 'writefile'],
    ['SELECT * FROM fsdir(\'/\')', 'fsdir'], ['SELECT * FROM \'fsdir\' WHERE path = \'/\'', 'fsdir'], ['SELECT * FROM "FsDir"(\'/\')', 'fsdir'], ['SELECT load_extension(\'x\')', 'load_extension|not authorized'],
    ['SELECT sha3_query(\'SELECT 1\')', 'sha3_query'], ['SELECT lsmode(1)', 'lsmode'], ['SELECT * FROM sqlite_dbpage', 'sqlite_dbpage'], ['SELECT fts3_tokenizer(\'x\')', 'fts3_tokenizer'],
    ['SELECT * FROM missing', 'no such table'], ['SELECT (', 'incomplete|syntax'], ['WITH a AS (SELECT 1) DELETE FROM atom_trail', 'readonly|raw|syntax'], ['SELECT \'unfinished', 'unrecognized|token'],
  ])('is refused: %s', async (query, why) => {
    const { file, folder } = await aView([])
    const before = readFileSync(file)
    expect(() => rows(file, query)).toThrow(expect.objectContaining({ code: 'SQL_INVALID', message: expect.stringMatching(new RegExp(why, 'i')) as string }))
    expect(readFileSync(file).equals(before)).toBe(true)
    expect([existsSync('/tmp/atom-sql-wrote'), existsSync(join(folder, 'x.db'))]).toEqual([false, false])
  })

  it('cannot write even where a guard were wrong: the connection is read-only', async () => {
    const { file } = await aView()
    const { openReadable } = await import('../../../src/views/sqlite/database.js')
    const connection = openReadable(file)
    for (const sql of ['PRAGMA query_only = 0', 'DELETE FROM atom_trail', 'CREATE TABLE t(a)', 'UPDATE atom_trail SET title = 1']) {
      if (sql.startsWith('PRAGMA')) connection.exec(sql)
      else expect(() => { connection.exec(sql) }).toThrow()
    }
    connection.close()
    expect(rows(file, 'SELECT count(*) FROM atom_trail WHERE title = 1')).toEqual([[0]])
  })

  it('wants each parameter that it names, and no other; a text that looks like one is none', async () => {
    const { file } = await aView()
    expect(rows(file, 'SELECT :a, @b, $c, \':no\', "title" FROM atom_trail WHERE seq = 1 -- :no', { a: 1n, b: 'x', c: null })).toEqual([[1, 'x', null, ':no', 'one']])
    expect(rows(file, 'SELECT ?, ?2', [1n, 'y'])).toEqual([[1, 'y']])
    expect(() => rows(file, 'SELECT :agent', {})).toThrow(/parameter "agent" that is not given/)
    expect(() => rows(file, 'SELECT 1', { agent: 'x' })).toThrow(/has no parameter "agent"/)
    expect(rows(file, 'SELECT metadata ->> \'$.one\' FROM atom_trail WHERE seq = 1')).toEqual([['one']])
  })

  it('has texts with a NUL in full', async () => {
    const { file } = await aView(['a\0b', 'c'])
    expect(rows(file, 'SELECT title, token_cost, NULL AS n FROM atom_trail WHERE seq > 0 ORDER BY seq')).toEqual([['a\0b', 7, null], ['c', 7, null]])
    expect(rows(file, 'SELECT seq FROM atom_trail WHERE title = :title -- the last line', { title: 'a\0b' })).toEqual([[1]])
    expect(rows(file, 'SELECT random() IS NOT NULL, x\'00\', 9007199254740993')).toEqual([[1, Buffer.from([0]), 9007199254740993n]])
    expect(rows(file, 'PRAGMA table_info(refs)')).toHaveLength(4)
  })

  it('says that a view which cannot be read is made again by the next command', async () => {
    const { file } = await aView()
    writeFileSync(file, 'no database at all, whatever its name says it is')
    expect(() => rows(file, 'SELECT 1')).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }))
    expect(() => rows(`${file}.none`, 'SELECT 1')).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }))
  })
})

const suite = suitePath('sec-blns')

describe.skipIf(suite === undefined)('naughty strings', () => {
  it('come back byte by byte, as cells and through every parameter, and change nothing', async () => {
    const strings = [...new Set(JSON.parse(readFileSync(join(suite ?? '', 'blns.json'), 'utf8')) as string[])].filter((text) => text !== '')
    const { file } = await aView(strings)
    const found = rows(file, 'SELECT title, reason, metadata FROM atom_trail WHERE seq > 0 ORDER BY seq')
    expect(found.map(([title]) => title)).toEqual(strings)
    expect(found.map(([, reason]) => reason)).toEqual(strings)
    expect(found.map(([, , metadata]) => Object.entries(JSON.parse(String(metadata)) as object))).toEqual(strings.map((text) => [[text, text]]))
    for (const [index, text] of strings.entries()) {
      expect(rows(file, 'SELECT seq, :text FROM atom_trail WHERE title = :text', { text })).toEqual([[index + 1, text]])
      expect(rows(file, 'SELECT ? FROM atom_trail LIMIT 1', [text])).toEqual([[text]])
    }
    expect(rows(file, 'SELECT count(*) FROM atom_trail')).toEqual([[strings.length + 1]])
  })
})
