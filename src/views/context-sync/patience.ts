/** Waiting for a program that has the database locked: as long as context-sync's servers wait, then a clear refusal. */
import { AtomError, isAtomError } from '../../base/errors.js'

export interface Patience {
  /** How long another program may hold the database locked. Default: 5,000. */
  readonly lockedMs?: number
}

const LOCKED_MS = 5_000
const AGAIN_MS = 25

/** Runs work until it is not refused for a lock. Throws `VIEW_LOCKED` after so long: nothing was done then. */
export async function retryLocked<Value>(file: string, { lockedMs = LOCKED_MS }: Patience, work: () => Value | Promise<Value>): Promise<Value> {
  for (const startMs = performance.now(); ;) {
    try {
      return await work()
    } catch (error) {
      if (!isAtomError(error, 'VIEW_LOCKED')) throw error
      if (performance.now() - startMs > lockedMs) {
        throw new AtomError('VIEW_LOCKED', `another program holds ${file} locked`, { data: { file }, hint: 'nothing was written; run the command again when that program is done', cause: error })
      }
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS) })
    }
  }
}
