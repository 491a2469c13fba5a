/** Lists of numbers by sequence number that grow without copying what is there: blocks of 4,096. */
const BLOCK_BITS = 12
const BLOCK_SIZE = 1 << BLOCK_BITS

type Numbers = Uint32Array | Float64Array

export class NumberList {
  readonly #blocks: Numbers[] = []
  readonly #make: () => Numbers

  constructor(width: 'u32' | 'f64') {
    this.#make = width === 'u32' ? () => new Uint32Array(BLOCK_SIZE) : () => new Float64Array(BLOCK_SIZE)
  }

  /** Returns 0 for what was never set. */
  get(index: number): number {
    return this.#blocks[index >>> BLOCK_BITS]?.[index & (BLOCK_SIZE - 1)] ?? 0
  }

  /** `index` MUST be near what was set before: the blocks up to it are made. */
  set(index: number, value: number): void {
    const block = index >>> BLOCK_BITS
    while (this.#blocks.length <= block) this.#blocks.push(this.#make())
    ;(this.#blocks[block] as Numbers)[index & (BLOCK_SIZE - 1)] = value
  }
}

const DIGEST_BYTES = 32

/** Digests by sequence number: 32 bytes each, in blocks of their own. */
export class DigestList {
  readonly #blocks: Uint8Array[] = []

  set(index: number, bytes: Uint8Array, at: number): void {
    const block = index >>> BLOCK_BITS
    while (this.#blocks.length <= block) this.#blocks.push(new Uint8Array(BLOCK_SIZE * DIGEST_BYTES))
    const to = (index & (BLOCK_SIZE - 1)) * DIGEST_BYTES
    const target = this.#blocks[block] as Uint8Array
    for (let offset = 0; offset < DIGEST_BYTES; offset++) target[to + offset] = bytes[at + offset] as number
  }

  /** Returns a view; zeros, or undefined, for what was never set. */
  get(index: number): Uint8Array | undefined {
    const from = (index & (BLOCK_SIZE - 1)) * DIGEST_BYTES
    return this.#blocks[index >>> BLOCK_BITS]?.subarray(from, from + DIGEST_BYTES)
  }

  has(index: number): boolean {
    const bytes = this.get(index)
    return bytes !== undefined && (bytes[0] !== 0 || bytes[15] !== 0 || bytes.some((byte) => byte !== 0))
  }

  equals(left: number, right: number): boolean {
    const [one, other] = [this.get(left), this.get(right)]
    if (one === undefined || other === undefined) return false
    for (let offset = 0; offset < DIGEST_BYTES; offset++) if (one[offset] !== other[offset]) return false
    return true
  }
}
