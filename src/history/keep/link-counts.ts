/** How many objects and roots name each object, by its keyed hash: 12 bytes for each. What comes down to 0 is reached by nothing: links make no circles. */
import type { ObjectId } from '../../codec/object-id.js'
import type { KeyedHash } from '../verify/keyed-hash.js'

export class LinkCounts {
  readonly #hash: KeyedHash
  #lo = new Uint32Array(1 << 12)
  #hi = new Uint32Array(1 << 12)
  #counts = new Uint32Array(1 << 12)
  #size = 0

  constructor(hash: KeyedHash) {
    this.#hash = hash
  }

  add(id: ObjectId): void {
    this.#hash.hexId(id)
    const place = this.#place(this.#hash.lo, this.#hash.hi)
    this.#counts[place] = (this.#counts[place] as number) + 1
  }

  /** Takes one link away and returns how many are left. */
  remove(id: ObjectId): number {
    this.#hash.hexId(id)
    const place = this.#find(this.#hash.lo, this.#hash.hi)
    return this.#counts[place] = Math.max(0, (this.#counts[place] as number) - 1)
  }

  count(id: ObjectId): number {
    this.#hash.hexId(id)
    return this.#counts[this.#find(this.#hash.lo, this.#hash.hi)] as number
  }

  #find(lo: number, hi: number): number {
    const mask = this.#lo.length - 1
    let place = lo & mask
    while (((this.#lo[place] as number) !== lo || (this.#hi[place] as number) !== hi) && (this.#lo[place] !== 0 || this.#hi[place] !== 0)) place = (place + 1) & mask
    return place
  }

  #place(lo: number, hi: number): number {
    const place = this.#find(lo, hi)
    if (this.#lo[place] !== 0 || this.#hi[place] !== 0) return place
    if (++this.#size * 5 > this.#lo.length * 4) {
      this.#grow()
      return this.#place(lo, hi)
    }
    this.#lo[place] = lo
    this.#hi[place] = hi
    return place
  }

  #grow(): void {
    const [lo, hi, counts] = [this.#lo, this.#hi, this.#counts]
    this.#lo = new Uint32Array(lo.length * 2)
    this.#hi = new Uint32Array(lo.length * 2)
    this.#counts = new Uint32Array(lo.length * 2)
    this.#size = 0
    for (let old = 0; old < lo.length; old++) if (lo[old] !== 0 || hi[old] !== 0) this.#counts[this.#place(lo[old] as number, hi[old] as number)] = counts[old] as number
  }
}
