/** What stands in one git tree and not in another, seen in their bytes: a large folder of which one file is another one is not parsed. */
import { getGitTree, OID_BYTES, type GitEntry } from './git-object.js'

export interface GitTreeChanges {
  readonly removed: ReadonlyMap<string, GitEntry>
  readonly added: ReadonlyMap<string, GitEntry>
}

/** Returns the entries from the first that differs to the last. `before` MUST be a tree; undefined where `after` is none as far as that shows. */
export function getTreeChanges(before: Uint8Array, after: Uint8Array): GitTreeChanges | undefined {
  const start = commonStart(before, after)
  const same = commonEnd(before, after, Math.min(before.length, after.length) - start)
  // From the end, both in places where an entry begins: what looks like one may lie in an id.
  const ends = new Set(boundaries(before, start).map((at) => before.length - at))
  const end = boundaries(after, start).map((at) => after.length - at).find((at) => at <= same && ends.has(at)) ?? 0
  const removed = getGitTree(before.subarray(start, before.length - end))
  const added = getGitTree(after.subarray(start, after.length - end))
  return removed === undefined || added === undefined ? undefined : { removed, added }
}

/** Returns where the first entry begins that is not the same in both. */
function commonStart(before: Uint8Array, after: Uint8Array): number {
  const shared = Math.min(before.length, after.length)
  for (let start = 0; ;) {
    const name = after.indexOf(0, start)
    const end = name + 1 + OID_BYTES
    if (name === -1 || end > shared) return start
    for (let at = start; at < end; at++) if (before[at] !== after[at]) return start
    start = end
  }
}

function commonEnd(before: Uint8Array, after: Uint8Array, limit: number): number {
  let same = 0
  while (same < limit && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return same
}

/** Returns where entries begin from one on, the end too where they lead to it. */
function boundaries(tree: Uint8Array, start: number): number[] {
  const found: number[] = []
  for (let at = start; at <= tree.length;) {
    found.push(at)
    const name = tree.indexOf(0, at)
    if (name === -1) break
    at = name + 1 + OID_BYTES
  }
  return found
}
