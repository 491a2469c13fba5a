/** The copy that is made of a database before the first export changes it. */
import { closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { Connection } from '../sqlite/database.js'
import { unwritable } from './target.js'

export interface Backup {
  /** Where it is; undefined where one of the same bytes was there already. */
  readonly made: string | undefined
  /** Of the state that was copied: another one under the lock means that somebody wrote meanwhile. */
  readonly version: number
}

/**
 * Copies a database beside itself, `data.before-atom.db`. MUST be called without a transaction: closing a file drops every lock that this process has on it. Whoever
 * then takes the lock compares `dataVersion` with `version`. A backup that is there is never written over.
 */
export function makeBackup(connection: Connection, file: string): Backup {
  const version = dataVersion(connection)
  const partial = `${file}.atom-${String(process.pid)}.tmp`
  try {
    rmSync(partial, { force: true })
    // In the mode that servers use the file is all of it; the log of another one is taken in by SQLite.
    if (String(connection.value('PRAGMA journal_mode')) === 'wal') connection.prepare('VACUUM INTO ?').run([partial])
    else copyFileSync(file, partial)
    sync(partial)
    return { made: place(partial, file), version }
  } catch (error) {
    throw translated(error, file)
  } finally {
    rmSync(partial, { force: true })
  }
}

/** Returns a number that changes when another connection commits. */
export function dataVersion(connection: Connection): number {
  return Number(connection.value('PRAGMA data_version'))
}

function place(partial: string, file: string): string | undefined {
  for (let number = 1; ; number++) {
    const backup = join(dirname(file), `${basename(file, extname(file))}.before-atom${number === 1 ? '' : `-${String(number)}`}${extname(file)}`)
    if (!existsSync(backup)) {
      linkSync(partial, backup)
      return backup
    }
    if (statSync(backup).size === statSync(partial).size && readFileSync(backup).equals(readFileSync(partial))) return undefined
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function translated(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AtomError('STORE_FULL', `there is no room left for a copy of ${file}`, { data: { folder: dirname(file) }, hint: 'nothing was written; make room, then run the command again', cause: error })
  return code !== undefined && /^E[A-Z]+$/.test(code) ? unwritable(file, `no copy of it can be made: ${message}`) : error
}
