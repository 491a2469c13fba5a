/** A stack of ATOMs that wait for their parents, in 33 bytes each: a line whose order was lost may wait as a whole. */
import { objectIdAt, writeDigest, type ObjectId } from '../../codec/object-id.js'

export interface WaitingAtom {
  readonly id: ObjectId
  /** `opened`: its parents were put on top of it. */
  readonly state: 'new' | 'opened'
}

const ENTRY_BYTES = 33
const FIRST_ENTRIES = 64

export class WaitingAtoms {
  #bytes = new Uint8Array(FIRST_ENTRIES * ENTRY_BYTES)
  #size = 0

  get size(): number {
    return this.#size
  }

  push({ id, state }: WaitingAtom): void {
    const at = this.#size++ * ENTRY_BYTES
    if (at === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2)
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    writeDigest(id, this.#bytes, at)
    this.#bytes[at + ENTRY_BYTES - 1] = state === 'opened' ? 1 : 0
  }

  /** Takes the one on top, or returns undefined where none waits. */
  pop(): WaitingAtom | undefined {
    if (this.#size === 0) return undefined
    const at = --this.#size * ENTRY_BYTES
    return { id: objectIdAt(this.#bytes, at, 'dag-cbor'), state: this.#bytes[at + ENTRY_BYTES - 1] === 1 ? 'opened' : 'new' }
  }
}
