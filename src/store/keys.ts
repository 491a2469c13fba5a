/**
 * The key layout of a store, pure: nobody else builds a key.
 *
 * One letter says what a record is. Objects, refs and the settings under `m` are the truth; everything else is an index or a cache
 * that `reindex` makes again from them.
 */
import { allocate, concatBytes, fromHex, utf8 } from '../base/bytes.js'
import { digestOf, idFromBytes, writeIdBytes, type Digest, type ObjectId } from '../codec/object-id.js'
import type { KeyRange } from './types.js'

export const SPACES = {
  /** codec byte + digest → the object's bytes */
  object: 0x6f,
  /** ref name → target (`refs/ref.ts`) */
  ref: 0x72,
  /** name → a value of the store's own: format, store id, state of the log */
  meta: 0x6d,
  /** day → count of atom ids given */
  count: 0x63,
  /** block number → the nodes of 16 ATOMs in order of arrival (`index/node.ts`) */
  node: 0x6e,
  /** block number → the titles of the same 16 ATOMs (`index/titles.ts`) */
  title: 0x74,
  /** first 8 bytes of an ATOM's digest → its sequence numbers */
  seq: 0x64,
  /** atom id, NUL, sequence number → nothing */
  atomId: 0x61,
  /** path, NUL, sequence number → kind of change */
  path: 0x70,
  /** first 8 bytes of the digest of what was built on, sequence number of what built on it → nothing */
  influence: 0x66,
  /** sequence number of an ATOM that reverts or refutes others → their digests (`index/refuted.ts`) */
  refutation: 0x78,
  /** first 8 bytes of a request id → digests of its ops */
  request: 0x71,
  /** path → what was last laid out there, with its stat data (`exchange/worktree`) */
  worktree: 0x77,
} as const
export type Space = keyof typeof SPACES

const ID_KEY_BYTES = 34

/** Returns the range of all records of a space, or of those whose key goes on with a prefix. */
export function rangeOf(space: Space, prefix: Uint8Array = new Uint8Array(0)): KeyRange {
  const gte = keyOf(space, prefix)
  return { gte, lt: after(gte) }
}

/** Returns two keys that no record has: one before and one after all records of a space. */
export function edgesOf(space: Space): readonly Uint8Array[] {
  return [keyOf(space, new Uint8Array(0)), keyOf(space, new Uint8Array(EDGE_BYTES).fill(255))]
}

const EDGE_BYTES = 64

/** Returns the first key after all that begin with the given one. */
function after(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice()
  for (let index = end.length - 1; index >= 0; index--) {
    const byte = end[index] ?? 0
    if (byte < 255) {
      end[index] = byte + 1
      return end.subarray(0, index + 1)
    }
  }
  return Uint8Array.of(255)
}

function keyOf(space: Space, rest: Uint8Array): Uint8Array {
  const key = allocate(1 + rest.length)
  key[0] = SPACES[space]
  key.set(rest, 1)
  return key
}

/** A key that ends with a sequence number: the space, the name, a NUL where the name has no fixed length, four bytes. */
// eslint-disable-next-line max-params -- made several times for every ATOM: no object per call
function seqKeyed(space: Space, name: Uint8Array, seq: number, ending: 'nul' | 'fixed'): Uint8Array {
  const key = allocate(1 + name.length + (ending === 'nul' ? 1 : 0) + 4)
  key[0] = SPACES[space]
  key.set(name, 1)
  writeU32(key, key.length - 4, seq)
  return key
}

export function objectKey(id: ObjectId): Uint8Array {
  const key = allocate(ID_KEY_BYTES)
  key[0] = SPACES.object
  writeIdBytes(id, key, 1)
  return key
}

/** Returns the id in an object's key, or undefined when the key has not its length or codec. */
export function getObjectKeyId(key: Uint8Array): ObjectId | undefined {
  if (key.length !== ID_KEY_BYTES || (key[1] !== 0x71 && key[1] !== 0x55)) return undefined
  return idFromBytes(key.subarray(1))
}

