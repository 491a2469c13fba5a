/** The records of the four index spaces that are sets, found in the store, each mixed into the run's hash the same way as what is expected. */
import { getText, toHex } from '../../base/bytes.js'
import { rangeOf, seqInKey } from '../../store/keys.js'
import type { StoreRecord } from '../../store/types.js'
import type { Check } from './check.js'

export const INDEX_CODES = { atomId: 'index-atom-id', path: 'index-path', influence: 'index-influence', request: 'index-request' } as const
export type IndexSpace = keyof typeof INDEX_CODES

export function mixAtomId({ hash }: Check, atomId: string, seq: number): void {
  hash.start()
  hash.text(atomId)
  hash.word(seq)
  hash.end()
}

export function mixPath({ hash }: Check, { path, seq, code }: { readonly path: string; readonly seq: number; readonly code: number }): void {
  hash.start()
  hash.text(path)
  hash.word(seq)
  hash.word(code)
  hash.end()
}

/** `digest` and `request`: hex of which the first 16 digits count. */
export function mixInfluence({ hash }: Check, digest: string, seq: number): void {
  hash.start()
  hash.text(digest.slice(0, 16))
  hash.word(seq)
  hash.end()
}

export function mixRequest({ hash }: Check, request: string, digest: string): void {
  hash.start()
  hash.text(request.slice(0, 16))
  hash.text(digest.slice(0, 16))
  hash.end()
}

export interface FoundRecord {
  readonly key: Uint8Array
  /** -1 where the record has none. */
  readonly seq: number
}

export interface FoundListener {
  /** Called when the record has been mixed. */
  readonly found: (record: FoundRecord) => void
  /** Called for what is not of the form of the space. */
  readonly malformed: (key: Uint8Array) => void
}

export async function eachFound(check: Check, space: IndexSpace, listener: FoundListener): Promise<void> {
  let count = 0
  for await (const list of check.records.scan(rangeOf(space))) {
    check.reporter.progress('verify', count += list.length)
    for (const record of list) if (!MIXERS[space](check, record, listener)) listener.malformed(record[0])
  }
}

const NUL_FROM_END = 5

type Mixer = (check: Check, record: StoreRecord, listener: FoundListener) => boolean

const MIXERS: { readonly [Space in IndexSpace]: Mixer } = {
  atomId(check, [key, value], { found }) {
    const { hash } = check
    const end = key.length - NUL_FROM_END
    if (value.length > 0 || end < 2 || key[end] !== 0) return false
    const seq = seqInKey(key)
    hash.start()
    hash.bytes(key, 1, end)
    hash.word(seq)
    hash.end()
    found({ key, seq })
    return true
  },
  path(check, [key, value], { found }) {
    const { hash } = check
    const end = key.length - NUL_FROM_END
    if (value.length !== 1 || end < 2 || key[end] !== 0) return false
    const seq = seqInKey(key)
    hash.start()
    hash.bytes(key, 1, end)
    hash.word(seq)
    hash.word(value[0] as number)
    hash.end()
    found({ key, seq })
    return true
  },
  influence(check, [key, value], { found }) {
    if (key.length !== 13 || value.length > 0) return false
    const seq = seqInKey(key)
    mixInfluence(check, toHex(key.subarray(1, 9)), seq)
    found({ key, seq })
    return true
  },
  request(check, [key, value], { found }) {
    if (key.length !== 9 || value.length === 0 || value.length % 8 !== 0) return false
    for (let offset = 0; offset < value.length; offset += 8) {
      mixRequest(check, toHex(key.subarray(1)), toHex(value.subarray(offset, offset + 8)))
      found({ key, seq: -1 })
    }
    return true
  },
}

/** Returns a key as people can read it: the name in it and the number, or the hex. */
export function describeKey(space: IndexSpace, { key, seq }: FoundRecord): string {
  if (space === 'atomId' || space === 'path') return `${getText(key.subarray(1, key.length - NUL_FROM_END)) ?? toHex(key)} at number ${String(seq)}`
  return seq < 0 ? toHex(key.subarray(1)) : `${toHex(key.subarray(1, 9))}… at number ${String(seq)}`
}
