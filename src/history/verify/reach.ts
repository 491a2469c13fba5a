/** Which ATOMs can be reached from the refs, by one walk over the nodes from the last to the first. */
import { toHex } from '../../base/bytes.js'
import { rangeOf, readU32 } from '../../store/keys.js'
import type { RecordReader } from '../../store/types.js'
import type { Check } from './check.js'
import { NODES_PER_BLOCK, readBlock, type NodeRecord } from './node-record.js'

/** Returns those of the digests that are the starts or ancestors of them. Reads the index, which has been judged before. */
export async function reachedAtoms(check: Check, records: RecordReader, { starts, wanted }: { readonly starts: ReadonlySet<string>; readonly wanted: ReadonlySet<string> }): Promise<ReadonlySet<string>> {
  const reached = new Set<string>()
  const marked = new Set<number>()
  const follow = (block: Uint8Array, nodes: readonly NodeRecord[]): void => {
    for (const node of [...nodes].reverse()) {
      const digest = toHex(block.subarray(node.digestAt, node.digestAt + 32))
      if (!marked.delete(node.seq) && !starts.has(digest)) continue
      if (wanted.has(digest)) reached.add(digest)
      for (const parent of node.parents) marked.add(parent)
    }
  }
  for await (const list of records.scan(rangeOf('node'), { order: 'descending' })) {
    check.signal.throwIfAborted()
    for (const [key, block] of list) {
      follow(block, readBlock(block, readU32(key, 1) * NODES_PER_BLOCK).nodes)
    }
  }
  return reached
}
