/**
 * Who may replace the refs of a folder remote: whoever made the file `refs.lock`. It is held for one small file's writing. One that has stood for long is of somebody
 * who was killed or whose disk was pulled out, and is taken over; times are compared as the folder's own disk gives them, so no clock has to be right.
 */
import { randomBytes } from 'node:crypto'
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { refusedBy } from '../remote-errors.js'

const STALE_AFTER_MS = 30_000
const WAIT_MAX_MS = 40_000
const RETRY_MS = 25

export interface RefsLock {
  /** Tells whether it is still ours: to be asked right before what it protects. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

export interface LockPlace {
  readonly folder: string
  /** How errors call the remote. */
  readonly location: string
  readonly signal: AbortSignal
}

/** Waits for the lock; throws `REMOTE_REFUSED` when somebody keeps it, again and again, for longer than any update takes. */
export async function takeLock({ folder, location, signal }: LockPlace): Promise<RefsLock> {
  const path = join(folder, 'refs.lock')
  const mine = `${String(process.pid)} ${randomBytes(12).toString('hex')}\n`
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    signal.throwIfAborted()
    if (await isMade(path, mine)) break
    if (waitedMs >= WAIT_MAX_MS) throw refusedBy(location, 'somebody else is writing to it')
    if (waitedMs % 1_000 === 0) await takeAwayStale(path, join(folder, 'tmp'))
    await sleep(RETRY_MS)
  }
  const isHeld = async (): Promise<boolean> => (await readIfThere(path)) === mine
  return {
    isHeld,
    async release() {
      if (await isHeld()) await unlink(path)
    },
  }
}

async function isMade(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

async function takeAwayStale(path: string, tempFolder: string): Promise<void> {
  const probe = join(tempFolder, `now-${randomBytes(6).toString('hex')}`)
  await writeFile(probe, '')
  const { mtimeMs: nowMs } = await stat(probe)
  await unlink(probe)
  const lock = await stat(path).catch(ignoreAbsent)
  if (lock === undefined || nowMs - lock.mtimeMs < STALE_AFTER_MS) return
  // Renamed first: of two who find it stale, one moves it, and neither removes the lock that the other makes then.
  const moved = `${probe}-stale`
  await rename(path, moved).then(() => unlink(moved), ignoreAbsent)
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(ignoreAbsent)
}

function ignoreAbsent(error: unknown): undefined {
  if ((error as { code?: string }).code === 'ENOENT') return undefined
  throw error
}
