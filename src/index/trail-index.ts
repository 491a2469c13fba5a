/** Reads the index of a store: ATOM ↔ sequence number, and the graph for `history`. */
import { AtomError } from '../base/errors.js'
import { compareBytes } from '../base/bytes.js'
import { digestOf, type Digest, type ObjectId } from '../codec/object-id.js'
import { getAtomIdParts } from '../object/atom-id.js'
import { atomIdRange, folderRange, influenceRange, nodeBlockKey, pathRange, readU32, seqInKey, seqKey, seqPrefixRange, titleBlockKey } from '../store/keys.js'
import type { KeyRange, RecordReader } from '../store/types.js'
import { getBlockNodes, NODES_PER_BLOCK, type IndexNode } from './node.js'
import { getBlockTitles } from './titles.js'

/** What `history` walks over, and what the questions by name, path and influence start from. */
export interface TrailIndex {
  parents(seq: number): readonly number[]
  generation(seq: number): number
  orderMs(seq: number): number
  compareIds(left: number, right: number): number
  /** Returns the node of a sequence number; throws `STORE_CORRUPT` where the index has none. */
  node(seq: number): IndexNode
  /** Returns the title of an ATOM, or undefined where only the body has it, if it is there at all. */
  title(seq: number): string | undefined
  /** Lets go of every title that was read: one was erased from the store. */
  dropTitles(): void
  getSeq(digest: Digest): number | undefined
  /** Returns the sequence number of an ATOM; throws `OBJECT_NOT_FOUND`. */
  seqOf(id: ObjectId): number
  /** Returns the ATOMs with an atom id, oldest arrival first. */
  withAtomId(atomId: string): Promise<readonly number[]>
  /** Returns the ATOMs whose object id begins with hex digits (lower case), oldest arrival first. */
  withPrefix(hexPrefix: string): Promise<readonly number[]>
  /** Yields the ATOMs that changed a path or something below it, newest arrival first, each once. */
  changing(path: string): AsyncIterable<number>
  /** Returns the ATOMs that name a digest in influenced_by. */
  influencedBy(digest: Digest): Promise<readonly number[]>
  type(seq: number): string
}

/** The nodes of 65,536 ATOMs, with their texts 25 MB: who walks a line needs few of them, who compares branches those of both. */
const CACHE_BLOCKS = 4_096
const TITLE_CACHE_BLOCKS = 256

interface Tail { readonly number: number; readonly lengthBytes: number; readonly nodes: IndexNode[] }

export interface TrailIndexOptions {
  /** Blocks of nodes that are remembered: few for who goes through all of them once. */
  readonly cacheBlocks?: number
}

/** Returns the index of a store. It stays right while ATOMs arrive: only what can no longer change is remembered. */
export function createTrailIndex(records: RecordReader, { cacheBlocks = CACHE_BLOCKS }: TrailIndexOptions = {}): TrailIndex {
  const cache = new Map<number, readonly IndexNode[]>()
  // The last block still grows, by appending: what was decoded of it stays right.
  let tail: Tail = { number: -1, lengthBytes: 0, nodes: [] }
  const block = (number: number): readonly IndexNode[] => {
    const cached = cache.get(number)
    if (cached !== undefined) return cached
    const bytes = records.getRecord(nodeBlockKey(number))
    const known = tail.number === number && bytes !== undefined && bytes.length >= tail.lengthBytes ? tail : { number, lengthBytes: 0, nodes: [] }
    const fresh = bytes === undefined ? undefined : getBlockNodes(bytes.subarray(known.lengthBytes), number * NODES_PER_BLOCK + known.nodes.length)
    if (bytes === undefined || fresh === undefined || known.nodes.length + fresh.length > NODES_PER_BLOCK) throw corrupt(number * NODES_PER_BLOCK)
    known.nodes.push(...fresh)
    if (known.nodes.length < NODES_PER_BLOCK) {
      tail = { number, lengthBytes: bytes.length, nodes: known.nodes }
      return known.nodes
    }
    if (cache.size >= cacheBlocks) for (const old of [...cache.keys()].slice(0, cacheBlocks / 2)) cache.delete(old)
    cache.set(number, known.nodes)
    return known.nodes
  }
  const node = (seq: number): IndexNode => {
    const found = seq >= 0 ? block(Math.floor(seq / NODES_PER_BLOCK))[seq % NODES_PER_BLOCK] : undefined
    if (found === undefined) throw corrupt(seq)
    return found
  }
  const titles = new Map<number, readonly (string | undefined)[]>()
  const title = (seq: number): string | undefined => {
    const number = Math.floor(seq / NODES_PER_BLOCK)
    const place = seq % NODES_PER_BLOCK
    const cached = titles.get(number)
    if (cached !== undefined && place < cached.length) return cached[place]
    const bytes = records.getRecord(titleBlockKey(number))
    const read = bytes === undefined ? [] : getBlockTitles(bytes)
    if (titles.size >= TITLE_CACHE_BLOCKS) titles.clear()
    titles.set(number, read)
    return read[place]
  }
  const getSeq = (digest: Digest): number | undefined => {
    const value = records.getRecord(seqKey(digest))
    for (let offset = 0; value !== undefined && offset + 4 <= value.length; offset += 4) {
      const seq = readU32(value, offset)
      if (node(seq).digest === digest) return seq
    }
    return undefined
  }
  return {
    parents: (seq) => node(seq).parents,
    generation: (seq) => node(seq).generation,
    orderMs: (seq) => node(seq).orderMs,
    compareIds: (left, right) => compareBytes(node(left).digestBytes, node(right).digestBytes),
    node,
    title,
    dropTitles: () => { titles.clear() },
    getSeq,
    seqOf(id) {
      const seq = getSeq(digestOf(id))
      if (seq === undefined) throw new AtomError('OBJECT_NOT_FOUND', `there is no ATOM ${digestOf(id)} here`, { data: { id: digestOf(id) } })
      return seq
    },
    withAtomId: (atomId) => collectSeqs(records, atomIdRange(atomId)),
    async withPrefix(hexPrefix) {
      const seqs: number[] = []
      for await (const list of records.scan(seqPrefixRange(hexPrefix))) {
        for (const [, value] of list) for (let offset = 0; offset + 4 <= value.length; offset += 4) seqs.push(readU32(value, offset))
      }
      return seqs.filter((seq) => node(seq).digest.startsWith(hexPrefix)).sort((left, right) => left - right)
    },
    async* changing(path) {
      const seen = new Set<number>()
      const found = [...await collectSeqs(records, pathRange(path)), ...await collectSeqs(records, folderRange(path))]
      for (const seq of found.sort((left, right) => right - left)) {
        if (!seen.has(seq)) yield seq
        seen.add(seq)
      }
    },
    async influencedBy(digest) {
      return (await collectSeqs(records, influenceRange(digest)))
    },
    type: (seq) => getAtomIdParts(node(seq).atomId)?.type ?? '',
  }
}

async function collectSeqs(records: RecordReader, range: KeyRange): Promise<number[]> {
  const seqs: number[] = []
  for await (const list of records.scan(range)) for (const [key] of list) seqs.push(seqInKey(key))
  return seqs
}

function corrupt(seq: number): AtomError<'STORE_CORRUPT'> {
  return new AtomError('STORE_CORRUPT', `the index has no entry ${String(seq)}`, { data: { folder: '', reason: `node ${String(seq)}` }, hint: 'atom doctor --reindex' })
}
