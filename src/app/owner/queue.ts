/**
 * Who has waited longest for a store goes first. LevelDB's lock is taken by chance, and among many processes chance forgets some for seconds: who has waited for a
 * while says so by a symbolic link in `run/`, `wait-<since>-<pid>-<start>-<namespace>`, and whoever has waited less leaves it the store.
 *
 * A courtesy and no lock: a mark of a process that died, or did not look for a moment (stopped, busy), keeps nobody out, and where no mark can be made
 * chance goes on deciding.
 */
import { lstatSync, lutimesSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, thisProcess } from './process-name.js'
import { marksIn } from './run-folder.js'

/** Who has waited for so long takes a place: before that, chance does well, and costs nothing. */
const PATIENCE_MS = 50
/** Who has not looked for so long is not waited for. */
const STALE_MS = 100
/** A turn of somebody who is ahead takes about so long. */
const TURN_MS = 3
const TURNS_MAX = 8

/** One wait for a store. */
export interface Wait {
  /** On the clock: what others compare. */
  readonly sinceMs: number
  waitedMs(): number
  /** Says that the store was looked for in vain. MUST be called every time: who does not look any more is not waited for. */
  inVain(): void
  /** Returns how long to pause before the next look. */
  pauseMs(): number
  end(): void
}

/** Begins a wait for the store of a folder `run`. Takes its place in the queue only when it lasts. */
export function beginWait(run: string): Wait {
  const startMs = performance.now()
  const sinceMs = Date.now()
  let place: QueuePlace | undefined
  const waitedMs = (): number => performance.now() - startMs
  return {
    sinceMs,
    waitedMs,
    inVain() {
      if (waitedMs() >= PATIENCE_MS) place ??= takePlace(run, sinceMs)
      place?.stay()
    },
    pauseMs: () => retryPauseMs(waitedMs(), place?.ahead() ?? 0),
    end() { place?.leave() },
  }
}

interface QueuePlace {
  /** Says that one still waits. MUST be called at every look. */
  stay(): void
  /** Returns how many are ahead. */
  ahead(): number
  leave(): void
}

/** Marks that this process has waited since a time of the clock. */
function takePlace(run: string, sinceMs: number): QueuePlace {
  const [pid = '', start = '', space = ''] = thisProcess().split(' ')
  const path = join(run, `wait-${String(sinceMs)}-${pid}-${start}-${space}`)
  attempt(() => { symlinkSync('x', path) })
  return {
    stay() {
      const nowSeconds = Date.now() / 1_000
      attempt(() => { lutimesSync(path, nowSeconds, nowSeconds) })
    },
    ahead: () => countAhead(run, sinceMs),
    leave() { attempt(() => { unlinkSync(path) }) },
  }
}

/** Returns how many others wait that began earlier. Those who see each other only as numbers (another pid namespace) are not counted. */
export function countAhead(run: string, sinceMs: number): number {
  const [ownPid, , ownSpace] = thisProcess().split(' ')
  let ahead = 0
  for (const name of marksIn(run)) {
    const [kind, since = '', pid = '', start = '', space] = name.split('-')
    if (kind !== 'wait' || space !== ownSpace || pid === ownPid || Number(since) >= sinceMs) continue
    const path = join(run, name)
    const looked = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (looked === undefined) continue
    if (Math.abs(Date.now() - looked) <= STALE_MS) ahead++
    else if (!isRunning(pid, start)) attempt(() => { unlinkSync(path) })
  }
  return ahead
}

/** Returns how long to wait before the next look: by chance, so that two do not go on colliding; the shorter the longer one has waited and the fewer are ahead. */
function retryPauseMs(waitedMs: number, ahead: number): number {
  return 1 + Math.min(ahead, TURNS_MAX) * TURN_MS + Math.random() * (1 + 7 * Math.max(0, 1 - waitedMs / PATIENCE_MS))
}

/** What fails here is told by what needs the folder: the claim. */
function attempt(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== 'string') throw error
  }
}