/** Returns the range of the objects of a codec whose digest begins with hex digits; an odd one counts too. */
export function objectPrefixRange(codec: number, hexPrefix: string): KeyRange {
  return nibbleRange('object', Uint8Array.of(codec), hexPrefix)
}

function nibbleRange(space: Space, head: Uint8Array, hexPrefix: string): KeyRange {
  const whole = fromHex(hexPrefix.slice(0, hexPrefix.length & ~1))
  if (hexPrefix.length % 2 === 0) return rangeOf(space, concatBytes([head, whole]))
  const nibble = Number.parseInt(hexPrefix.slice(-1), 16) << 4
  const gte = keyOf(space, concatBytes([head, whole, Uint8Array.of(nibble)]))
  const last = keyOf(space, concatBytes([head, whole, Uint8Array.of(nibble | 15)]))
  return { gte, lt: after(last) }
}

export function refKey(name: string): Uint8Array {
  return keyOf('ref', utf8(name))
}

export function metaKey(name: string): Uint8Array {
  return keyOf('meta', utf8(name))
}

export function countKey(day: string): Uint8Array {
  return keyOf('count', utf8(day))
}

export function nodeBlockKey(block: number): Uint8Array {
  return keyOf('node', u32(block))
}

export function titleBlockKey(block: number): Uint8Array {
  return keyOf('title', u32(block))
}

export function seqKey(digest: Digest): Uint8Array {
  return keyOf('seq', fromHex(digest.slice(0, 16)))
}

/** Returns the range of the `seq` records of digests that begin with hex digits; of more than 16 the first 16 count. */
export function seqPrefixRange(hexPrefix: string): KeyRange {
  return nibbleRange('seq', new Uint8Array(0), hexPrefix.slice(0, 16))
}

/** Returns the start of the `seq` key that an id's digest falls under, to join the two in one pass. */
export function seqKeyOfId(id: ObjectId): Uint8Array {
  return seqKey(digestOf(id))
}

export function atomIdKey(atomId: string, seq: number): Uint8Array {
  return seqKeyed('atomId', utf8(atomId), seq, 'nul')
}

export function atomIdRange(atomId: string): KeyRange {
  return rangeOf('atomId', concatBytes([utf8(atomId), Uint8Array.of(0)]))
}

export function pathKey(path: string, seq: number): Uint8Array {
  return seqKeyed('path', utf8(path), seq, 'nul')
}

export function pathRange(path: string): KeyRange {
  return rangeOf('path', concatBytes([utf8(path), Uint8Array.of(0)]))
}

/** Returns the range of all changes below a folder; '' = of all. */
export function folderRange(folder: string): KeyRange {
  return rangeOf('path', utf8(folder === '' ? '' : `${folder}/`))
}

export function influenceKey(digest: Digest, seq: number): Uint8Array {
  return seqKeyed('influence', fromHex(digest.slice(0, 16)), seq, 'fixed')
}

export function influenceRange(digest: Digest): KeyRange {
  return rangeOf('influence', fromHex(digest.slice(0, 16)))
}

export function refutationKey(seq: number): Uint8Array {
  return keyOf('refutation', u32(seq))
}

export function requestKey(request: string): Uint8Array {
  return keyOf('request', fromHex(request.slice(0, 16)))
}

export function worktreeKey(path: string): Uint8Array {
  return keyOf('worktree', utf8(path))
}

/** Returns the sequence number in the last four bytes of a key. */
export function seqInKey(key: Uint8Array): number {
  return readU32(key, key.length - 4)
}

export function u32(value: number): Uint8Array {
  const bytes = allocate(4)
  writeU32(bytes, 0, value)
  return bytes
}

function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24
  bytes[offset + 1] = (value >>> 16) & 255
  bytes[offset + 2] = (value >>> 8) & 255
  bytes[offset + 3] = value & 255
}

export function readU32(bytes: Uint8Array, offset: number): number {
  return (((bytes[offset] ?? 0) << 24) | ((bytes[offset + 1] ?? 0) << 16) | ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0)) >>> 0
}
