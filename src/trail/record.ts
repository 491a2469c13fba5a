/** An ATOM put together for a reader: header, body, names of what it links, files against its first parent. */
import type { Digest, ObjectId } from '../codec/object-id.js'
import type { FileChange } from '../history/renames.js'
import type { TrailIndex } from '../index/trail-index.js'
import type { AtomHeader } from '../object/atom.js'
import type { Body } from '../object/body.js'
import { getBody } from '../store/body.js'
import { readObject } from '../store/objects.js'
import type { ObjectReader } from '../store/types.js'
import { diffTrees, type TreeChange } from '../tree/diff.js'
import { EMPTY_TREE } from '../tree/read.js'

export { getTitle } from './title.js'

export interface InfluenceName {
  readonly object: Digest
  /** Absent where that ATOM is not in this store. */
  readonly atomId?: string
}

export interface AtomRecord {
  readonly seq: number
  readonly id: ObjectId
  readonly header: AtomHeader
  /** Absent where it was forgotten. */
  readonly body?: Body
  readonly previousAtomId?: string
  readonly influences: readonly InfluenceName[]
  /** Against the first parent; absent where the caller did not ask. */
  readonly files?: readonly TreeChange[]
  /** The same with renames put together; there where the caller asked for it. */
  readonly renamed?: readonly FileChange[]
  /** It builds, near or far, on something that was reverted or refuted. */
  readonly isTainted: boolean
}

export interface RecordSource {
  readonly objects: ObjectReader
  readonly index: TrailIndex
}

export interface RecordOptions {
  readonly files?: 'include' | 'omit'
  readonly isTainted?: boolean
}

/** Returns the record of an ATOM by its sequence number. Reads two objects, and the trees that changed where files are asked for. */
export function readRecord(source: RecordSource, seq: number, options: RecordOptions = {}): AtomRecord {
  const { id } = source.index.node(seq)
  const header = readObject(source.objects, id, 'atom')
  return recordOf(source, { seq, id, header }, options)
}

export function recordOf(source: RecordSource, atom: { readonly seq: number; readonly id: ObjectId; readonly header: AtomHeader }, options: RecordOptions = {}): AtomRecord {
  const { seq, id, header } = atom
  const [first] = source.index.parents(seq)
  const body = getBody(source.objects, header.body)
  return {
    seq,
    id,
    header,
    ...(body && { body }),
    ...(first !== undefined && { previousAtomId: source.index.node(first).atomId }),
    influences: header.influencedBy.map(({ object }) => {
      const known = source.index.getSeq(object)
      return { object, ...(known !== undefined && { atomId: source.index.node(known).atomId }) }
    }),
    ...(options.files === 'include' && { files: filesOf(source, seq, header) }),
    isTainted: options.isTainted ?? false,
  }
}

/** Returns what an ATOM changed against its first parent, sorted by path. */
export function filesOf(source: RecordSource, seq: number, header: AtomHeader): readonly TreeChange[] {
  const [first] = source.index.parents(seq)
  const before = first === undefined ? EMPTY_TREE.id : readObject(source.objects, source.index.node(first).id, 'atom').tree
  return diffTrees(source.objects, before, header.tree)
}
