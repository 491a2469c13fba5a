/**
 * Bounds what a walk through a tree may become: a few small objects that name each other again and again can claim more files than any disk has, or a path
 * deeper than any stack.
 *
 * Guarantees: a walk ends with `OBJECT_CORRUPT` before it has gone through many times the entries that are really there; no path gets longer than what can
 * be recorded.
 */
import { AtomError } from '../base/errors.js'
import { PATH_MAX_BYTES } from '../base/limits.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'

/** Paths in a tree begin with the scope. */
const SCOPE_MAX_BYTES = 16
/** So many entries are walked whatever they are. */
const FREE_ENTRIES = 100_000
/** Beyond that, each entry that is really there counts for so many: equal folders are common, but not equal folders of equal folders of equal folders. */
const REPEATS_MAX = 64

export interface WalkGuard {
  /** Called for each folder that is walked. Throws `OBJECT_CORRUPT` where this goes too far. */
  enter(folder: ObjectId, prefix: string, entries: number): void
}

/** Returns the guard of one walk. */
export function createWalkGuard(): WalkGuard {
  const distinct = new Set<ObjectId>()
  let walked = 0
  let own = 0
  return {
    enter(folder, prefix, entries) {
      if (prefix.length > PATH_MAX_BYTES + SCOPE_MAX_BYTES) throw unwalkable(folder, `a path is longer than ${String(PATH_MAX_BYTES)} bytes`)
      walked += entries
      if (!distinct.has(folder)) {
        distinct.add(folder)
        own += entries
      }
      if (walked > FREE_ENTRIES && walked > own * REPEATS_MAX) throw unwalkable(folder, `it repeats itself more than ${String(REPEATS_MAX)} times over`)
    },
  }
}

export function unwalkable(folder: ObjectId, reason: string): AtomError<'OBJECT_CORRUPT'> {
  const id = digestOf(folder)
  return new AtomError('OBJECT_CORRUPT', `the tree ${id} cannot be walked: ${reason}`, { data: { id, reason }, hint: 'atom verify' })
}
