/** 2^15 nodes per page: 4 KiB, so that a few nodes far apart stay cheap. */
const PAGE_SHIFT = 15
const PAGE_MASK = (1 << PAGE_SHIFT) - 1
const PAGE_WORDS = 1 << (PAGE_SHIFT - 5)

/** A set of sequence numbers as a bitmap: one bit each, pages made when first touched. */
export class SeqSet {
  readonly #pages: (Int32Array | undefined)[] = []
  #size = 0

  constructor(seqs: Iterable<number> = []) {
    for (const seq of seqs) this.add(seq)
  }

  get size(): number {
    return this.#size
  }

  has(seq: number): boolean {
    const word = this.#pages[seq >>> PAGE_SHIFT]?.[(seq & PAGE_MASK) >>> 5] ?? 0
    return (word & (1 << (seq & 31))) !== 0
  }

  /** Returns true when the number was not in the set before. */
  add(seq: number): boolean {
    const page = (this.#pages[seq >>> PAGE_SHIFT] ??= new Int32Array(PAGE_WORDS))
    const at = (seq & PAGE_MASK) >>> 5
    const word = page[at] as number
    const bit = 1 << (seq & 31)
    if ((word & bit) !== 0) return false
    page[at] = word | bit
    this.#size++
    return true
  }

  /** Yields the numbers, greatest first: children before parents. */
  *descending(): Generator<number, void, undefined> {
    for (let index = this.#pages.length - 1; index >= 0; index--) {
      const page = this.#pages[index]
      if (page === undefined) continue
      for (let at = PAGE_WORDS - 1; at >= 0; at--) {
        for (let word = page[at] as number; word !== 0;) {
          const bit = 31 - Math.clz32(word)
          word &= ~(1 << bit)
          yield (index << PAGE_SHIFT) + (at << 5) + bit
        }
      }
    }
  }

  /** Yields the numbers, smallest first: parents before children. */
  *ascending(): Generator<number, void, undefined> {
    for (const [index, page] of this.#pages.entries()) {
      if (page === undefined) continue
      for (let at = 0; at < PAGE_WORDS; at++) {
        for (let word = page[at] as number; word !== 0; word &= word - 1) yield (index << PAGE_SHIFT) + (at << 5) + 31 - Math.clz32(word & -word)
      }
    }
  }
}
