/**
 * Reads the title of an ATOM without decoding all of its header and body: lists of many thousand need nothing else of them.
 *
 * Canonical order puts what is wanted at the front: the body's link is the first field of a header; before the title of a body come only `kind`,
 * `salt` and `large`. What does not look like that is read the long way, which judges it.
 */
import { isAtomError } from '../base/errors.js'
import { toDisplayText, toHex } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import type { TrailIndex } from '../index/trail-index.js'
import { getBody } from '../store/body.js'
import { readObject } from '../store/objects.js'
import type { ObjectReader } from '../store/types.js'

export interface TitleSource {
  readonly objects: ObjectReader
  readonly index: TrailIndex
}

/** Returns the title of an ATOM, or undefined when its body is gone. */
export function getTitle({ objects, index }: TitleSource, seq: number): string | undefined {
  const { id } = index.node(seq)
  const header = objects.getObject(id)
  const body = (header === undefined ? undefined : linkAtFront(header)) ?? readBodyLink(objects, id)
  const bytes = body === undefined ? undefined : objects.getObject(body)
  if (body === undefined || bytes === undefined) return undefined
  return titleAtFront(bytes) ?? getBody(objects, body)?.title
}

function readBodyLink(objects: ObjectReader, id: ObjectId): ObjectId | undefined {
  try {
    return readObject(objects, id, 'atom').body
  } catch (error) {
    if (isAtomError(error, 'OBJECT_NOT_FOUND')) return undefined
    throw error
  }
}

/** map of 10, text `body`, tag 42, 37 bytes: 00, CIDv1, dag-cbor, sha2-256 of 32 bytes */
const HEADER_START = Uint8Array.of(0xaa, 0x64, 0x62, 0x6f, 0x64, 0x79, 0xd8, 0x2a, 0x58, 0x25, 0x00, 0x01, 0x71, 0x12, 0x20)
const DIGEST_BYTES = 32

function linkAtFront(header: Uint8Array): ObjectId | undefined {
  if (header.length < HEADER_START.length + DIGEST_BYTES || !startsWith(header, 0, HEADER_START)) return undefined
  return `71${toHex(header.subarray(HEADER_START.length, HEADER_START.length + DIGEST_BYTES))}` as ObjectId
}

/** text `kind`, text `body` */
const BODY_START = Uint8Array.of(0x64, 0x6b, 0x69, 0x6e, 0x64, 0x64, 0x62, 0x6f, 0x64, 0x79)
/** text `salt`, 16 bytes */
const SALT_START = Uint8Array.of(0x64, 0x73, 0x61, 0x6c, 0x74, 0x50)
const SALT_BYTES = 16
/** text `title` */
const TITLE_KEY = Uint8Array.of(0x65, 0x74, 0x69, 0x74, 0x6c, 0x65)

/** Returns undefined where values were moved out (`large` stands before the title), and for whatever looks otherwise. */
function titleAtFront(body: Uint8Array): string | undefined {
  if (((body[0] ?? 0) & 0xe0) !== 0xa0 || !startsWith(body, 1, BODY_START)) return undefined
  let at = 1 + BODY_START.length
  if (startsWith(body, at, SALT_START)) at += SALT_START.length + SALT_BYTES
  if (!startsWith(body, at, TITLE_KEY)) return undefined
  at += TITLE_KEY.length
  const head = body[at] ?? 0
  if (head >> 5 !== 3) return undefined
  const short = head & 31
  const lengthBytes = short < 24 ? 0 : short === 24 ? 1 : short === 25 ? 2 : -1
  if (lengthBytes < 0) return undefined
  const length = lengthBytes === 0 ? short : lengthBytes === 1 ? body[at + 1] ?? 0 : ((body[at + 1] ?? 0) << 8) | (body[at + 2] ?? 0)
  const start = at + 1 + lengthBytes
  return start + length > body.length ? undefined : toDisplayText(body.subarray(start, start + length))
}

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false
  return true
}
