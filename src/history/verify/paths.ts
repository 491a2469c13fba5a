/** Third pass: what each ATOM changed against its first parent, so that the path index can be judged. Trees with equal ids are not read. */
import { isAtomError } from '../../base/errors.js'
import { digestFromBytes, objectId, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import { nodeBlockKey, objectKey } from '../../store/keys.js'
import type { Check } from './check.js'
import { mixPath } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { NODES_PER_BLOCK, readBlock, type NodeRecord } from './node-record.js'
import { nodeBlocks, type SumList } from './nodes.js'
import { EMPTY_TREE_ID, TreeChanges } from './tree-changes.js'

export interface PathPass {
  /** The `path` records that must be there. */
  readonly expected: SetSum
  /** Numbers of ATOMs whose changes cannot be known, because a tree is gone or damaged. */
  readonly unknown: ReadonlySet<number>
}

export type PathListener = (change: { readonly path: string; readonly seq: number; readonly code: number }) => void

const REMEMBERED = 4_096

/** Calls back for every change of every ATOM with a known tree, in order of arrival. Returns the numbers of those that cannot be known. */
export async function eachPathChange(check: Check, trees: SumList, listener: PathListener): Promise<ReadonlySet<number>> {
  const changes = new TreeChanges(check.records)
  const roots = new Map<number, ObjectId>()
  const unknown = new Set<number>()
  const empty = emptySum(check)
  for await (const { block, nodes } of nodeBlocks(check, { findings: 'silent' })) {
    check.signal.throwIfAborted()
    for (const node of nodes) {
      const { seq } = node
      if (node.isVacant) continue
      const [first] = node.parents
      if (!trees.has(seq) || (first !== undefined && !trees.has(first))) {
        unknown.add(seq)
        continue
      }
      const before = first === undefined ? empty : { lo: trees.lo(first), hi: trees.hi(first) }
      if (trees.lo(seq) === before.lo && trees.hi(seq) === before.hi) continue
      const from = first === undefined ? EMPTY_TREE_ID : rootOf(first, undefined)
      const to = rootOf(seq, { block, node })
      if (from === undefined || to === undefined || !changes.compare(from, to, (path, code) => { listener({ path, seq, code }) })) unknown.add(seq)
    }
  }
  return unknown

  function rootOf(seq: number, known: { readonly block: Uint8Array; readonly node: NodeRecord } | undefined): ObjectId | undefined {
    const remembered = roots.get(seq)
    if (remembered !== undefined) return remembered
    const place = known ?? findNode(check, seq)
    const root = place === undefined ? undefined : readRoot(check, objectId(digestFromBytes(place.block.subarray(place.node.digestAt, place.node.digestAt + 32)), 'dag-cbor'))
    if (root === undefined) return undefined
    roots.set(seq, root)
    if (roots.size > REMEMBERED) for (const old of [...roots.keys()].slice(0, REMEMBERED / 2)) roots.delete(old)
    return root
  }
}

export async function expectPaths(check: Check, trees: SumList): Promise<PathPass> {
  const expected = new SetSum()
  const unknown = await eachPathChange(check, trees, ({ path, seq, code }) => {
    mixPath(check, { path, seq, code })
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

function readRoot(check: Check, id: ObjectId): ObjectId | undefined {
  const bytes = check.records.getRecord(objectKey(id))
  if (bytes === undefined) return undefined
  try {
    return openAs(bytes, 'atom').tree
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function emptySum({ hash }: Check): { readonly lo: number; readonly hi: number } {
  hash.hexId(EMPTY_TREE_ID)
  return { lo: hash.lo, hi: hash.hi }
}
