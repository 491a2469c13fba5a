/**
 * What is tainted: an ATOM that builds, near or far, on one that was reverted or refuted.
 *
 * Goes forth from what was taken back, so a store in which nothing was costs one look at an empty range. A revert counts while a branch, tag or HEAD
 * holds it and nothing that counts has taken it back itself; that it names what it reverts is no building on it.
 */
import { digestFromBytes, type Digest } from '../codec/object-id.js'
import { SeqSet } from '../history/graph/seq-set.js'
import { hasAncestor } from '../history/graph/has-ancestor.js'
import type { TrailIndex } from '../index/trail-index.js'
import { rangeOf, seqInKey } from '../store/keys.js'
import type { RecordReader } from '../store/types.js'

export interface Taint {
  /** Tells whether an ATOM builds on something that was taken back. */
  isTainted(seq: number): boolean
  /** Returns the ATOMs that took one back, in order of arrival; none for most. */
  takenBackBy(digest: Digest): readonly number[]
  /** What was taken back, by whom. It may name what is not in this store. */
  readonly takenBack: ReadonlyMap<Digest, readonly number[]>
  readonly tainted: SeqSet
}

export const NO_TAINT: Taint = { isTainted: () => false, takenBackBy: () => [], takenBack: new Map(), tainted: new SeqSet() }

export interface TaintSource {
  readonly store: RecordReader
  readonly index: TrailIndex
}

/** Returns what is tainted in a store, seen from the tips of its refs. */
export async function readTaint(source: TaintSource, tips: () => Promise<readonly number[]>): Promise<Taint> {
  const refutations = await readRefutations(source.store)
  if (refutations.size === 0) return NO_TAINT
  const takenBack = inForce(source.index, refutations, await tips())
  const tainted = await coneOf(source.index, takenBack)
  return { isTainted: (seq) => tainted.has(seq), takenBackBy: (digest) => takenBack.get(digest) ?? [], takenBack, tainted }
}

/** Returns each ATOM that takes others back, with their digests. */
async function readRefutations(store: RecordReader): Promise<ReadonlyMap<number, readonly Digest[]>> {
  const found = new Map<number, readonly Digest[]>()
  for await (const list of store.scan(rangeOf('refutation'))) {
    for (const [key, value] of list) {
      const digests = Array.from({ length: value.length >> 5 }, (_, at) => digestFromBytes(value.subarray(at * 32, at * 32 + 32)))
      found.set(seqInKey(key), digests)
    }
  }
  return found
}

/** Returns what is taken back, by what. Newest first: whether a revert counts is known before what it reverts is asked about. */
function inForce(index: TrailIndex, refutations: ReadonlyMap<number, readonly Digest[]>, tips: readonly number[]): ReadonlyMap<Digest, readonly number[]> {
  const takenBack = new Map<Digest, number[]>()
  for (const [seq, digests] of [...refutations].sort(([left], [right]) => right - left)) {
    if (takenBack.has(index.node(seq).digest) || !hasAncestor(index, seq, tips)) continue
    for (const digest of digests) takenBack.set(digest, [seq, ...takenBack.get(digest) ?? []])
  }
  return takenBack
}

async function coneOf(index: TrailIndex, takenBack: ReadonlyMap<Digest, readonly number[]>): Promise<SeqSet> {
  const tainted = new SeqSet()
  const waiting = [...takenBack.keys()]
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    const takers = takenBack.get(digest)
    for (const seq of await index.influencedBy(digest)) {
      if (takers?.includes(seq) === true || !tainted.add(seq)) continue
      waiting.push(index.node(seq).digest)
    }
  }
  return tainted
}
