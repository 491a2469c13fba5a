import type { Graph } from './types.js'

/** What decides which node leaves a frontier first. */
export interface FrontierOrder {
  /** The node with the greatest key leaves first. MUST be the same for the same node. */
  key(seq: number): number
  /** < 0 when `left` leaves before `right`, asked only for equal keys; 0 only for the same node. */
  tie(left: number, right: number): number
}

/** Children before parents by the order of arrival; two nodes never tie. */
export const BY_SEQ: FrontierOrder = { key: (seq) => seq, tie: () => 0 }

/** The one total order: corrected time descending, then object id ascending. */
export function byTime(graph: Graph): FrontierOrder {
  return { key: (seq) => graph.orderMs(seq), tie: (left, right) => graph.compareIds(left, right) }
}

/**
 * A priority queue of nodes, each at most once, with bits that are merged when a node is added again.
 *
 * Both orders put a child before its parents. So a node that leaves has got all the bits it can ever get, and never
 * comes back: no memory of visited nodes is needed, and the frontier stays as small as the graph is wide.
 */
export class Frontier {
  readonly #order: FrontierOrder
  readonly #seqs: number[] = []
  readonly #keys: number[] = []
  readonly #flags: Map<number, number> = new Map()
  #takenFlags = 0

  constructor(order: FrontierOrder) {
    this.#order = order
  }

  get size(): number {
    return this.#seqs.length
  }

  /** The bits of the node that `take` returned last. */
  get takenFlags(): number {
    return this.#takenFlags
  }

  /** Adds a node, or bits to a waiting one. Returns the bits it had before: 0 when it was not waiting. `flags` MUST NOT be 0. */
  add(seq: number, flags: number): number {
    const before = this.#flags.get(seq) ?? 0
    if ((before | flags) !== before) this.#flags.set(seq, before | flags)
    if (before === 0) this.#rise(seq, this.#order.key(seq))
    return before
  }

  /** Returns true when a node would leave before all that wait, and so is not waiting itself. */
  isNext(seq: number): boolean {
    return this.#seqs.length === 0 || this.#before(seq, this.#order.key(seq), 0)
  }

  /** Removes and returns the first node; undefined when none waits. */
  take(): number | undefined {
    const first = this.#seqs[0]
    if (first === undefined) return undefined
    this.#takenFlags = this.#flags.get(first) ?? 0
    this.#flags.delete(first)
    const seq = this.#seqs.pop() as number
    const key = this.#keys.pop() as number
    if (this.#seqs.length > 0) this.#sink(seq, key)
    return first
  }

  #before(seq: number, key: number, at: number): boolean {
    const other = this.#keys[at] as number
    return key > other || (key === other && this.#order.tie(seq, this.#seqs[at] as number) < 0)
  }

  #rise(seq: number, key: number): void {
    const seqs = this.#seqs
    const keys = this.#keys
    let at = seqs.length
    while (at > 0) {
      const up = (at - 1) >> 1
      if (!this.#before(seq, key, up)) break
      seqs[at] = seqs[up] as number
      keys[at] = keys[up] as number
      at = up
    }
    seqs[at] = seq
    keys[at] = key
  }

  #sink(seq: number, key: number): void {
    const seqs = this.#seqs
    const keys = this.#keys
    const size = seqs.length
    let at = 0
    for (let down = 1; down < size; down = 2 * at + 1) {
      const right = down + 1
      if (right < size && this.#before(seqs[right] as number, keys[right] as number, down)) down = right
      if (this.#before(seq, key, down)) break
      seqs[at] = seqs[down] as number
      keys[at] = keys[down] as number
      at = down
    }
    seqs[at] = seq
    keys[at] = key
  }
}
