/**
 * Reads the title of an ATOM: from the index, which has nearly all of them, else without decoding all of its header and body.
 *
 * Canonical order puts the body's link first in a header. What does not look like that is read the long way, which judges it.
 */
import { isAtomError } from '../base/errors.js'
import { toDisplayText, toHex } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import type { TrailIndex } from '../index/trail-index.js'
import { getTitleBytes, hasBytes } from '../object/body-title.js'
import { getBody } from '../store/body.js'
import { readObject } from '../store/objects.js'
import type { ObjectReader } from '../store/types.js'

export interface TitleSource {
  readonly objects: ObjectReader
  readonly index: TrailIndex
}

/** Returns the title of an ATOM, or undefined when its body is gone. */
export function getTitle({ objects, index }: TitleSource, seq: number): string | undefined {
  return index.title(seq) ?? readTitle(objects, index.node(seq).id)
}

function readTitle(objects: ObjectReader, id: ObjectId): string | undefined {
  const header = objects.getObject(id)
  const body = (header === undefined ? undefined : linkAtFront(header)) ?? readBodyLink(objects, id)
  const bytes = body === undefined ? undefined : objects.getObject(body)
  if (body === undefined || bytes === undefined) return undefined
  const title = getTitleBytes(bytes)
  return title === undefined ? getBody(objects, body)?.title : toDisplayText(title)
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
  if (header.length < HEADER_START.length + DIGEST_BYTES || !hasBytes(header, 0, HEADER_START)) return undefined
  return `71${toHex(header.subarray(HEADER_START.length, HEADER_START.length + DIGEST_BYTES))}` as ObjectId
}
