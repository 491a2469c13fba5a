import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../helpers/cli.js'
import { temporaryFolders } from '../../helpers/git.js'
import { BrokenView, openReadable, QueryRefused, type SqlRow } from '../../../src/views/sqlite/database.js'
import { load, openLoader, type Loader } from '../../../src/views/sqlite/loader.js'

const newFolder = temporaryFolders()
const newFile = (): string => join(newFolder(), 'view.db')

/** The program of the thread, as `npm run build` made it: beside the sources there is none that Node could run. */
const THREAD = pathToFileURL(join(ROOT, 'dist/views/sqlite/load-thread.js'))

function rowsOf(file: string): readonly SqlRow[] {
  const connection = openReadable(file)
  try {
    return connection.prepare('SELECT a, CAST(b AS BLOB), typeof(b) FROM t ORDER BY rowid').all()
  } finally {
    connection.close()
  }
}

const ROWS: readonly SqlRow[] = [
  [1, null], [2, 'text'], [3, 'a NUL \0 in it'], [4, '\u{1f600} 漢字'], [5, 2n ** 62n], [6, 1.5], [7, Uint8Array.of(0, 255)], [8, new Uint8Array(64).fill(7).subarray(3, 5)], [9, 'long '.repeat(200_000)],
]

const [CREATE, INSERT] = ['CREATE TABLE t (a INTEGER, b)', 'INSERT INTO t VALUES (?, ?)']

it('has a program for its thread, so that these tests try it', () => {
  expect(existsSync(THREAD)).toBe(true)
})

describe.each([['here', undefined], ['in a thread', THREAD]])('a loader that works %s', (_where, thread) => {
  it('writes rows of every kind as they were given, in order, between what else is to be done', async () => {
    const file = newFile()
    const loader = await openLoader(file, thread)
    loader.exec(`${CREATE}; BEGIN`)
    for (const row of ROWS) loader.insert(INSERT, row)
    loader.exec('UPDATE t SET a = a + 100')
    loader.insert('INSERT INTO t (a) VALUES (?)', [10])
    expect(await loader.value('SELECT count(*) FROM t')).toBe(10)
    loader.exec('COMMIT')
    await loader.close()
    const here = newFile()
    await load({ file: here, atoms: 0 }, async (other) => {
      other.exec(CREATE)
      for (const [a, b = null] of ROWS) other.insert(INSERT, [Number(a) + 100, b])
      other.insert(INSERT, [10, null])
    })
    expect(rowsOf(file)).toEqual(rowsOf(here))
  })

  it('takes more rows than it has room for, when it is waited for', async () => {
    const file = newFile()
    const loader = await openLoader(file, thread)
    loader.exec(`${CREATE}; BEGIN`)
    for (let count = 0; count < 20_000; count++) {
      loader.insert(INSERT, [count, `text ${String(count)}`])
      if (count % 100 === 0) await loader.room()
    }
    loader.exec('COMMIT')
    await loader.close()
    expect(rowsOf(file).length).toBe(20_000)
  })

  it('does nothing behind a step that failed, and says what SQLite said', async () => {
    const file = newFile()
    const loader = await openLoader(file, thread)
    loader.exec(`${CREATE}; BEGIN`)
    loader.insert(INSERT, [1, null])
    loader.insert('INSERT INTO nowhere VALUES (?)', [1])
    loader.exec('COMMIT')
    await expect(loader.close()).rejects.toThrow(QueryRefused)
    await expect(loader.room()).rejects.toThrow('no such table: nowhere')
    await expect(loader.value('SELECT 1')).rejects.toThrow(QueryRefused)
    await loader.abandon()
    expect(rowsOf(file)).toEqual([])
  })

  it.each([
    ['no database', (file: string) => { writeFileSync(file, 'a text that somebody left here, longer than a header of SQLite would be: a text that somebody left here') }, BrokenView],
    ['in a folder that is not there', undefined, /cannot use .*view\.db/],
  ])('says that a file cannot be filled: %s', async (_what, make, error) => {
    const file = make === undefined ? join(newFolder(), 'none/view.db') : newFile()
    make?.(file)
    await expect(load({ file, atoms: 0 }, async (loader) => { loader.exec(CREATE) })).rejects.toThrow(error)
    await expect((async () => {
      const loader = await openLoader(file, thread)
      loader.exec(CREATE)
      await loader.close()
    })()).rejects.toThrow(error)
  })

  it('carries the code of an error, its data and its hint', async () => {
    const file = join(newFolder(), 'none/view.db')
    const failure = openLoader(file, thread)
    await expect(failure).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', data: { path: file }, hint: 'the trail itself is as it was' })
  })
})

describe('a thread', () => {
  const program = (text: string): URL => {
    const file = join(newFolder(), 'thread.mjs')
    writeFileSync(file, text)
    return pathToFileURL(file)
  }
  const filled = async (loader: Loader): Promise<void> => {
    loader.exec(CREATE)
    loader.insert(INSERT, [1, 'one'])
    await loader.close()
  }

  it.each([
    ['is not there', () => pathToFileURL(join(newFolder(), 'none.js'))],
    ['cannot be loaded', () => program('import "node:none"')],
    ['throws at once', () => program('throw new Error("no memory")')],
    ['ends at once', () => program('process.exit(3)')],
  ])('whose program %s is done without', async (_what, make) => {
    const file = newFile()
    await filled(await openLoader(file, make()))
    expect(rowsOf(file).length).toBe(1)
  })

  it('that dies in the middle is an error, whatever was under way', async () => {
    const answers = 'import { parentPort } from "node:worker_threads"; parentPort.postMessage({ value: undefined }); let steps = 0; parentPort.on("message", () => { '
    const file = newFile()
    const dying = await openLoader(file, program(`${answers} if (++steps === 2) throw new Error("out of luck"); parentPort.postMessage({ value: undefined }) })`))
    await expect(filled(dying)).rejects.toMatchObject({ code: 'INTERNAL', data: { detail: 'out of luck' }, hint: expect.stringContaining('the trail itself is as it was') })
    await expect(dying.value('SELECT 1')).rejects.toMatchObject({ code: 'INTERNAL' })
    await dying.abandon()
    const leaving = await openLoader(file, program(`${answers} process.exit(0) })`))
    await expect(filled(leaving)).rejects.toMatchObject({ code: 'INTERNAL' })
    await leaving.abandon()
  })
})
