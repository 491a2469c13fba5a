/**
 * The counters of atom ids, one a day. What they hold cannot be derived from the ATOMs alone (`gc` drops ATOMs, and stores of before took no number from an
 * import), so what is judged is what must hold: the last number stands on an ATOM, and none that was given here is above it.
 */
import { getText } from '../../base/bytes.js'
import { getAtomIdParts, getCounted } from '../../object/atom-id.js'
import { rangeOf } from '../../store/keys.js'
import type { Check } from './check.js'

export interface DayCounts {
  add(atomId: string): void
  /** `isClosed`: nothing was ever imported or fetched; `hasGaps`: ATOMs were dropped. */
  judge(history: { readonly isClosed: boolean; readonly hasGaps: boolean }): void
}

interface Day { readonly count: number; isSeen: boolean; greatest: number }

export async function readDayCounts(check: Check): Promise<DayCounts> {
  const { findings } = check
  const days = new Map<string, Day>()
  for await (const list of check.records.scan(rangeOf('count'))) {
    for (const [key, value] of list) {
      const day = getText(key.subarray(1)) ?? ''
      const text = getText(value) ?? ''
      const isDay = getAtomIdParts(`ATOM-A-${day}-000`) !== undefined
      if (!isDay || !/^[1-9]\d{0,10}$/.test(text)) findings.error('index-count', `the counter of atom ids of the day '${day}' is not as it is written: '${text.slice(0, 40)}'`)
      else days.set(day, { count: Number(text), isSeen: false, greatest: 0 })
    }
  }
  return {
    add(atomId) {
      const counted = getCounted(atomId)
      if (counted === undefined) return
      const { day, number } = counted
      const known = days.get(day) ?? { count: 0, isSeen: false, greatest: 0 }
      if (known.count === number) known.isSeen = true
      if (number > known.greatest) known.greatest = number
      days.set(day, known)
    },
    judge({ isClosed, hasGaps }) {
      for (const [day, { count, isSeen, greatest }] of days) {
        if (count > 0 && !isSeen && !hasGaps) findings.error('index-count', `the counter of ${day} says that ${String(count)} atom ids were given, and no ATOM has the last of them`)
        else if (isClosed && greatest > count) findings.error('index-count', `the counter of ${day} says that ${String(count)} atom ids were given, and there is a number ${String(greatest)}`)
      }
    },
  }
}
