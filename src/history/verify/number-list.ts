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
