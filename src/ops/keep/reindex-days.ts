/** The counters of atom ids, judged by the ATOMs that are there: memory for each day, none for each ATOM. */
import { getText, utf8 } from '../../base/bytes.js'
import { TAKEN_NUMBER_MAX } from '../../base/limits.js'
import { getCounted, type AtomId } from '../../object/atom-id.js'
import { countKey, rangeOf } from '../../store/keys.js'
import type { RecordReader, WriteBatch } from '../../store/types.js'

interface Day { readonly count: number; greatest: number }

export interface DayNumbers {
  /** Hears of an ATOM; of one twice is no harm. */
  add(atomId: AtomId): void
  /** Each counter is the greatest number that an ATOM has, as when it came in. */
  corrections(): WriteBatch
}

export async function createDayNumbers(records: RecordReader): Promise<DayNumbers> {
  const days = new Map<string, Day>()
  const strange: Uint8Array[] = []
  for await (const list of records.scan(rangeOf('count'))) {
    for (const [key, value] of list) {
      const name = getText(key.subarray(1))
      if (name === undefined) strange.push(key)
      else days.set(name, { count: Number(getText(value) ?? ''), greatest: 0 })
    }
  }
  return {
    add(atomId) {
      const counted = getCounted(atomId)
      if (counted === undefined) return
      let day = days.get(counted.day)
      if (day === undefined) days.set(counted.day, day = { count: 0, greatest: 0 })
      if (counted.number <= TAKEN_NUMBER_MAX || counted.number === day.count) day.greatest = Math.max(day.greatest, counted.number)
    },
    corrections() {
      const known = [...days]
      return {
        puts: known.filter(([, { greatest }]) => greatest > 0).map(([name, { greatest }]) => [countKey(name), utf8(String(greatest))]),
        deletes: [...strange, ...known.filter(([, { greatest }]) => greatest === 0).map(([name]) => countKey(name))],
      }
    },
  }
}
