/**
 * Which ATOMs touched certain paths, and the graph that is left when all others are skipped.
 *
 * As git does by default: an ATOM counts when the paths differ from its parent; of a merge that has them as one parent does, only that parent is
 * followed, and a merge that differs from all of them counts. The path index answers for a few thousand changes; above that (a large folder), and for
 * merges, trees are compared.
 */
import { folderRange, pathRange, seqInKey } from '../store/keys.js'
import { readObject } from '../store/objects.js'
import type { KeyRange, ObjectReader, RecordReader } from '../store/types.js'
import type { TrailIndex } from '../index/trail-index.js'
import { EMPTY_TREE, getEntry } from '../tree/read.js'
import type { Graph } from './graph/types.js'

export interface PathSource {
  readonly store: RecordReader
  readonly objects: ObjectReader
  readonly index: TrailIndex
}

export interface PathHistory {
  /** Parents as the simplified walk follows them; along a line it jumps to the next ATOM that counts. */
  readonly graph: Graph
  /** Tells whether an ATOM counts. */
  touches(seq: number): boolean
}

/** Changes of a path that are worth reading from the index at once. */
const INDEX_MAX_CHANGES = 20_000
const TREES_KEPT = 4_096

/** Returns the history of tracked paths; the empty path is everything. */
export async function readPathHistory(source: PathSource, paths: readonly string[], options: { readonly firstParent?: boolean } = {}): Promise<PathHistory> {
  const changes = await indexedChanges(source.store, paths)
  const differs = makeComparison(source, paths, changes)
  const simplify = options.firstParent === true ? (seq: number): readonly number[] => source.index.parents(seq).slice(0, 1) : (seq: number): readonly number[] => followed(source.index, seq, differs)
  const jump = changes === undefined ? undefined : makeJump(source.index, changes)
  const parents = jump === undefined ? simplify : (seq: number): readonly number[] => {
    const next = simplify(seq)
    const [only] = next
    return next.length === 1 && only !== undefined ? [jump(only)] : next.map(jump)
  }
  return {
    graph: { parents, generation: (seq) => source.index.generation(seq), orderMs: (seq) => source.index.orderMs(seq), compareIds: (left, right) => source.index.compareIds(left, right) },
    touches(seq) {
      const all = source.index.parents(seq)
      const judged = options.firstParent === true ? all.slice(0, 1) : all
      if (judged.length === 0) return differs(seq, undefined)
      return judged.every((parent) => differs(seq, parent))
    },
  }
}

type Differs = (seq: number, parent: number | undefined) => boolean

function followed(index: TrailIndex, seq: number, differs: Differs): readonly number[] {
  const parents = index.parents(seq)
  if (parents.length < 2) return parents
  const same = parents.find((parent) => !differs(seq, parent))
  return same === undefined ? parents : [same]
}

/** Returns the ATOMs that changed the paths against their first parent, ascending; undefined when there are too many to read. */
export async function indexedChanges(store: RecordReader, paths: readonly string[], limit: number = INDEX_MAX_CHANGES): Promise<readonly number[] | undefined> {
  const seqs = new Set<number>()
  for (const path of paths) {
    if (path === '') return undefined
    for (const range of [pathRange(path), folderRange(path)]) {
      const read = await readSeqs(store, range, limit + 1)
      if (read.length > limit) return undefined
      for (const seq of read) seqs.add(seq)
    }
  }
  return [...seqs].sort((left, right) => left - right)
}

async function readSeqs(store: RecordReader, range: KeyRange, limit: number): Promise<readonly number[]> {
  const seqs: number[] = []
  for await (const list of store.scan(range, { limit })) for (const [key] of list) seqs.push(seqInKey(key))
  return seqs
}

function makeComparison(source: PathSource, paths: readonly string[], changes: readonly number[] | undefined): Differs {
  const known = changes === undefined ? undefined : new Set(changes)
  const cache = new Map<number, readonly string[]>()
  const entriesOf = (seq: number | undefined): readonly string[] => {
    const cached = seq === undefined ? undefined : cache.get(seq)
    if (cached !== undefined) return cached
    const tree = seq === undefined ? EMPTY_TREE.id : readObject(source.objects, source.index.node(seq).id, 'atom').tree
    const entries = paths.map((path) => entryText(source.objects, tree, path))
    if (cache.size >= TREES_KEPT) cache.clear()
    if (seq !== undefined) cache.set(seq, entries)
    return entries
  }
  return (seq, parent) => {
    const [first] = source.index.parents(seq)
    if (known !== undefined && parent === first) return known.has(seq)
    const after = entriesOf(seq)
    return entriesOf(parent).some((entry, at) => entry !== after[at])
  }
}

function entryText(objects: ObjectReader, tree: ReturnType<typeof readObject<'atom'>>['tree'], path: string): string {
  const entry = getEntry(objects, tree, path)
  return entry === undefined ? '' : `${String(entry.mode)} ${entry.link}`
}

/** Returns what leads from an ATOM straight down its run to the next one that counts, or to where the run begins. */
function makeJump(index: TrailIndex, changes: readonly number[]): (seq: number) => number {
  return (seq) => {
    const start = seq - index.node(seq).run
    return Math.max(start, greatestUpTo(changes, seq))
  }
}

function greatestUpTo(ascending: readonly number[], limit: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return low === 0 ? -1 : ascending[low - 1] ?? -1
}
