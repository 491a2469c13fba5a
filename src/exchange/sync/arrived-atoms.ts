/**
 * The ATOMs that arrived, with their parents: 32 bytes for each and for each parent, so that the order in which they are taken needs no look at their bytes.
 *
 * The keyed table that knows what arrived holds their numbers too.
 */
import { objectIdAt, writeDigest, type ObjectId } from '../../codec/object-id.js'
import type { KeyedHash } from '../../history/verify/keyed-hash.js'
import type { ObjectTable } from '../../history/verify/object-table.js'

const DIGEST_BYTES = 32
const DAG_CBOR = 0x71

/** A list of digests that grows. */
class Digests {
  bytes = new Uint8Array(DIGEST_BYTES * 256)
  count = 0

  push(id: ObjectId): void {
    const at = this.#next()
    writeDigest(id, this.bytes, at)
  }

  #next(): number {
    if ((this.count + 1) * DIGEST_BYTES > this.bytes.length) {
      const larger = new Uint8Array(Math.ceil(this.count * 1.5) * DIGEST_BYTES)
      larger.set(this.bytes)
      this.bytes = larger
    }
    return DIGEST_BYTES * this.count++
  }
}

export class ArrivedAtoms {
  readonly #hash: KeyedHash
  readonly #table: ObjectTable
  readonly #atoms = new Digests()
  readonly #parents = new Digests()
  /** How many parents there are up to an ATOM, by its number; they count from 1. */
  #ends = new Uint32Array(256)

  constructor(hash: KeyedHash, table: ObjectTable) {
    this.#hash = hash
    this.#table = table
  }

  get count(): number {
    return this.#atoms.count
  }

  add(id: ObjectId, parents: readonly ObjectId[]): void {
    this.#atoms.push(id)
    for (const parent of parents) this.#parents.push(parent)
    const number = this.#atoms.count
    if (number === this.#ends.length) {
      const larger = new Uint32Array(Math.ceil(number * 1.5))
      larger.set(this.#ends)
      this.#ends = larger
    }
    this.#ends[number] = this.#parents.count
    this.#hash.hexId(id)
    this.#table.agree(this.#hash, number)
  }

  /** Yields those among the tips and their ancestors, each once, parents before children. Those that did not arrive here, and what is before them, are left out. */
  * parentsFirst(tips: readonly ObjectId[], rest: 'alone' | 'and the others' = 'alone'): Iterable<ObjectId> {
    const state = new Uint8Array(this.count + 1)
    const stack = new NumberStack()
    for (const start of this.#starts(tips, rest)) {
      stack.push(start)
      for (let number = stack.top; number !== undefined; number = stack.top) {
        const isDone = number === 0 || state[number] === DONE
        if (!isDone && state[number] !== OPENED) {
          state[number] = OPENED
          this.#pushParents(stack, number)
          continue
        }
        stack.pop()
        state[number] = DONE
        if (!isDone) yield objectIdAt(this.#atoms.bytes, (number - 1) * DIGEST_BYTES, 'dag-cbor')
      }
    }
  }

  * #starts(tips: readonly ObjectId[], rest: 'alone' | 'and the others'): Iterable<number> {
    for (const tip of tips) {
      this.#hash.hexId(tip)
      yield this.#table.markOf(this.#hash)
    }
    if (rest === 'and the others') for (let number = 1; number <= this.count; number++) yield number
  }

  /** The last parent on top: the first one is the line that a branch goes on with, so a side line comes whole. */
  #pushParents(stack: NumberStack, child: number): void {
    for (let parent = this.#ends[child - 1] as number; parent < (this.#ends[child] as number); parent++) {
      this.#hash.id(DAG_CBOR, this.#parents.bytes, parent * DIGEST_BYTES)
      const number = this.#table.markOf(this.#hash)
      if (number !== 0) stack.push(number)
    }
  }
}

const OPENED = 1
const DONE = 2

class NumberStack {
  #numbers = new Uint32Array(256)
  #size = 0

  get top(): number | undefined {
    return this.#size === 0 ? undefined : this.#numbers[this.#size - 1]
  }

  push(number: number): void {
    if (this.#size === this.#numbers.length) {
      const larger = new Uint32Array(this.#size * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#size++] = number
  }

  pop(): void {
    this.#size--
  }
}
