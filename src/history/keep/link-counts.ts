/** How many objects and roots name each object, by its keyed hash: 12 bytes for each. What comes down to 0 is reached by nothing: links make no circles. */
import type { ObjectId } from '../../codec/object-id.js'
import type { KeyedHash } from '../verify/keyed-hash.js'
import { firstPlace, grownPlaces, isCrowded } from '../verify/places.js'

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
    const places = this.#lo.length
    let place = firstPlace(lo, places)
    while (((this.#lo[place] as number) !== lo || (this.#hi[place] as number) !== hi) && (this.#lo[place] !== 0 || this.#hi[place] !== 0)) {
      place++
      if (place === places) place = 0
    }
    return place
  }

  #place(lo: number, hi: number): number {
    const place = this.#find(lo, hi)
    if (this.#lo[place] !== 0 || this.#hi[place] !== 0) return place
    if (isCrowded(++this.#size, this.#lo.length)) {
      this.#grow()
      return this.#place(lo, hi)
    }
    this.#lo[place] = lo
    this.#hi[place] = hi
    return place
  }

  #grow(): void {
    const [lo, hi, counts] = [this.#lo, this.#hi, this.#counts]
    const places = grownPlaces(lo.length)
    this.#lo = new Uint32Array(places)
    this.#hi = new Uint32Array(places)
    this.#counts = new Uint32Array(places)
    this.#size = 0
    for (let old = 0; old < lo.length; old++) if (lo[old] !== 0 || hi[old] !== 0) this.#counts[this.#place(lo[old] as number, hi[old] as number)] = counts[old] as number
  }
}
