/** What a store remembers of itself in one record: the tip and count of its operation log, and how many ATOMs have arrived. */
import { AtomError } from '../base/errors.js'
import { concatBytes } from '../base/bytes.js'
import { idBytes, idFromBytes, type ObjectId } from '../codec/object-id.js'
import { readU32, u32 } from '../store/keys.js'
import { META } from '../store/objects.js'
import type { RecordReader } from '../store/types.js'

export interface LogState {
  readonly atoms: number
  readonly ops: number
  readonly tip?: ObjectId
}

const EMPTY: LogState = { atoms: 0, ops: 0 }

export function encodeLogState(state: LogState): Uint8Array {
  return concatBytes([u32(state.atoms), u32(state.ops), ...(state.tip === undefined ? [] : [idBytes(state.tip)])])
}

export function getLogState(bytes: Uint8Array): LogState | undefined {
  if (bytes.length !== 8 && bytes.length !== 41) return undefined
  const counts = { atoms: readU32(bytes, 0), ops: readU32(bytes, 4) }
  return bytes.length === 8 ? counts : { ...counts, tip: idFromBytes(bytes.subarray(8)) }
}

export function readLogState(records: RecordReader): LogState {
  const bytes = records.getRecord(META.log)
  const state = bytes === undefined ? EMPTY : getLogState(bytes)
  if (state === undefined) throw new AtomError('STORE_CORRUPT', 'the state of the operation log cannot be read', { data: { folder: '', reason: 'log state' }, hint: 'atom doctor --reindex' })
  return state
}
