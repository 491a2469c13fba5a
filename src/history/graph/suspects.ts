import { BY_SEQ, Frontier } from './frontier.js'
import type { Graph } from './types.js'

export interface SuspectOptions {
  readonly firstParent?: boolean
  /** Tells whether a node can be the break at all; the others only connect. Asked once per node. */
  readonly relevant?: (seq: number) => boolean
}

/**
 * The nodes between a bad one and the good ones, renumbered from 0 in ascending `seq`: parents before children.
 * Parents outside the range are left out.
 */
export interface Suspects {
  readonly seqs: Int32Array
  /** The parents of node i are `parents[parentsFrom[i]]` up to, not including, `parents[parentsFrom[i + 1]]`. */
  readonly parentsFrom: Int32Array
  readonly parents: Int32Array
  /** 1 for a node that can be the break, 0 for one that only connects. */
  readonly counts: Uint8Array
  /** How many can be the break. */
  readonly total: number
  /** The good nodes that are no ancestors of the bad one, ascending. */
  readonly strangers: readonly number[]
}

/** The range to search, as the marks so far give it. */
export interface Marked {
  readonly bad: number
  readonly good: readonly number[]
}

const FROM_BAD = 1
const FROM_GOOD = 2
/** On a way from the bad node that the search follows: through first parents only, where asked. */
const FOLLOWED = 4

/** Collects the nodes reachable from the bad node and from no good one. Ends at the lowest good node or at the roots. */
export function suspects(graph: Graph, { bad, good }: Marked, options: SuspectOptions = {}): Suspects {
  const { firstParent = false, relevant } = options
  const found: number[] = []
  const strangers: number[] = []
  const goods = new Set(good)
  const frontier = new Frontier(BY_SEQ)
  let open = 0
  let undecided = 0
  const isOpen = (flags: number): number => ((flags & (FOLLOWED | FROM_GOOD)) === FOLLOWED ? 1 : 0)
  const add = (seq: number, flags: number): void => {
    const before = frontier.add(seq, flags)
    open += isOpen(before | flags) - isOpen(before)
  }
  add(bad, FROM_BAD | FOLLOWED)
  for (const seq of goods) add(seq, FROM_GOOD)
  undecided = goods.size
  while (open > 0 || undecided > 0) {
    const seq = frontier.take()
    if (seq === undefined) break
    const flags = frontier.takenFlags
    if (isOpen(flags) === 1) {
      open--
      found.push(seq)
    }
    if (undecided > 0 && goods.has(seq)) {
      undecided--
      if ((flags & FROM_BAD) === 0) strangers.push(seq)
    }
    const parents = graph.parents(seq)
    for (let at = 0; at < parents.length; at++) {
      add(parents[at] as number, firstParent && at > 0 ? flags & ~FOLLOWED : flags)
    }
  }
  const reach = firstParent ? 1 : Infinity
  return { ...renumber(graph, Int32Array.from(found).reverse(), reach), ...counted(found, relevant), strangers: strangers.reverse() }
}

function counted(found: readonly number[], relevant: SuspectOptions['relevant']): Pick<Suspects, 'counts' | 'total'> {
  const size = found.length
  const counts = new Uint8Array(size).fill(1)
  if (relevant === undefined) return { counts, total: size }
  let total = 0
  for (let at = 0; at < size; at++) {
    counts[at] = relevant(found[size - 1 - at] as number) ? 1 : 0
    total += counts[at] as number
  }
  return { counts, total }
}

function renumber(graph: Graph, seqs: Int32Array, reach: number): Pick<Suspects, 'seqs' | 'parentsFrom' | 'parents'> {
  const parentsFrom = new Int32Array(seqs.length + 1)
  const parents: number[] = []
  for (let at = 0; at < seqs.length; at++) {
    const all = graph.parents(seqs[at] as number)
    for (let nth = 0; nth < all.length && nth < reach; nth++) {
      const index = indexOf(seqs, all[nth] as number, at)
      if (index >= 0) parents.push(index)
    }
    parentsFrom[at + 1] = parents.length
  }
  return { seqs, parentsFrom, parents: Int32Array.from(parents) }
}

/** Returns where `seq` stands among the ascending numbers before `end`; -1 when it does not. */
function indexOf(seqs: Int32Array, seq: number, end: number): number {
  if (seqs[end - 1] === seq) return end - 1
  let low = 0
  let high = end - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = seqs[middle] as number
    if (found === seq) return middle
    if (found < seq) low = middle + 1
    else high = middle - 1
  }
  return -1
}
