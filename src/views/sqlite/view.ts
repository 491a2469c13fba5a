/**
 * The SQLite view of a store: `.atom/view.db`, brought up to date when it is read.
 *
 * Guarantees: it is a function of the trail alone, whichever way it came to be; the store is only read; whoever has it open while it is made again reads on in the
 * old one. A view that cannot be read is moved aside and made again, never repaired. Refuses to wait long for a program that holds it locked: `VIEW_LOCKED`.
 */
import { existsSync } from 'node:fs'
import { isAtomError } from '../../base/errors.js'
import type { FollowReport, FollowSource, TrailTables, ViewDifference } from '../../ops/ports.js'
import { readLogState } from '../../refs/log-state.js'
import { buildView } from './build.js'
import { catchUp, type CaughtUp } from './catch-up.js'
import { compareViews } from './compare.js'
import { BrokenView, openWritable, QueryRefused, type Connection } from './database.js'
import { exportView } from './export.js'
import { viewFiles } from './files.js'
import { load } from './loader.js'
import { openConsistent } from './query.js'
import { findAtoms } from './search.js'

const LOCKED_MS = 5_000
const AGAIN_MS = 25

export interface SqliteViewOptions {
  /** How long another program may hold the view locked before its reader is told. Default: 5,000. */
  readonly lockedMs?: number
}

export function createSqliteView(folder: string, { lockedMs = LOCKED_MS }: SqliteViewOptions = {}): TrailTables {
  const files = viewFiles(folder)
  const rebuild = async (source: FollowSource): Promise<FollowReport> => {
    const built = files.begin()
    try {
      const added = await buildFile(built, source)
      files.install(built)
      return { how: 'rebuilt', added, removed: 0 }
    } catch (error) {
      files.discard(built)
      throw error
    }
  }
  return {
    name: 'sqlite',
    file: files.path,
    rebuild,
    exportTo: exportView,
    async search(question, limit) {
      const connection = openConsistent(files.path)
      try {
        return findAtoms(connection, question, limit)
      } finally {
        connection.close()
      }
    },
    async differences(source) {
      if (!existsSync(files.path)) return [{ severity: 'info', code: 'view-absent', message: 'there is no view.db: it is made when it is read' }]
      const built = files.begin()
      try {
        return await differencesOf({ path: files.path, built, lockedMs }, source)
      } finally {
        files.discard(built)
      }
    },
    async follow(source) {
      if (!existsSync(files.path)) return rebuild(source)
      try {
        const step = await withLockedRetry(lockedMs, () => catchUpFile(files.path, source))
        if (step.is === 'to-rebuild') return await rebuild(source)
        return { how: step.is, added: step.is === 'caught-up' ? step.added : 0, removed: step.is === 'caught-up' ? step.removed : 0 }
      } catch (error) {
        if (!isBroken(error)) throw error
        source.reporter.warn(`view.db cannot be used (${error.message}): it is moved to view.db.broken and made again`)
        files.moveAside()
        return rebuild(source)
      }
    },
  }
}

/** Makes a whole view in a new file, ready for readers beside a writer. */
async function buildFile(file: string, source: FollowSource): Promise<number> {
  return load({ file, atoms: readLogState(source.store).atoms }, async (loader) => {
    const { atoms } = await buildView(loader, source)
    loader.exec('PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL')
    return atoms
  })
}

interface Compared { readonly path: string; readonly built: string; readonly lockedMs: number }

async function differencesOf({ path, built, lockedMs }: Compared, source: FollowSource): Promise<readonly ViewDifference[]> {
  try {
    await buildFile(built, source)
    for (;;) {
      // What was recorded since then comes into both.
      const steps = [await withLockedRetry(lockedMs, () => catchUpFile(path, source)), await catchUpFile(built, source)]
      if (steps.some((step) => step.is === 'to-rebuild')) return [OUTDATED]
      if (steps[1]?.is === 'current') return compareFiles(path, built)
    }
  } catch (error) {
    if (!isBroken(error)) throw error
    return [{ severity: 'error', code: 'view-damaged', message: `view.db cannot be read: ${error.message}. It is moved aside and made again when it is read` }]
  }
}

const OUTDATED: ViewDifference = { severity: 'warning', code: 'view-outdated', message: 'view.db is of another program, another store or another time: it is made again when it is read, and was not compared' }

function compareFiles(file: string, built: string): readonly ViewDifference[] {
  const connection = openWritable(file)
  try {
    return [...compareViews(connection, built)]
  } finally {
    connection.close()
  }
}

async function catchUpFile(file: string, source: FollowSource): Promise<CaughtUp> {
  const connection = openWritable(file)
  try {
    prepareConnection(connection)
    return await catchUp(connection, source)
  } finally {
    connection.close()
  }
}

/** After a power cut the last steps of a view may be missing, and are made again: no sync for each. */
function prepareConnection(connection: Connection): void {
  connection.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON')
}

async function withLockedRetry<Value>(lockedMs: number, work: () => Promise<Value>): Promise<Value> {
  for (const startMs = performance.now(); ;) {
    try {
      return await work()
    } catch (error) {
      if (!isAtomError(error, 'VIEW_LOCKED') || performance.now() - startMs > lockedMs) throw error
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS) })
    }
  }
}

/** SQL of our own that is refused means that its tables are not ours. */
function isBroken(error: unknown): error is Error {
  return error instanceof BrokenView || error instanceof QueryRefused
}
