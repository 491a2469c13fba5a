import { isAtomError } from '../../src/base/errors.js'
import { utf8 } from '../../src/base/bytes.js'
import { encode, Float, type CborValue } from '../../src/codec/cbor.js'
import { Cid, type Codec } from '../../src/codec/cid.js'
import { sha256 } from '../../src/codec/hash.js'
import { digestOf, idOf, type Digest, type ObjectId } from '../../src/codec/object-id.js'
import { parseAtomId } from '../../src/object/atom-id.js'
import type { AtomHeader } from '../../src/object/atom.js'
import type { Body } from '../../src/object/body.js'

/** Returns the id that a text as content has. */
export function anId(seed: string, codec: Codec = 'dag-cbor'): ObjectId {
  return idOf(utf8(seed), codec)
}

export function aDigest(seed: string): Digest {
  return digestOf(anId(seed))
}

export function aCid(seed: string, codec: Codec = 'dag-cbor'): Cid {
  return new Cid(codec === 'raw' ? 0x55 : 0x71, 0x12, sha256(utf8(seed)))
}

export function aBlake3Cid(): Cid {
  return new Cid(0x71, 0x1e, sha256(utf8('not really')))
}

export function anAtomHeader(changed: Partial<AtomHeader> = {}): AtomHeader {
  return {
    atomId: parseAtomId('ATOM-CFG-20241127-003'), operation: 'modify_file', agent: 'claude-code', timeMs: 1_732_703_253_000,
    parents: [anId('parent')], influencedBy: [], tree: anId('tree'), body: anId('body'), ...changed,
  }
}

export function aBodyOf(changed: Partial<Body> = {}): Body {
  return { title: 'Turn the cache on', ...changed }
}

/** Returns the code of the `AtomError` that a function throws, 'nothing' when it throws none; anything else thrown goes on. */
export function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isAtomError(error)) return error.code
    throw error
  }
  return 'nothing'
}

/** Tells whether two values are the same value: own keys (`__proto__` too), 1 and 1.0 apart, number and bigint apart. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null) return Object.is(left, right)
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0
  }
  if (left instanceof Float || right instanceof Float) return left instanceof Float && right instanceof Float && left.value === right.value
  if (left instanceof Cid || right instanceof Cid) return left instanceof Cid && right instanceof Cid && left.equals(right)
  if (Array.isArray(left) !== Array.isArray(right)) return false
  const [a, b] = [entriesOf(left), entriesOf(right)]
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isSameValue(value, b.get(key)))
}

function entriesOf(value: object): Map<unknown, unknown> {
  return value instanceof Map ? (value as Map<unknown, unknown>) : new Map(Object.entries(value))
}

/** Returns a copy of a map with a key set, or dropped when the value is undefined. */
export function withKey(fields: { readonly [key: string]: CborValue }, key: string, value: CborValue | undefined): Uint8Array {
  const map = new Map(Object.entries(fields))
  if (value === undefined) map.delete(key)
  else map.set(key, value)
  return encode(map)
}
