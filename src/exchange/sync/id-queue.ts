/** Ids that wait to be asked for, in 33 bytes each: the first that was named is the first that is asked for. */
import { idFromBytes, writeIdBytes, type ObjectId } from '../../codec/object-id.js'

const ENTRY_BYTES = 33
const FIRST_ENTRIES = 1_024

/** Tells whether an id, 32 bytes of digest at an offset, still waits. */
export type StillWaits = (codec: number, bytes: Uint8Array, at: number) => boolean

export class IdQueue {
  #bytes = new Uint8Array(FIRST_ENTRIES * ENTRY_BYTES)
  #start = 0
  #end = 0
  readonly #waits: StillWaits

  /** What does not wait any more is dropped when room is needed, or when its turn comes. */
  constructor(waits: StillWaits) {
    this.#waits = waits
  }

   
  push(codec: number, bytes: Uint8Array, at: number): void {
    const to = this.#next()
    this.#bytes[to] = codec
    this.#bytes.set(bytes.subarray(at, at + ENTRY_BYTES - 1), to + 1)
  }

  pushId(id: ObjectId): void {
    const to = this.#next()
    writeIdBytes(id, this.#bytes, to)
  }

  /** Takes up to so many that wait; none: nothing waits. */
  take(count: number): readonly ObjectId[] {
    const taken: ObjectId[] = []
    for (; this.#start < this.#end && taken.length < count; this.#start += ENTRY_BYTES) {
      if (this.#isWaiting(this.#start)) taken.push(idFromBytes(this.#bytes.subarray(this.#start, this.#start + ENTRY_BYTES)))
    }
    return taken
  }

  /** Yields what waits and leaves it there. */
  * [Symbol.iterator](): Iterator<ObjectId> {
    for (let at = this.#start; at < this.#end; at += ENTRY_BYTES) if (this.#isWaiting(at)) yield idFromBytes(this.#bytes.subarray(at, at + ENTRY_BYTES))
  }

  #isWaiting(at: number): boolean {
    return this.#waits(this.#bytes[at] as number, this.#bytes, at + 1)
  }

  #next(): number {
    if (this.#end === this.#bytes.length) this.#makeRoom()
    const to = this.#end
    this.#end += ENTRY_BYTES
    return to
  }

  #makeRoom(): void {
    let to = 0
    for (let at = this.#start; at < this.#end; at += ENTRY_BYTES) {
      if (!this.#isWaiting(at)) continue
      this.#bytes.copyWithin(to, at, at + ENTRY_BYTES)
      to += ENTRY_BYTES
    }
    this.#start = 0
    this.#end = to
    if (to * 2 <= this.#bytes.length) return
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes.subarray(0, to))
    this.#bytes = larger
  }
}
