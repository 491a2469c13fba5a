import type { Suspects } from './suspects.js'
import { Weights } from './weights.js'

/** A node to test, with how many suspects it reaches. */
export interface Midpoint {
  /** Index in the range. */
  readonly node: number
  /** The suspects left when it turns out bad, itself included. */
  readonly weight: number
}

/** Above this, counting by bits would take many seconds, and the best node found so far is taken. */
const BITS_MAX_NODES = 150_000
/** Visits of nodes that chains may cost where bits cannot help: about a second. */
const CHAINS_MAX_VISITS = 60_000_000

/** How many chains are worth counting before bits are cheaper: a chain costs size, bits cost size² / 64, but run faster. */
function chainsWorth(size: number): number {
  return size > BITS_MAX_NODES ? Math.ceil(CHAINS_MAX_VISITS / size) : Math.max(16, size >> 9)
}

/**
 * Returns the node that halves the range best among those that `isOffered`: the greatest min(weight, total - weight).
 * Undefined when none is offered.
 *
 * The answer is exact for up to 150,000 suspects, and for more wherever branches are short against the whole, as on real
 * histories. When the best node is not offered (it was skipped), goes away from it to a lesser one, because what lies
 * beside an untestable node is most often untestable too.
 */
export function midpoint(range: Suspects, isOffered: (node: number) => boolean): Midpoint | undefined {
  const weights = new Weights(range)
  const best = halve(range, weights)
  if (best >= 0 && isOffered(best)) return { node: best, weight: weights.low(best) }
  const offered: number[] = []
  let passedOver = 0
  for (let node = 0; node < range.seqs.length; node++) {
    if (range.counts[node] === 0) continue
    if (isOffered(node)) offered.push(node)
    else passedOver++
  }
  if (offered.length === 0) return undefined
  let known = offered.filter((node) => weights.isKnown(node))
  if (known.length === 0) {
    known = offered
    if (range.seqs.length <= BITS_MAX_NODES) weights.countByBits(offered)
  }
  const node = known[awayFromBest(known.map((each) => evenness(range, weights.low(each))), passedOver)] as number
  return { node, weight: weights.low(node) }
}

function evenness(range: Suspects, weight: number): number {
  return Math.min(weight, range.total - weight)
}

/** The best evenness that a node within its bounds can still have. */
function hope(range: Suspects, weights: Weights, node: number): number {
  const half = range.total >> 1
  return evenness(range, Math.max(weights.low(node), Math.min(half, weights.high(node))))
}

/** Returns the best node of all; -1 when none counts. On return the weight of that node is known. */
function halve(range: Suspects, weights: Weights): number {
  const size = range.seqs.length
  if (size > 0 && !weights.isKnown(size - 1)) weights.countChain(mainLine(range))
  for (let chains = chainsWorth(size); ; chains--) {
    weights.tighten()
    const best = bestKnown(range, weights)
    const least = best < 0 ? -1 : evenness(range, weights.low(best))
    const isOpen = (node: number): boolean =>
      range.counts[node] === 1 && !weights.isKnown(node) && hope(range, weights, node) > least
    let top = size - 1
    while (top >= 0 && !isOpen(top)) top--
    if (top < 0) return best
    if (chains > 0) {
      weights.countChain(chainBelow(range, top, isOpen))
      continue
    }
    if (size > BITS_MAX_NODES) return best
    const open: number[] = []
    for (let node = 0; node <= top; node++) if (isOpen(node)) open.push(node)
    weights.countByBits(open)
    return bestKnown(range, weights)
  }
}

/** The first-parent line down from the bad node, ascending. It never leaves the range before its end. */
function mainLine(range: Suspects): number[] {
  const line: number[] = []
  for (let node = range.seqs.length - 1; node >= 0;) {
    line.push(node)
    const edge = range.parentsFrom[node] as number
    node = edge < (range.parentsFrom[node + 1] as number) ? (range.parents[edge] as number) : -1
  }
  return line.reverse()
}

/** A chain of open nodes down from `top`, ascending. */
function chainBelow(range: Suspects, top: number, isOpen: (node: number) => boolean): number[] {
  const chain: number[] = []
  for (let node = top; node >= 0;) {
    chain.push(node)
    let next = -1
    for (let edge = range.parentsFrom[node] as number; edge < (range.parentsFrom[node + 1] as number); edge++) {
      const parent = range.parents[edge] as number
      if (parent > next && isOpen(parent)) next = parent
    }
    node = next
  }
  return chain.reverse()
}

function bestKnown(range: Suspects, weights: Weights): number {
  let best = -1
  let most = -1
  for (let node = 0; node < range.seqs.length; node++) {
    if (range.counts[node] === 0 || !weights.isKnown(node)) continue
    const even = evenness(range, weights.low(node))
    if (even > most) {
      most = even
      best = node
    }
  }
  return best
}

/**
 * Returns the index to take, given how evenly each halves: nearer to the best than to the worst, and another rank for
 * every node that was passed over. Without chance, so that a replayed search takes the same way.
 */
function awayFromBest(evennesses: readonly number[], passedOver: number): number {
  const golden = 0.618_033_988_749_895
  const share = (passedOver * golden) % 1
  let rank = Math.floor(evennesses.length * share ** 1.5)
  const most = evennesses.reduce((left, right) => Math.max(left, right), 0)
  const sizes = new Int32Array(most + 1)
  for (const even of evennesses) sizes[even] = (sizes[even] as number) + 1
  let level = most
  while (rank >= (sizes[level] as number)) rank -= sizes[level--] as number
  for (let at = 0; at < evennesses.length; at++) if (evennesses[at] === level && rank-- === 0) return at
  return 0
}
