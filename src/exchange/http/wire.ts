/** What both ends of docs/spec/http-remote.md agree on: paths, types, bounds, and how ids stand in JSON. Pure: it runs in a Worker too. */
import { isAtomError } from '../../base/errors.js'
import { parseCid } from '../../codec/cid.js'
import { cidText, idFromCid, type ObjectId } from '../../codec/object-id.js'

/** In every answer: without it, whoever answered is no remote of ours. */
export const PROTOCOL_HEADER = 'atom-protocol'
export const PROTOCOL = '1'
export const CAR_TYPE = 'application/vnd.ipld.car'
export const JSON_TYPE = 'application/json'

export const PATHS = { refs: '/remote/refs', missing: '/remote/missing', get: '/remote/get', put: '/remote/put', forget: '/remote/forget', sync: '/atom/sync' } as const

/** The body of one `put`. A client stays far below it, so that little is sent again when a wire breaks. */
export const PUT_MAX_BYTES = 33_554_432
/** A request in JSON: 1,000 updates of refs with the longest names fit. */
export const REQUEST_JSON_MAX_BYTES = 4_194_304
export const SYNC_JSON_MAX_BYTES = 8_388_608
export const UPDATES_MAX = 1_000
/** Tips that a client says it has. */
export const HAVE_MAX = 1_000
/** What an answer to `get` holds beside what was asked for: whoever wants more asks again. */
export const EXTRA_MAX_OBJECTS = 20_000
export const EXTRA_MAX_BYTES = 67_108_864
/** Any other answer. */
export const ANSWER_MAX_BYTES = 67_108_864

/** Returns the id that a CID names; undefined for what is none, or of another hash. */
export function getIdOfCid(text: unknown): ObjectId | undefined {
  if (typeof text !== 'string') return undefined
  try {
    return idFromCid(parseCid(text))
  } catch (error) {
    if (isAtomError(error, 'CID_INVALID')) return undefined
    throw error
  }
}

export interface WireUpdate {
  readonly ref: string
  readonly expected: string | null
  readonly next: string | null
}

/** `code` is null for what was done. */
export interface WireOutcome {
  readonly ref: string
  readonly code: string | null
  readonly message?: string
  /** Where the ref stands, for `REF_MOVED`. */
  readonly actual?: string | null
}

export interface WireRefs {
  readonly head: string | null
  readonly refs: { readonly [name: string]: string }
}

export function cidOrNull(id: ObjectId | undefined): string | null {
  return id === undefined ? null : cidText(id)
}
