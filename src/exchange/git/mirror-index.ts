/**
 * What a mirror remembers beside its git objects: where in git each object of the trail is, and which commit stands for what. All of it can be made again from the
 * commits, so it is written after them, and lost without harm.
 */
import { concatBytes, fromHex, toHex, utf8 } from '../../base/bytes.js'
import { idBytes, idFromBytes, type ObjectId } from '../../codec/object-id.js'
import { OID_BYTES, type Oid } from '../../git/git-object.js'
import { createOverlay } from '../../store/overlay-store.js'
import type { Store } from '../../store/types.js'
import { encodeAbsent, getAbsent, type AbsentFile } from './atom-tree.js'

/**
 * Where an object is. `carried`: it has a commit of its own (ATOMs at once, others when a ref needs one). `blob`: as it is. `tree`: as a git tree, once one
 * was made; `oid` is null where nothing is left of it. `file`: whole, unless a part was forgotten. `chunk`: a part of that.
 */
export type Place =
  | { readonly is: 'carried'; readonly blob: Oid; readonly commit: Oid | undefined }
  | { readonly is: 'blob'; readonly blob: Oid }
  | { readonly is: 'tree'; readonly bytes: Uint8Array; readonly git: GitTreePlace | undefined }
  | { readonly is: 'file'; readonly bytes: Uint8Array; readonly blob: Oid | undefined }
  | { readonly is: 'chunk'; readonly blob: Oid; readonly number: number }

export interface GitTreePlace {
  readonly oid: Oid | null
  readonly absent: readonly AbsentFile[]
}

export interface MirrorIndex {
  getPlace(id: ObjectId): Place | undefined
  setPlace(id: ObjectId, place: Place): void
  /** Returns what a commit stands for. */
  getCarried(commit: Oid): ObjectId | undefined
  setCarried(commit: Oid, id: ObjectId): void
  /** Returns the content or tree that a blob or a git tree is, where it is one whole. */
  getContent(oid: Oid): ObjectId | undefined
  setContent(oid: Oid, id: ObjectId): void
  /** Returns why a commit is none of ours. */
  getForeign(commit: Oid): string | undefined
  setForeign(commit: Oid, reason: string): void
  /** Receipts that count here, by what they say is gone. */
  readonly receipts: ReadonlyMap<ObjectId, ObjectId>
  addReceipt(gone: ObjectId, receipt: ObjectId): void
  /** Yields every pair of a commit and what it stands for. */
  carried(): AsyncIterable<readonly [commit: Oid, id: ObjectId]>
  /** Yields all objects that have a place. */
  placed(): AsyncIterable<ObjectId>
  readonly pending: number
  flush(): Promise<void>
}

const SPACES = { place: 0x69, carried: 0x63, content: 0x67, foreign: 0x78, receipt: 0x72 } as const
type Space = keyof typeof SPACES

const NO_OID = '0'.repeat(2 * OID_BYTES)

function keyOf(space: Space, rest: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(SPACES[space]), rest])
}

function rangeOf(space: Space): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return { gte: Uint8Array.of(SPACES[space]), lt: Uint8Array.of(SPACES[space] + 1) }
}

/** Opens the index that lies in a store of its own. */
export async function openMirrorIndex(store: Store): Promise<MirrorIndex> {
  const records = await withFilter(store)
  let overlay = createOverlay(records)
  let pending = 0
  const put = (key: Uint8Array, value: Uint8Array): void => {
    overlay.put(key, value)
    pending++
  }
  const getId = (key: Uint8Array): ObjectId | undefined => {
    const bytes = overlay.getRecord(key)
    return bytes === undefined ? undefined : idFromBytes(bytes)
  }
  const receipts = new Map<ObjectId, ObjectId>()
  for await (const list of store.scan(rangeOf('receipt'))) for (const [key, value] of list) receipts.set(idFromBytes(key.subarray(1)), idFromBytes(value))
  return {
    getPlace(id) {
      const bytes = overlay.getRecord(keyOf('place', idBytes(id)))
      return bytes === undefined ? undefined : decodePlace(bytes)
    },
    setPlace: (id, place) => { put(keyOf('place', idBytes(id)), encodePlace(place)) },
    getCarried: (commit) => getId(keyOf('carried', fromHex(commit))),
    setCarried: (commit, id) => { put(keyOf('carried', fromHex(commit)), idBytes(id)) },
    getContent: (oid) => getId(keyOf('content', fromHex(oid))),
    setContent: (oid, id) => { put(keyOf('content', fromHex(oid)), idBytes(id)) },
    getForeign(commit) {
      const bytes = overlay.getRecord(keyOf('foreign', fromHex(commit)))
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
    },
    setForeign: (commit, reason) => { put(keyOf('foreign', fromHex(commit)), utf8(reason)) },
    receipts,
    addReceipt(gone, receipt) {
      receipts.set(gone, receipt)
      put(keyOf('receipt', idBytes(gone)), idBytes(receipt))
    },
    async* carried() {
      for await (const list of overlay.scan(rangeOf('carried'))) for (const [key, value] of list) yield [toHex(key, 1), idFromBytes(value)]
    },
    async* placed() {
      for await (const list of overlay.scan(rangeOf('place'))) for (const [key] of list) yield idFromBytes(key.subarray(1))
    },
    get pending() {
      return pending
    },
    async flush() {
      if (pending === 0) return
      await records.write(overlay.batch(), 'buffered')
      overlay = createOverlay(records)
      pending = 0
    },
  }
}

