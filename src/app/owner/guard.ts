/**
 * The second guard beside LevelDB's lock, which is an fcntl lock and vanishes without a word when its process closes any descriptor of the
 * LOCK file. Two symbolic links in `run/`, whose targets say who holds: made by one system call, exclusive, readable without opening anything.
 *
 * `claim-<pid>-<start>`: made before LevelDB is opened; keeps a second thread or a second copy of this program in one process from trying, and other
 * processes while this one does.
 * `guard`: made under LevelDB's lock; a live one of another process means that the lock vanished, and counts as locked.
 */
import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { isRunning, thisProcess } from './process-name.js'
import { marksIn } from './run-folder.js'
import { countAhead } from './queue.js'

/** Windows has no fcntl and no symbolic links for everybody: LevelDB's lock holds there. */
const IS_NEEDED = process.platform !== 'win32'
/** How long a guard from another pid namespace is believed: nobody there can be asked. */
const FOREIGN_TRUST_MS = 1_000

export interface Guard {
  /** Takes the guard under LevelDB's lock; throws `STORE_LOCKED` when somebody else lives behind the one that is there. */
  seize(): void
  release(): void
}

/**
 * Claims a store for this process before LevelDB is opened. Throws `STORE_LOCKED`, having touched nothing, when another thread of this process or
 * a live process has it, or one that has waited longer than since a time of the clock wants it.
 */
export function claimStore(run: string, folder: string, sinceMs: number = Date.now()): Guard {
  if (!IS_NEEDED) return { seize: () => undefined, release: () => undefined }
  const guard = join(run, 'guard')
  const self = thisProcess()
  // Opening LevelDB behind the back of a live holder would already delete its log.
  if (isLive(guard, self) || isClaimedElsewhere(run, self) || countAhead(run, sinceMs) > 0) throw locked(folder)
  const claim = join(run, `claim-${self.replaceAll(' ', '-')}`)
  if (link(self, claim, run) === 'exists') throw locked(folder)
  return {
    seize() {
      if (link(self, guard, run) === 'exists') {
        if (isLive(guard, self)) throw locked(folder)
        remove(guard)
        if (link(self, guard, run) === 'exists') throw locked(folder)
      }
      // Who died between its claim and its guard left no other trace.
      sweepClaims(run, self)
    },
    release() {
      // In this order, so that nobody is kept out by a claim that has ended its work.
      remove(claim)
      if (target(guard) === self) remove(guard)
    },
  }
}

/** Tells whether a live process holds the guard in a `run` folder. Touches nothing. */
export function isHeld(run: string): boolean {
  return isLive(join(run, 'guard'), thisProcess())
}

function locked(folder: string): AtomError<'STORE_LOCKED'> {
  return new AtomError('STORE_LOCKED', `the store is in use: ${folder}`, { data: { folder, waitedMs: 0 }, hint: 'try again, or raise ATOM_LOCK_TIMEOUT_MS' })
}

function link(text: string, path: string, run: string): 'made' | 'exists' {
  try {
    symlinkSync(text, path)
    return 'made'
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EEXIST') return 'exists'
    if (code !== 'ENOENT') throw unwritable(error, run)
    mkdirSync(run, { recursive: true, mode: 0o700 })
    return link(text, path, run)
  }
}

function unwritable(error: unknown, run: string): unknown {
  const { code = '', message } = error as { code?: string; message: string }
  const folder = dirname(run)
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AtomError('STORE_FULL', `the disk is full: ${folder}`, { data: { folder }, cause: error, hint: 'nothing was recorded; free some room and try again' })
  if (!['EACCES', 'EROFS', 'EPERM'].includes(code)) return error
  return new AtomError('FILE_UNWRITABLE', `the store cannot be written to: ${folder} (${message})`, { data: { path: folder, reason: message }, cause: error, hint: 'opening a LevelDB writes to it: ask for the right to, or copy the folder while nobody uses it' })
}

function target(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'EINVAL') return undefined
    throw error
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
}

/** Tells whether a guard names a process that lives. `pid start namespace`. */
function isLive(guard: string, self: string): boolean {
  const holder = target(guard)
  if (holder === undefined) return false
  const [pid = '', start = '', space = ''] = holder.split(' ')
  if (space !== self.split(' ')[2]) return ageMs(guard) < FOREIGN_TRUST_MS
  return isRunning(pid, start)
}

function ageMs(path: string): number {
  const made = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs
  return made === undefined ? Infinity : Math.abs(Date.now() - made)
}

/** Tells whether another process is about to open the store: to try as well would take both longer, and one of them fails. */
function isClaimedElsewhere(run: string, self: string): boolean {
  const [ownPid, , ownSpace] = self.split(' ')
  return marksIn(run).some((name) => {
    const [kind, pid = '', start = '', space = ''] = name.split('-')
    return kind === 'claim' && space === ownSpace && pid !== ownPid && isRunning(pid, start)
  })
}

/** Removes the claims of processes that died: only they have no other thread to keep out. */
function sweepClaims(run: string, self: string): void {
  for (const name of readdirSync(run)) {
    const [kind, pid = '', start = '', space = ''] = name.split('-')
    if (kind === 'claim' && space === self.split(' ')[2] && !isRunning(pid, start)) remove(join(run, name))
  }
}
