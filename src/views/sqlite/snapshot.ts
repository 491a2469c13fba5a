/** A private copy of somebody else's database: consistent, and free of its locks while it is read. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAtomError } from '../../base/errors.js'
import { openReadable, openWritable, type Connection } from './database.js'

export interface Snapshot {
  readonly connection: Connection
  /** Closes it and removes the copy. */
  close(): void
}

const NAME = 'copy.db'
/** What SQLite keeps beside a database: without it a copy lacks the last steps, or has half of one. */
const BESIDE = ['', '-wal', '-journal']

/**
 * Copies a database as of one moment. Nothing is written to it or beside it, whatever state a program left it in. Throws `BrokenView` for what is no database,
 * `VIEW_LOCKED`, `STORE_FULL`.
 */
export function openSnapshot(file: string): Snapshot {
  const folder = mkdtempSync(join(tmpdir(), 'atom-copy-'))
  const remove = (): void => { rmSync(folder, { recursive: true, force: true }) }
  try {
    const copy = join(folder, NAME)
    copyTables(file, copy)
    const connection = openWritable(copy)
    return { connection, close: () => { connection.close(); remove() } }
  } catch (error) {
    remove()
    throw error
  }
}

/** SQLite makes the copy. Where it cannot without writing (a journal that a killed program left behind, a folder that nobody may write to), the files are copied and SQLite mends the copy. */
function copyTables(file: string, copy: string): void {
  try {
    const connection = openReadable(file)
    try {
      connection.exec('PRAGMA query_only = 0; PRAGMA trusted_schema = 0; PRAGMA temp_store = FILE')
      connection.prepare('VACUUM INTO ?').run([copy])
    } finally {
      connection.close()
    }
  } catch (error) {
    if (!isAtomError(error, 'FILE_UNWRITABLE')) throw error
    rmSync(copy, { force: true })
    for (const end of BESIDE) if (existsSync(file + end)) copyFileSync(file + end, copy + end)
  }
}