/** 16 MiB: at ten million keys still half of the questions for what is not there are answered without the disk. */
const FILTER_BITS = 27

/** A store that was empty when it was opened needs no look for most of what is not there: while a mirror is made, that is what is asked most. */
async function withFilter(store: Store): Promise<Store> {
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) }, { limit: 1 })) if (list.length > 0) return store
  const bits = new Uint8Array(2 ** (FILTER_BITS - 3))
  // Keys end with digests: their bytes are as good as a hash.
  const bitOf = (key: Uint8Array): number => ((((key[key.length - 1] ?? 0) << 24) | ((key[key.length - 2] ?? 0) << 16) | ((key[key.length - 3] ?? 0) << 8) | (key[0] ?? 0) ^ (key[key.length - 4] ?? 0)) >>> (32 - FILTER_BITS))
  return {
    ...store,
    getRecord(key) {
      const bit = bitOf(key)
      return ((bits[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0 ? undefined : store.getRecord(key)
    },
    async write(batch, durability) {
      for (const [key] of batch.puts) {
        const bit = bitOf(key)
        bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7))
      }
      await store.write(batch, durability)
    },
  }
}

const KINDS = ['carried', 'blob', 'tree', 'file', 'chunk'] as const

function encodePlace(place: Place): Uint8Array {
  const kind = Uint8Array.of(KINDS.indexOf(place.is))
  switch (place.is) {
    case 'carried': return concatBytes([kind, fromHex(place.blob), fromHex(place.commit ?? NO_OID)])
    case 'blob': return concatBytes([kind, fromHex(place.blob)])
    case 'chunk': return concatBytes([kind, fromHex(place.blob), numberBytes(place.number)])
    case 'file': return concatBytes([kind, fromHex(place.blob ?? NO_OID), place.bytes])
    case 'tree': {
      const absent = place.git === undefined || place.git.absent.length === 0 ? new Uint8Array(0) : encodeAbsent(place.git.absent)
      const state = place.git === undefined ? 0 : place.git.oid === null ? 1 : 2
      return concatBytes([kind, Uint8Array.of(state), fromHex(place.git?.oid ?? NO_OID), numberBytes(absent.length), absent, place.bytes])
    }
  }
}

function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

function decodePlace(bytes: Uint8Array): Place {
  const oidAt = (offset: number): Oid => toHex(bytes, offset, offset + OID_BYTES)
  const numberAt = (offset: number): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset)
  const known = (oid: Oid): Oid | undefined => (oid === NO_OID ? undefined : oid)
  switch (KINDS[bytes[0] ?? 0]) {
    case 'carried': return { is: 'carried', blob: oidAt(1), commit: known(oidAt(21)) }
    case 'chunk': return { is: 'chunk', blob: oidAt(1), number: numberAt(21) }
    case 'file': return { is: 'file', blob: known(oidAt(1)), bytes: bytes.subarray(21) }
    case 'tree': {
      const end = 26 + numberAt(22)
      const git = bytes[1] === 0 ? undefined : { oid: bytes[1] === 1 ? null : oidAt(2), absent: end === 26 ? [] : getAbsent(bytes.subarray(26, end)) ?? [] }
      return { is: 'tree', bytes: bytes.subarray(end), git }
    }
    default: return { is: 'blob', blob: oidAt(1) }
  }
}
