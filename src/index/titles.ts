/**
 * Titles, those of 16 ATOMs in one record, in order of arrival: so that a list of many thousand reads no header and no body.
 *
 * An entry is one byte and what follows it: 0 to 200, the length of a title and its UTF-8; 254, the body has it (longer, or moved out of it); 255, there is
 * none here, because the body was forgotten or the number is vacant.
 */
import { isAtomError } from '../base/errors.js'
import { concatBytes, toDisplayText, utf8 } from '../base/bytes.js'
import type { ObjectId } from '../codec/object-id.js'
import { getTitleBytes } from '../object/body-title.js'
import type { Body } from '../object/body.js'
import { titleBlockKey } from '../store/keys.js'
import { getObjectAs } from '../store/objects.js'
import type { ObjectReader, RecordReader } from '../store/types.js'
import { NODES_PER_BLOCK } from './node.js'

const TITLE_MAX_BYTES = 200
const IN_BODY: Uint8Array = Uint8Array.of(254)
const ABSENT: Uint8Array = Uint8Array.of(255)

/** Returns the entry of an ATOM with this body. A body that cannot be read is left to those who read it. */
export function titleEntry(objects: ObjectReader, body: ObjectId): Uint8Array {
  const bytes = objects.getObject(body)
  if (bytes === undefined) return ABSENT
  const title = getTitleBytes(bytes) ?? titleOf(readable(objects, body))
  return title === undefined || title.length > TITLE_MAX_BYTES ? IN_BODY : concatBytes([Uint8Array.of(title.length), title])
}

function titleOf(body: Body | undefined): Uint8Array | undefined {
  return body === undefined || body.large?.['title'] !== undefined ? undefined : utf8(body.title)
}

function readable(objects: ObjectReader, body: ObjectId): Body | undefined {
  try {
    return getObjectAs(objects, body, 'body')
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

/** Returns a block with an entry at a place: put in place of the one there, or after those there. */
export function withEntry(block: Uint8Array, place: number, entry: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let start = 0
  // A place before it that has no entry is left to the body.
  for (let index = 0; index < place; index++) {
    const end = endOf(block, start)
    parts.push(start < block.length ? block.subarray(start, end) : IN_BODY)
    start = end
  }
  return concatBytes([...parts, entry, block.subarray(endOf(block, start))])
}

/** Takes the title of an ATOM out of the index. */
export function eraseTitle(target: RecordReader & { putRecord(key: Uint8Array, value: Uint8Array): void }, seq: number): void {
  const key = titleBlockKey(Math.floor(seq / NODES_PER_BLOCK))
  const block = target.getRecord(key)
  if (block !== undefined) target.putRecord(key, withEntry(block, seq % NODES_PER_BLOCK, ABSENT))
}

/** Returns the titles of a block; undefined where the body has to be asked. */
export function getBlockTitles(block: Uint8Array): readonly (string | undefined)[] {
  const titles: (string | undefined)[] = []
  for (let start = 0; start < block.length;) {
    const end = endOf(block, start)
    titles.push((block[start] ?? 0) > TITLE_MAX_BYTES ? undefined : toDisplayText(block, start + 1, end))
    start = end
  }
  return titles
}

/** Returns where the entry that begins at an offset ends. */
function endOf(block: Uint8Array, start: number): number {
  const head = block[start]
  if (head === undefined) return start
  return head > TITLE_MAX_BYTES ? start + 1 : Math.min(start + 1 + head, block.length)
}
