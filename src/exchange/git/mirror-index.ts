/**
 * What a mirror remembers beside its git objects: where in git each object of the trail is, and which commit stands for what. All of it can be made again from the
 * commits, so it is written after them, and lost without harm.
 */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { allocate, toHex, utf8, writeHex } from '../../base/bytes.js'
import { idBytes, idFromBytes, writeIdBytes, type ObjectId } from '../../codec/object-id.js'
import { OID_BYTES, type Oid } from '../../git/git-object.js'
import type { Store, StoreRecord } from '../../store/types.js'
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

const ID_BYTES = 33
const NO_OID = '0'.repeat(2 * OID_BYTES)

function keyOfId(space: Space, id: ObjectId): Uint8Array {
  const key = allocate(1 + ID_BYTES)
  key[0] = SPACES[space]
  writeIdBytes(id, key, 1)
  return key
}

function keyOfOid(space: Space, oid: Oid): Uint8Array {
  const key = allocate(1 + OID_BYTES)
  key[0] = SPACES[space]
  writeHex(oid, key, 1)
  return key
}

function rangeOf(space: Space): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return { gte: Uint8Array.of(SPACES[space]), lt: Uint8Array.of(SPACES[space] + 1) }
}

/** What waits to be written, as it was given: most of it is asked for soon. */
interface Staged {
  readonly places: Map<ObjectId, Place>
  readonly carried: Map<Oid, ObjectId>
  readonly contents: Map<Oid, ObjectId>
  readonly foreign: Map<Oid, string>
  readonly receipts: Map<ObjectId, ObjectId>
}

function nothingStaged(): Staged {
  return { places: new Map(), carried: new Map(), contents: new Map(), foreign: new Map(), receipts: new Map() }
}

/** Contents and trees that are asked for again and again: files that stay as they are. */
const CONTENTS_REMEMBERED = 32_768

/** Opens the index that lies in a store of its own. */
export async function openMirrorIndex(store: Store): Promise<MirrorIndex> {
  const records = await withFilter(store)
  const remembered = createBoundedCache<Oid, ObjectId>({ limit: CONTENTS_REMEMBERED })
  let staged = nothingStaged()
  /** What was written last. */
  let before = nothingStaged()
  let pending = 0
  const getId = (key: Uint8Array): ObjectId | undefined => {
    const bytes = records.getRecord(key)
    return bytes === undefined ? undefined : idFromBytes(bytes)
  }
  const receipts = new Map<ObjectId, ObjectId>()
  for await (const list of store.scan(rangeOf('receipt'))) for (const [key, value] of list) receipts.set(idFromBytes(key.subarray(1)), idFromBytes(value))
  const flush = async (): Promise<void> => {
    if (pending === 0) return
    await records.write({ puts: recordsOf(staged), deletes: [] }, 'buffered')
    before = staged
    staged = nothingStaged()
    pending = 0
  }
  return {
    getPlace(id) {
      const known = staged.places.get(id) ?? before.places.get(id)
      if (known !== undefined) return known
      const bytes = records.getRecord(keyOfId('place', id))
      return bytes === undefined ? undefined : decodePlace(bytes)
    },
    setPlace(id, place) {
      staged.places.set(id, place)
      pending++
    },
    getCarried: (commit) => staged.carried.get(commit) ?? before.carried.get(commit) ?? getId(keyOfOid('carried', commit)),
    setCarried(commit, id) {
      staged.carried.set(commit, id)
      pending++
    },
    getContent(oid) {
      const known = staged.contents.get(oid) ?? before.contents.get(oid) ?? remembered.peek(oid)
      if (known !== undefined) return known
      const id = getId(keyOfOid('content', oid))
      if (id !== undefined) remembered.set(oid, id)
      return id
    },
    setContent(oid, id) {
      staged.contents.set(oid, id)
      pending++
    },
    getForeign(commit) {
      const known = staged.foreign.get(commit) ?? before.foreign.get(commit)
      if (known !== undefined) return known
      const bytes = records.getRecord(keyOfOid('foreign', commit))
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
    },
    setForeign(commit, reason) {
      staged.foreign.set(commit, reason)
      pending++
    },
    receipts,
    addReceipt(gone, receipt) {
      receipts.set(gone, receipt)
      staged.receipts.set(gone, receipt)
      pending++
    },
    async* carried() {
      await flush()
      for await (const list of records.scan(rangeOf('carried'))) for (const [key, value] of list) yield [toHex(key, 1), idFromBytes(value)]
    },
    async* placed() {
      await flush()
      for await (const list of records.scan(rangeOf('place'))) for (const [key] of list) yield idFromBytes(key.subarray(1))
    },
    get pending() {
      return pending
    },
    flush,
  }
}

function recordsOf({ places, carried, contents, foreign, receipts }: Staged): readonly StoreRecord[] {
  const records: StoreRecord[] = []
  for (const [id, place] of places) records.push([keyOfId('place', id), encodePlace(place)])
  for (const [commit, id] of carried) records.push([keyOfOid('carried', commit), idBytes(id)])
  for (const [oid, id] of contents) records.push([keyOfOid('content', oid), idBytes(id)])
  for (const [commit, reason] of foreign) records.push([keyOfOid('foreign', commit), utf8(reason)])
  for (const [gone, receipt] of receipts) records.push([keyOfId('receipt', gone), idBytes(receipt)])
  return records
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
  switch (place.is) {
    case 'carried': return placeOf(place.is, [place.blob, place.commit], 0)
    case 'blob': return placeOf(place.is, [place.blob], 0)
    case 'chunk': {
      const bytes = placeOf(place.is, [place.blob], NUMBER_BYTES)
      writeNumber(bytes, 1 + OID_BYTES, place.number)
      return bytes
    }
    case 'file': {
      const bytes = placeOf(place.is, [place.blob], place.bytes.length)
      bytes.set(place.bytes, 1 + OID_BYTES)
      return bytes
    }
    case 'tree': {
      const absent = place.git === undefined || place.git.absent.length === 0 ? NO_BYTES : encodeAbsent(place.git.absent)
      const bytes = allocate(TREE_HEAD_BYTES + absent.length + place.bytes.length)
      bytes[0] = KINDS.indexOf('tree')
      bytes[1] = place.git === undefined ? 0 : place.git.oid === null ? 1 : 2
      writeHex(place.git?.oid ?? NO_OID, bytes, 2)
      writeNumber(bytes, 2 + OID_BYTES, absent.length)
      bytes.set(absent, TREE_HEAD_BYTES)
      bytes.set(place.bytes, TREE_HEAD_BYTES + absent.length)
      return bytes
    }
  }
}

const NO_BYTES = new Uint8Array(0)
const NUMBER_BYTES = 4
const TREE_HEAD_BYTES = 2 + OID_BYTES + NUMBER_BYTES

/** Returns room for a place that begins with ids of git, and those written. */
function placeOf(kind: Place['is'], oids: readonly (Oid | undefined)[], restBytes: number): Uint8Array {
  const bytes = allocate(1 + oids.length * OID_BYTES + restBytes)
  bytes[0] = KINDS.indexOf(kind)
  oids.forEach((oid, at) => { writeHex(oid ?? NO_OID, bytes, 1 + at * OID_BYTES) })
  return bytes
}

function writeNumber(bytes: Uint8Array, at: number, value: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value)
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
