/**
 * Reads a store that may be damaged: what the database cannot give becomes a finding, and reading goes on behind it.
 *
 * A database reports a bad block only when a list has been read over it, and loses the list. So after an error the records are asked for one by one
 * up to the bad place, and the first readable one behind it is found by bisecting the keys.
 */
import { isAtomError } from '../../base/errors.js'
import { toHex } from '../../base/bytes.js'
import type { KeyRange, RecordReader, ScanOptions, StoreRecord } from '../../store/types.js'
import type { Findings } from './finding.js'

export interface SafeReader {
  /** Returns the value of a key, or undefined when there is none or it cannot be read. */
  getRecord(key: Uint8Array): Uint8Array | undefined
  scan(range: KeyRange): AsyncIterable<readonly StoreRecord[]>
}

const KEY_DIGITS = 12
const PLACES_MAX = 1_000

export function createSafeReader(records: RecordReader, findings: Findings, signal: AbortSignal): SafeReader {
  const damage = (key: Uint8Array, error: unknown): void => {
    if (!isAtomError(error, 'STORE_CORRUPT')) throw error
    findings.error('store-unreadable', `the database cannot read at key ${toHex(key.subarray(0, 40))}: ${error.message}`)
  }
  return {
    getRecord(key) {
      try {
        return records.getRecord(key)
      } catch (error) {
        damage(key, error)
        return undefined
      }
    },
    async* scan(range) {
      let from = range.gte
      for (let places = 0; ; places++) {
        try {
          for await (const list of records.scan({ gte: from, lt: range.lt })) {
            signal.throwIfAborted()
            yield list
            from = successor(list.at(-1)?.[0] ?? from)
          }
          return
        } catch (error) {
          damage(from, error)
          if (places === PLACES_MAX) return
        }
        for (let record = await first(records, from, range); record !== undefined && record !== 'unreadable'; record = await first(records, from, range)) {
          yield [record]
          from = successor(record[0])
        }
        const next = await firstReadable(records, from, range)
        if (next === undefined) return
        from = next
      }
    },
  }
}

type Tried = StoreRecord | 'unreadable' | undefined

async function first(records: RecordReader, from: Uint8Array, range: KeyRange): Promise<Tried> {
  const options: ScanOptions = { limit: 1 }
  try {
    for await (const list of records.scan({ gte: from, lt: range.lt }, options)) return list[0]
    return undefined
  } catch (error) {
    if (!isAtomError(error, 'STORE_CORRUPT')) throw error
    return 'unreadable'
  }
}

/** Returns a key behind the damage from which the range can be read: the least one, where only one place is bad. */
async function firstReadable(records: RecordReader, from: Uint8Array, range: KeyRange): Promise<Uint8Array | undefined> {
  let bad = numberOf(from)
  const end = numberOf(range.lt)
  let good: bigint | undefined
  for (let step = 1n; bad + step < end; step *= 4n) {
    if (await first(records, keyOf(bad + step), range) !== 'unreadable') {
      good = bad + step
      break
    }
  }
  if (good === undefined) return undefined
  while (good - bad > 1n) {
    const middle: bigint = (good + bad) / 2n
    if (await first(records, keyOf(middle), range) === 'unreadable') bad = middle
    else good = middle
  }
  return keyOf(good)
}

function numberOf(key: Uint8Array): bigint {
  return BigInt(`0x${toHex(key.subarray(0, KEY_DIGITS)).padEnd(KEY_DIGITS * 2, '0')}`)
}

function keyOf(number: bigint): Uint8Array {
  const hex = number.toString(16).padStart(KEY_DIGITS * 2, '0')
  return Uint8Array.from({ length: KEY_DIGITS }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16))
}

function successor(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}
