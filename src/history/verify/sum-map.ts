/** Numbers by 64-bit sums, in 16 bytes for each place: what is asked for and what is found lie in one line of the processor's cache. */
const PLACE_BITS = 2
const PLACE_WORDS = 1 << PLACE_BITS
const LEAST_PLACES = 1 << 10

export class SumMap {
  /** lo, hi, the value plus 1, nothing. A sum of 0, 0 is an empty place. */
  #words: Uint32Array = new Uint32Array(LEAST_PLACES * PLACE_WORDS)
  #places = LEAST_PLACES
  size = 0

  /** Returns -1 where there is none. */
  get(lo: number, hi: number): number {
    return (this.#words[this.#find(lo, hi) + 2] as number) - 1
  }

  /** `value`: less than 2^32 - 1. */
  set(lo: number, hi: number, value: number): void {
    let at = this.#find(lo, hi)
    if (this.#words[at + 2] === 0) {
      if (++this.size * 5 > this.#places * 4) {
        this.#grow()
        at = this.#find(lo, hi)
      }
      this.#words[at] = lo
      this.#words[at + 1] = hi
    }
    this.#words[at + 2] = value + 1
  }

  #find(lo: number, hi: number): number {
    const words = this.#words
    const mask = words.length - 1
    let at = (lo << PLACE_BITS) & mask
    while ((words[at] !== lo || words[at + 1] !== hi) && words[at + 2] !== 0) at = (at + PLACE_WORDS) & mask
    return at
  }

  #grow(): void {
    const old = this.#words
    this.#places *= 2
    this.#words = new Uint32Array(this.#places * PLACE_WORDS)
    for (let from = 0; from < old.length; from += PLACE_WORDS) {
      if (old[from + 2] === 0) continue
      const at = this.#find(old[from] as number, old[from + 1] as number)
      for (let word = 0; word < PLACE_WORDS; word++) this.#words[at + word] = old[from + word] as number
    }
  }
}
