/**
 * What a mirror remembers beside its git objects: where in git each object of the trail is, and which commit stands for what. All of it can be made again from the
 * commits, so it is written after them, and lost without harm.
 */
import { createBoundedCache } from '../../base/bounded-cache.js'
import { allocate, concatBytes, toHex, utf8, writeHex } from '../../base/bytes.js'
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
    for (const puts of lists(recordsOf(staged))) await records.write({ puts, deletes: [] }, 'buffered')
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

/** Places first: a part of it that was written alone names nothing that is not there. */
function* recordsOf({ places, carried, contents, foreign, receipts }: Staged): Iterable<StoreRecord> {
  for (const [gone, receipt] of receipts) yield [keyOfId('receipt', gone), idBytes(receipt)]
  for (const [id, place] of places) yield [keyOfId('place', id), encodePlace(place)]
  for (const [oid, id] of contents) yield [keyOfOid('content', oid), idBytes(id)]
  for (const [commit, id] of carried) yield [keyOfOid('carried', commit), idBytes(id)]
  for (const [commit, reason] of foreign) yield [keyOfOid('foreign', commit), utf8(reason)]
}

/** git is given a pack meanwhile: others get a turn after so many. */
const RECORDS_AT_ONCE = 1_000

function* lists(records: Iterable<StoreRecord>): Iterable<readonly StoreRecord[]> {
  let list: StoreRecord[] = []
  for (const record of records) {
    list.push(record)
    if (list.length < RECORDS_AT_ONCE) continue
    yield list
    list = []
  }
  if (list.length > 0) yield list
}

/** 8 MiB: at a million keys one question in sixty for what is not there goes to the disk. */
const FILTER_BITS = 26

/** A store that was empty when it was opened needs no look for most of what is not there: while a mirror is made, that is what is asked most. */
async function withFilter(store: Store): Promise<Store> {
  for await (const list of store.scan({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) }, { limit: 1 })) if (list.length > 0) return store
  let bits: Uint8Array | undefined
  // Marked when something is asked for: the last that a push writes nobody asks for.
  let unmarked: (readonly StoreRecord[])[] = []
  // Keys end with digests: their bytes are as good as a hash.
  const bitOf = (key: Uint8Array): number => ((((key[key.length - 1] ?? 0) << 24) | ((key[key.length - 2] ?? 0) << 16) | ((key[key.length - 3] ?? 0) << 8) | (key[0] ?? 0) ^ (key[key.length - 4] ?? 0)) >>> (32 - FILTER_BITS))
  const marked = (): Uint8Array => {
    const marks = bits ??= new Uint8Array(2 ** (FILTER_BITS - 3))
    for (const list of unmarked) {
      for (const [key] of list) {
        const bit = bitOf(key)
        marks[bit >>> 3] = (marks[bit >>> 3] ?? 0) | (1 << (bit & 7))
      }
    }
    unmarked = []
    return marks
  }
  return {
    ...store,
    getRecord(key) {
      if (bits === undefined && unmarked.length === 0) return undefined
      const bit = bitOf(key)
      return ((marked()[bit >>> 3] ?? 0) & (1 << (bit & 7))) === 0 ? undefined : store.getRecord(key)
    },
    async write(batch, durability) {
      unmarked.push(batch.puts)
      await store.write(batch, durability)
    },
  }
}

const KINDS = ['carried', 'blob', 'tree', 'file', 'chunk'] as const

function encodePlace(place: Place): Uint8Array {
  const kind = KINDS.indexOf(place.is)
  switch (place.is) {
    case 'carried': return placeBytes(kind, [place.blob, place.commit ?? NO_OID])
    case 'blob': return placeBytes(kind, [place.blob])
    case 'chunk': return concatBytes([placeBytes(kind, [place.blob]), numberBytes(place.number)])
    case 'file': return concatBytes([placeBytes(kind, [place.blob ?? NO_OID]), place.bytes])
    case 'tree': {
      const absent = place.git === undefined || place.git.absent.length === 0 ? NO_BYTES : encodeAbsent(place.git.absent)
      const bytes = allocate(TREE_HEAD_BYTES + absent.length + place.bytes.length)
      bytes[0] = kind
      bytes[1] = place.git === undefined ? 0 : place.git.oid === null ? 1 : 2
      writeHex(place.git?.oid ?? NO_OID, bytes, 2)
      bytes.set(numberBytes(absent.length), TREE_HEAD_BYTES - 4)
      bytes.set(absent, TREE_HEAD_BYTES)
      bytes.set(place.bytes, TREE_HEAD_BYTES + absent.length)
      return bytes
    }
  }
}

const NO_BYTES = new Uint8Array(0)
/** Kind, state, id of git's tree, how many bytes the absent files take. */
const TREE_HEAD_BYTES = 2 + OID_BYTES + 4

function placeBytes(kind: number, oids: readonly Oid[]): Uint8Array {
  const bytes = allocate(1 + oids.length * OID_BYTES)
  bytes[0] = kind
  oids.forEach((oid, at) => { writeHex(oid, bytes, 1 + at * OID_BYTES) })
  return bytes
}

function numberBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
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
