/** The greatest number that an atom id has on each UTC day: read once in a transaction, staged at its end. */
import { getText, utf8 } from '../base/bytes.js'
import { TAKEN_NUMBER_MAX } from '../base/limits.js'
import { dayOf, getCounted, type AtomId } from '../object/atom-id.js'
import { countKey } from '../store/keys.js'
import type { Overlay } from '../store/overlay-store.js'

export interface DayCounts {
  /** Counts one more ATOM for the UTC day of a time. */
  next(timeMs: number): { readonly day: string; readonly count: number }
  /** Sees to it that the number of an atom id, wherever it was made, is not given again. */
  take(atomId: AtomId): void
  /** Stages the counts. Nothing else MAY write them meanwhile. */
  stage(): void
}

const DAY_MS = 86_400_000

export function createDayCounts(staged: Overlay): DayCounts {
  const counts = new Map<string, { readonly day: string; count: number }>()
  const names = new Map<number, string>()
  const countOf = (day: string): { readonly day: string; count: number } => {
    let known = counts.get(day)
    if (known === undefined) {
      known = { day, count: countIn(staged.getRecord(countKey(day))) }
      counts.set(day, known)
    }
    return known
  }
  return {
    next(timeMs) {
      const number = Math.floor(timeMs / DAY_MS)
      const day = names.get(number) ?? dayOf(timeMs)
      names.set(number, day)
      const known = countOf(day)
      known.count++
      return known
    },
    take(atomId) {
      const counted = getCounted(atomId)
      if (counted === undefined || counted.number === 0 || counted.number > TAKEN_NUMBER_MAX) return
      const known = countOf(counted.day)
      if (counted.number > known.count) known.count = counted.number
    },
    stage() {
      for (const { day, count } of counts.values()) if (count > 0) staged.put(countKey(day), utf8(String(count)))
    },
  }
}

function countIn(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : Number(getText(bytes) ?? '0')
}
