import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'libsql'
import { describe, expect, it } from 'vitest'
import { openForeign } from '../../../src/views/sqlite/foreign.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

function aDatabase(sql: string): string {
  const file = join(newFolder(), 'a ?#.db')
  const database = new Sqlite(file)
  database.exec(sql)
  database.close()
  return file
}

describe('a database of another program', () => {
  it('gives its tables and their rows in the order in which they came, and is not written to', () => {
    const file = aDatabase('CREATE TABLE "a ""b" (x TEXT PRIMARY KEY, y INTEGER, z BLOB); INSERT INTO "a ""b" VALUES (\'later\', 9007199254740993, x\'00ff\'), (\'earlier\', NULL, NULL)')
    const before = readFileSync(file)
    const tables = openForeign(file)
    expect(tables.names()).toEqual(['a "b'])
    expect([...tables.rows('a "b')].map(({ x, y }) => [x, y])).toEqual([['later', 9007199254740993n], ['earlier', null]])
    for (const row of tables.rows('a "b')) {
      expect(row['x']).toBe('later')
      break
    }
    tables.close()
    expect(readFileSync(file)).toEqual(before)
  })

  it('gives the pairs of a table of keys and values by the beginning of their keys, as bytes', () => {
    const file = aDatabase('CREATE TABLE kv (key TEXT UNIQUE, value BLOB); INSERT INTO kv VALUES (\'b:2\', \'ü\'), (\'b:1\', x\'00ff\'), (\'b:3\', NULL), (\'a\', 1), (\'c\', 2)')
    const tables = openForeign(file)
    expect([...tables.entries('kv', 'b:')]).toEqual([{ key: 'b:1', value: Uint8Array.of(0, 255) }, { key: 'b:2', value: Uint8Array.of(0xc3, 0xbc) }])
    expect(() => [...tables.entries('other', '')]).toThrow(expect.objectContaining({ code: 'SOURCE_UNREADABLE' }) as Error)
    tables.close()
  })

  it('is refused where it is none, is damaged or is being written to', () => {
    const file = join(newFolder(), 'bad.db')
    writeFileSync(file, `SQLite format 3\0${'junk'.repeat(500)}`)
    expect(() => openForeign(file).names()).toThrow(expect.objectContaining({ code: 'SOURCE_UNREADABLE' }) as Error)
    expect(() => openForeign(join(newFolder(), 'nothing.db'))).toThrow(expect.objectContaining({ code: 'SOURCE_UNREADABLE' }) as Error)
    const locked = aDatabase('CREATE TABLE t (x)')
    const writer = new Sqlite(locked)
    writer.exec('BEGIN EXCLUSIVE')
    expect(() => openForeign(locked).names()).toThrow(expect.objectContaining({ code: 'SOURCE_UNREADABLE', data: { source: locked, reason: 'another program is writing to it' } }) as Error)
    writer.close()
  })
})
