import type { Suspects } from './suspects.js'

/**
 * How many suspects each node reaches, itself included: known exactly, or between two bounds.
 *
 * A node with one parent in the range is known once its parent is: a line costs one pass. Where branches meet, counting
 * is done along whole chains, at the price of one walk over the range per chain; the bounds tell which chains are
 * worth it. What chains cannot settle cheaply is counted with blocks of bits.
 */
export class Weights {
  readonly #range: Suspects
  /** Exact where low = high. */
  readonly #low: Int32Array
  readonly #high: Int32Array
  readonly #stamps: Int32Array
  readonly #stack: Int32Array
  #stamp = 0

  constructor(range: Suspects) {
    const size = range.seqs.length
    this.#range = range
    this.#low = new Int32Array(size)
    this.#high = new Int32Array(size).fill(range.total)
    this.#stamps = new Int32Array(size)
    this.#stack = new Int32Array(size)
    this.tighten()
  }

  low(node: number): number {
    return this.#low[node] as number
  }

  high(node: number): number {
    return this.#high[node] as number
  }

  isKnown(node: number): boolean {
    return this.#low[node] === this.#high[node]
  }

  /** Counts along a chain, in which every node is an ancestor of the next. The walk goes over each edge once. */
  countChain(ascending: readonly number[]): void {
    const stamp = ++this.#stamp
    let weight = 0
    for (const node of ascending) {
      if (this.#stamps[node] === stamp) throw new TypeError('a chain ascends')
      weight += this.#countUnstamped(node, stamp)
      this.#settle(node, weight)
    }
  }

  /** Counts a node and those of its ancestors that do not have the stamp, and stamps them. */
  #countUnstamped(start: number, stamp: number): number {
    const { parentsFrom, parents, counts } = this.#range
    const stack = this.#stack
    const stamps = this.#stamps
    let weight = 0
    let depth = 0
    stamps[start] = stamp
    stack[depth++] = start
    while (depth > 0) {
      const seen = stack[--depth] as number
      weight += counts[seen] as number
      const end = parentsFrom[seen + 1] as number
      for (let edge = parentsFrom[seen] as number; edge < end; edge++) {
        const parent = parents[edge] as number
        if (stamps[parent] === stamp) continue
        stamps[parent] = stamp
        stack[depth++] = parent
      }
    }
    return weight
  }

  /** Carries what is known to the neighbours: a child reaches more than each parent, and at most all they reach together. */
  tighten(): void {
    const { parentsFrom, parents, counts } = this.#range
    const low = this.#low
    const high = this.#high
    const size = low.length
    for (let node = 0; node < size; node++) {
      const own = counts[node] as number
      let most = 0
      let sum = own
      const end = parentsFrom[node + 1] as number
      for (let edge = parentsFrom[node] as number; edge < end; edge++) {
        const parent = parents[edge] as number
        if ((low[parent] as number) > most) most = low[parent] as number
        sum += high[parent] as number
      }
      if (most + own > (low[node] as number)) low[node] = most + own
      if (sum < (high[node] as number)) high[node] = sum
    }
    for (let node = size - 1; node >= 0; node--) {
      const most = (high[node] as number) - (counts[node] as number)
      const end = parentsFrom[node + 1] as number
      for (let edge = parentsFrom[node] as number; edge < end; edge++) {
        const parent = parents[edge] as number
        if (most < (high[parent] as number)) high[parent] = most
      }
    }
  }

  /** Counts the given nodes exactly, whatever the shape of the range: size² / 64 steps on words of bits. */
  countByBits(nodes: readonly number[]): void {
    const size = this.#range.counts.length
    const sums = new Int32Array(nodes.length)
    const rows = new Int32Array(size * BLOCK_WORDS)
    for (let base = 0; base < size; base += BLOCK_WORDS * 32) {
      this.#fillRows(rows, base)
      for (let at = 0; at < nodes.length; at++) {
        const node = nodes[at] as number
        if (node < base) continue
        let sum = 0
        for (let word = 0; word < BLOCK_WORDS; word++) sum += bitsIn(rows[node * BLOCK_WORDS + word] as number)
        sums[at] = (sums[at] as number) + sum
      }
    }
    for (let at = 0; at < nodes.length; at++) this.#settle(nodes[at] as number, sums[at] as number)
  }

  /** Makes the row of each node from `base` on: a bit for each node of this block that it reaches. */
  #fillRows(rows: Int32Array, base: number): void {
    const { parentsFrom, parents, counts } = this.#range
    rows.fill(0, base * BLOCK_WORDS)
    for (let node = base; node < counts.length; node++) {
      const row = node * BLOCK_WORDS
      const end = parentsFrom[node + 1] as number
      for (let edge = parentsFrom[node] as number; edge < end; edge++) {
        const parent = parents[edge] as number
        if (parent < base) continue
        const from = parent * BLOCK_WORDS
        for (let word = 0; word < BLOCK_WORDS; word++) rows[row + word] = (rows[row + word] as number) | (rows[from + word] as number)
      }
      const column = node - base
      if (column < BLOCK_WORDS * 32 && counts[node] === 1) {
        rows[row + (column >> 5)] = (rows[row + (column >> 5)] as number) | (1 << (column & 31))
      }
    }
  }

  #settle(node: number, weight: number): void {
    this.#low[node] = weight
    this.#high[node] = weight
  }
}

/** 1,024 columns at a time: 128 bytes per node, and the rows of near relatives share a cache. */
const BLOCK_WORDS = 32

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
