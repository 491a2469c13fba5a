/**
 * The `seq` records, read alongside the objects: both are in the order of the digests, so one pass tells which number each ATOM has, and
 * which number belongs to none.
 */
import { toHex } from '../../base/bytes.js'
import { rangeOf, readU32 } from '../../store/keys.js'
import type { StoreRecord } from '../../store/types.js'
import type { Check } from './check.js'

export interface SeqJoin {
  /** Moves on to the records of a digest; to be awaited only where `isBehind`. `key` is the object's, with 2 bytes before the digest. */
  seek(key: Uint8Array): Promise<void> | undefined
  /** Returns the numbers under the digest's first 8 bytes that no ATOM has taken yet. */
  readonly open: readonly number[]
  take(seq: number): void
  finish(): Promise<void>
}

const KEY_BYTES = 9
const NONE: readonly number[] = []

export function createSeqJoin(check: Check): SeqJoin {
  const lists = check.records.scan(rangeOf('seq'))[Symbol.asyncIterator]()
  let list: readonly StoreRecord[] = []
  let at = 0
  let isDone = false
  let key: Uint8Array | undefined
  let open: readonly number[] = NONE

  const more = async (): Promise<void> => {
    const next = await lists.next()
    isDone = next.done === true
    list = isDone ? [] : next.value as readonly StoreRecord[]
    at = 0
  }
  const leave = (): void => {
    if (key !== undefined) for (const seq of open) check.findings.error('index-seq', `the index gives number ${String(seq)} to an ATOM ${toHex(key.subarray(1))}…, and there is none`)
    key = undefined
    open = NONE
  }
  const enter = ([nextKey, value]: StoreRecord): void => {
    leave()
    if (nextKey.length !== KEY_BYTES || value.length === 0 || value.length % 4 !== 0) {
      check.findings.error('index-seq', `the record ${toHex(nextKey.subarray(0, 40))} of the numbers of ATOMs is not as the index writes it`)
      return
    }
    key = nextKey
    open = Array.from({ length: value.length >> 2 }, (_, index) => readU32(value, index * 4))
  }
  /** Moves on within the list; true where the place of the digest is found, whether a record is there or not. */
  const advance = (objectKey: Uint8Array): boolean => {
    if (key !== undefined && comparePrefix(key, objectKey) === 0) return true
    leave()
    while (at < list.length) {
      const record = list[at] as StoreRecord
      if (record[0].length === KEY_BYTES && comparePrefix(record[0], objectKey) > 0) return true
      at++
      enter(record)
      if (key !== undefined && comparePrefix(key, objectKey) === 0) return true
      leave()
    }
    return isDone
  }
  return {
    seek(objectKey) {
      if (advance(objectKey)) return undefined
      return (async () => {
        while (!advance(objectKey)) await more()
      })()
    },
    get open() { return open },
    take(seq) { open = open.length === 1 ? NONE : open.filter((candidate) => candidate !== seq) },
    async finish() {
      for (;;) {
        leave()
        while (at < list.length) enter(list[at++] as StoreRecord)
        if (isDone) return
        await more()
      }
    },
  }
}

/** Compares a `seq` key with the first 8 bytes of the digest in an object's key. */
function comparePrefix(seqKey: Uint8Array, objectKey: Uint8Array): number {
  for (let index = 0; index < 8; index++) {
    const difference = (seqKey[index + 1] as number) - (objectKey[index + 2] as number)
    if (difference !== 0) return difference
  }
  return 0
}

