/** Third pass: what each ATOM changed against its first parent, so that the path index can be judged. Trees with equal ids are not read. */
import { digestFromBytes, objectId, type ObjectId } from '../../codec/object-id.js'
import { nodeBlockKey } from '../../store/keys.js'
import type { Check } from './check.js'
import { mixPath } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { NODES_PER_BLOCK, readBlock, type NodeRecord } from './node-record.js'
import { nodeBlocks } from './nodes.js'
import type { DigestList } from './number-list.js'
import { EMPTY_TREE_ID, TreeChanges, type TreeBytes } from './tree-changes.js'

export interface PathPass {
  /** The `path` records that must be there. */
  readonly expected: SetSum
  /** Numbers of ATOMs whose changes cannot be known, because a tree is gone or damaged. */
  readonly unknown: ReadonlySet<number>
}

export type PathListener = (change: { readonly path: string; readonly seq: number; readonly code: number }) => void

export interface TreeSource {
  readonly trees: DigestList
  readonly treeBytes: TreeBytes
}

/** Calls back for every change of every ATOM with a known tree, in order of arrival. Returns the numbers of those that cannot be known. */
export async function eachPathChange(check: Check, { trees, treeBytes }: TreeSource, listener: PathListener): Promise<ReadonlySet<number>> {
  const changes = new TreeChanges(check.records, treeBytes)
  const unknown = new Set<number>()
  for await (const { nodes } of nodeBlocks(check, { findings: 'silent' })) {
    check.signal.throwIfAborted()
    for (const { seq, parents, isVacant } of nodes) {
      if (isVacant) continue
      const [first] = parents
      if (!trees.has(seq) || (first !== undefined && !trees.has(first))) {
        unknown.add(seq)
        continue
      }
      if (first !== undefined && trees.equals(first, seq)) continue
      const before = first === undefined ? EMPTY_TREE_ID : treeId(trees, first)
      if (!changes.compare(before, treeId(trees, seq), (path, code) => { listener({ path, seq, code }) })) unknown.add(seq)
    }
  }
  return unknown
}

function treeId(trees: DigestList, seq: number): ObjectId {
  return objectId(digestFromBytes(trees.get(seq) ?? new Uint8Array(0)), 'dag-cbor')
}

export async function expectPaths(check: Check, trees: TreeSource): Promise<PathPass> {
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
