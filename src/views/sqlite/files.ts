/** The files of a view: `view.db`, what SQLite keeps beside it, the copy of a broken one, and those under construction in `run/`. */
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const VIEW_DB = 'view.db'
const BROKEN = 'view.db.broken'
const BESIDE = ['-wal', '-shm', '-journal']
const UNDER_CONSTRUCTION = 'view-'

export interface ViewFiles {
  readonly path: string
  /** Returns the path for a new view, in a folder of its own. What builders that were killed left behind goes. */
  begin(): string
  /** Puts a finished one in place: whole at every moment for whoever opens the path. */
  install(built: string): void
  discard(built: string): void
  /** Moves a broken one out of the way; it replaces one that was moved there before. */
  moveAside(): void
  /** Removes all of it. Returns the names of what was there. */
  drop(): readonly string[]
}

export function viewFiles(folder: string): ViewFiles {
  const path = join(folder, VIEW_DB)
  const run = join(folder, 'run')
  const unlink = (name: string): boolean => {
    const file = join(folder, name)
    if (!existsSync(file)) return false
    rmSync(file, { force: true, recursive: true })
    return true
  }
  // The database goes first: what is beside it MUST NOT be read as part of the next one.
  const names = [VIEW_DB, ...BESIDE.map((end) => VIEW_DB + end)]
  const leftovers = (): readonly string[] => existsSync(run) ? readdirSync(run).filter((name) => name.startsWith(UNDER_CONSTRUCTION)) : []
  return {
    path,
    begin() {
      mkdirSync(run, { recursive: true, mode: 0o700 })
      // Only who has the store builds a view: what another process began is a leftover.
      for (const name of leftovers()) if (!name.startsWith(`${UNDER_CONSTRUCTION}${String(process.pid)}-`)) rmSync(join(run, name), { recursive: true, force: true })
      return join(mkdtempSync(join(run, `${UNDER_CONSTRUCTION}${String(process.pid)}-`)), VIEW_DB)
    },
    install(built) {
      chmodSync(built, 0o600)
      sync(built)
      for (const name of names) unlink(name)
      renameSync(built, path)
      rmSync(join(built, '..'), { recursive: true, force: true })
    },
    discard: (built) => { rmSync(join(built, '..'), { recursive: true, force: true }) },
    moveAside() {
      unlink(BROKEN)
      if (existsSync(path)) renameSync(path, join(folder, BROKEN))
      for (const name of names) unlink(name)
    },
    drop() {
      for (const name of leftovers()) rmSync(join(run, name), { recursive: true, force: true })
      return [...names, BROKEN].filter(unlink)
    },
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
