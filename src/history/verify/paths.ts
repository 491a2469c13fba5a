/** Third pass: what each ATOM changed against its first parent, so that the path index can be judged. Trees with equal ids are not read. */
import { isAtomError } from '../../base/errors.js'
import { digestFromBytes, objectId, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { nodeBlockKey, objectKey } from '../../store/keys.js'
import type { Check } from './check.js'
import type { CompactTrees, Sum } from './compact-trees.js'
import { mixPath } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { NODES_PER_BLOCK, readBlock, type NodeRecord } from './node-record.js'
import { nodeBlocks, type SumList } from './nodes.js'
import { EMPTY_TREE_ID, TreeChanges, type TreePair } from './tree-changes.js'

export interface PathPass {
  /** The `path` records that must be there. */
  readonly expected: SetSum
  /** Numbers of ATOMs whose changes cannot be known, because a tree is gone or damaged. */
  readonly unknown: ReadonlySet<number>
}

export type PathListener = (change: { readonly path: string; readonly seq: number; readonly code: number }) => void

export interface TreeSource {
  /** What stands for each ATOM's tree. */
  readonly trees: SumList
  /** Those that were held when the objects were read. */
  readonly compact: CompactTrees
  /** Told of a tree that claims more than it can hold. */
  readonly excessive?: (seq: number, tree: ObjectId) => void
}

/** Calls back for every change of every ATOM with a known tree. Returns the numbers of those that cannot be known. */
export async function eachPathChange(check: Check, source: TreeSource, listener: PathListener): Promise<ReadonlySet<number>> {
  const { trees, compact } = source
  const unknown = new Set<number>()
  const changes = new TreeChanges(check.records, { changed: listener, unknown: (seq) => { unknown.add(seq) }, excessive: source.excessive ?? (() => undefined) })
  const empty = emptyTreeSum(check)
  const isEmpty = ({ lo, hi }: Sum): boolean => lo === empty.lo && hi === empty.hi
  const waiting: { readonly seq: number; readonly first: number | undefined; readonly id: ObjectId }[] = []
  const roots = createRoots(check, trees)
  const flush = (): void => {
    roots.load(waiting.flatMap(({ seq, id }) => [{ seq, id }]))
    const pairs: TreePair[] = []
    for (const { seq, first } of waiting.splice(0)) {
      const before = first === undefined ? EMPTY_TREE_ID : roots.get(first)
      const after = roots.get(seq)
      if (before === undefined || after === undefined) unknown.add(seq)
      else pairs.push({ seq, before, after, prefix: '' })
    }
    changes.compare(pairs)
  }
  const take = ({ seq, parents: [first], digestAt }: NodeRecord, block: Uint8Array): void => {
    if (!trees.has(seq) || (first !== undefined && !trees.has(first))) {
      unknown.add(seq)
      return
    }
    const before = first === undefined ? empty : { lo: trees.lo(first), hi: trees.hi(first) }
    const after = { lo: trees.lo(seq), hi: trees.hi(seq) }
    if (after.lo === before.lo && after.hi === before.hi) return
    const held = compact.compare(isEmpty(before) ? undefined : before, isEmpty(after) ? undefined : after)
    for (const { path, code } of held ?? []) listener({ path, seq, code })
    if (held === undefined) waiting.push({ seq, first, id: objectId(digestFromBytes(block.subarray(digestAt, digestAt + 32)), 'dag-cbor') })
  }
  for await (const { block, nodes } of nodeBlocks(check, { findings: 'silent' })) {
    check.signal.throwIfAborted()
    for (const node of nodes) if (!node.isVacant) take(node, block)
    if (waiting.length >= changes.pairsAtOnce) flush()
  }
  flush()
  return unknown
}

/** The trees of ATOMs by what stands for them: most ATOMs share theirs with one that was met before. */
function createRoots(check: Check, trees: SumList): { load(atoms: readonly { readonly seq: number; readonly id: ObjectId }[]): void; get(seq: number): ObjectId | undefined } {
  let young = new Map<number, ObjectId>()
  let old = new Map<number, ObjectId>()
  const place = (seq: number): number => (trees.hi(seq) & 0x1fffff) * 0x100000000 + trees.lo(seq)
  const remember = (seq: number, root: ObjectId): ObjectId => {
    if (young.size >= ROOTS_REMEMBERED) {
      old = young
      young = new Map()
    }
    young.set(place(seq), root)
    return root
  }
  return {
    load(atoms) {
      for (const { seq, id } of [...atoms].sort((left, right) => (left.id < right.id ? -1 : 1))) {
        const root = readRoot(check, id)
        if (root !== undefined) remember(seq, root)
      }
    },
    get(seq) {
      const known = young.get(place(seq)) ?? old.get(place(seq))
      if (known !== undefined) return known
      const found = findNode(check, seq)
      const root = found === undefined ? undefined : readRoot(check, objectId(digestFromBytes(found.block.subarray(found.node.digestAt, found.node.digestAt + 32)), 'dag-cbor'))
      return root === undefined ? undefined : remember(seq, root)
    },
  }
}
const ROOTS_REMEMBERED = 8_192

function readRoot(check: Check, id: ObjectId): ObjectId | undefined {
  const bytes = check.records.getRecord(objectKey(id))
  try {
    return bytes === undefined ? undefined : openAs(bytes, 'atom').tree
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function emptyTreeSum({ hash }: Check): { readonly lo: number; readonly hi: number } {
  hash.hexId(EMPTY_TREE_ID)
  return { lo: hash.lo, hi: hash.hi }
}

export async function expectPaths(check: Check, source: TreeSource): Promise<PathPass> {
  const expected = new SetSum()
  const excessive = (seq: number, tree: ObjectId): void => {
    const found = findNode(check, seq)
    const digest = tree.slice(2)
    check.findings.error('tree-excessive', `the tree ${digest} of ${found?.node.atomId ?? 'an ATOM'} claims more than it can hold: it cannot be laid out`, { object: digest, atomId: found?.node.atomId })
  }
  const unknown = await eachPathChange(check, { trees: source.trees, compact: source.compact, excessive }, (change) => {
    mixPath(check, change)
    expected.add(check.hash)
  })
  return { expected, unknown }
}

export function findNode(check: Check, seq: number): { readonly block: Uint8Array; readonly node: NodeRecord } | undefined {
  const number = Math.floor(seq / NODES_PER_BLOCK)
  const block = check.records.getRecord(nodeBlockKey(number))
  const node = block === undefined ? undefined : readBlock(block, number * NODES_PER_BLOCK).nodes[seq % NODES_PER_BLOCK]
  return block === undefined || node === undefined ? undefined : { block, node }
}
