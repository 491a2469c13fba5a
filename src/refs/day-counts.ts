/** How many atom ids were given on each UTC day: read once in a transaction, staged at its end. */
import { getText, utf8 } from '../base/bytes.js'
import { dayOf } from '../object/atom-id.js'
import { countKey } from '../store/keys.js'
import type { Overlay } from '../store/overlay-store.js'

export interface DayCounts {
  /** Counts one more ATOM for the UTC day of a time. */
  next(timeMs: number): { readonly day: string; readonly count: number }
  /** Stages the counts. Nothing else MAY write them meanwhile. */
  stage(): void
}

const DAY_MS = 86_400_000

export function createDayCounts(staged: Overlay): DayCounts {
  const counts = new Map<number, { readonly day: string; count: number }>()
  return {
    next(timeMs) {
      const number = Math.floor(timeMs / DAY_MS)
      let known = counts.get(number)
      if (known === undefined) {
        const day = dayOf(timeMs)
        known = { day, count: countIn(staged.getRecord(countKey(day))) }
        counts.set(number, known)
      }
      known.count++
      return known
    },
    stage() {
      for (const { day, count } of counts.values()) staged.put(countKey(day), utf8(String(count)))
    },
  }
}

function countIn(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : Number(getText(bytes) ?? '0')
}
