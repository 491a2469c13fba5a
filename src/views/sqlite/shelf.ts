/** Objects that are looked up together, in the order of the keys: a large store has more tables than are kept open, and a table is unpacked in blocks of many objects. */
import { objectIdAt, type ObjectId } from '../../codec/object-id.js'
import type { ObjectReader } from '../../store/types.js'

const DIGEST_BYTES = 32
const GROWN_BYTES = 1_048_576
const NOT_KEPT = -1
const ABSENT = -2

/**
 * Places for objects of codec dag-cbor, and their bytes in one piece: as arrays of their own, every collection of garbage would move them. To be used again for
 * other objects. What does not fit is read again when it is asked for.
 */
export class Shelf {
  readonly #maxBytes: number
  #digests = new Uint8Array(0)
  #starts = new Uint32Array(0)
  #lengths = new Int32Array(0)
  #bytes = new Uint8Array(0)
  #end = 0
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#size
  }

  /** Makes room for objects; those from before are gone. */
  clear(places: number): void {
    if (this.#starts.length < places) {
      this.#digests = new Uint8Array(places * DIGEST_BYTES)
      this.#starts = new Uint32Array(places)
      this.#lengths = new Int32Array(places)
    }
    this.#size = 0
    this.#end = 0
  }

  /** Takes the next place for the object whose digest lies at an offset. */
  want(bytes: Uint8Array, offset: number): void {
    const start = this.#size * DIGEST_BYTES
    for (let at = 0; at < DIGEST_BYTES; at++) this.#digests[start + at] = bytes[offset + at] ?? 0
    this.#lengths[this.#size++] = NOT_KEPT
  }

  id(place: number): ObjectId {
    return objectIdAt(this.#digests, place * DIGEST_BYTES, 'dag-cbor')
  }

  /** Returns the first four bytes of the digest: objects sorted by it lie nearly as their keys do. */
  rank(place: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#digests.subarray(place * DIGEST_BYTES, place * DIGEST_BYTES + 4)
    return ((a * 256 + b) * 256 + c) * 256 + d
  }

  put(place: number, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) this.#lengths[place] = ABSENT
    else if (this.#hasRoom(bytes.length)) {
      this.#bytes.set(bytes, this.#end)
      this.#starts[place] = this.#end
      this.#lengths[place] = bytes.length
      this.#end += bytes.length
    }
  }

  /** Returns the bytes of the object in a place; valid until the shelf is cleared. */
  get(place: number, objects: ObjectReader): Uint8Array | undefined {
    const length = this.#lengths[place] ?? ABSENT
    if (length === NOT_KEPT) return objects.getObject(this.id(place))
    const start = this.#starts[place] ?? 0
    return length === ABSENT ? undefined : this.#bytes.subarray(start, start + length)
  }

  #hasRoom(lengthBytes: number): boolean {
    const needed = this.#end + lengthBytes
    if (needed <= this.#bytes.length) return true
    if (needed > this.#maxBytes) return false
    const larger = new Uint8Array(Math.min(this.#maxBytes, Math.max(needed, this.#bytes.length + GROWN_BYTES)))
    larger.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = larger
    return true
  }
}

/** Reads what shelves want, all of them in one sweep. Others get a turn now and then. */
export async function fillShelves(objects: ObjectReader, shelves: readonly Shelf[], turn: () => Promise<void>): Promise<void> {
  const order = new Float64Array(shelves.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  // Rank and place in one number, below 2^53: sorted without a call for each comparison.
  for (const shelf of shelves) for (let place = 0; place < shelf.size; place++) order[at] = shelf.rank(place) * PLACES_MAX + at++
  order.sort()
  for (const [done, key] of order.entries()) {
    if (done % TURN_OBJECTS === 0) await turn()
    let place = key % PLACES_MAX
    for (const shelf of shelves) {
      if (place < shelf.size) {
        shelf.put(place, objects.getObject(shelf.id(place)))
        break
      }
      place -= shelf.size
    }
  }
}

/** Of all shelves that are filled at once. */
const PLACES_MAX = 2 ** 20
const TURN_OBJECTS = 256
