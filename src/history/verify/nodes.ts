/**
 * First pass: the nodes in order of arrival. What follows from the nodes themselves (corrected time, generation, run, order of arrival) is
 * judged here; what must equal the headers is kept as one keyed sum for each, for the pass over the objects.
 */
import { toHex } from '../../base/bytes.js'
import { rangeOf, readU32 } from '../../store/keys.js'
import { timeText, type Check } from './check.js'
import { mixAtomId } from './index-records.js'
import { SetSum } from './keyed-hash.js'
import { NODES_PER_BLOCK, readBlock, type NodeRecord } from './node-record.js'
import { NumberList } from './number-list.js'

export interface NodePass {
  /** How many numbers are taken, vacant ones included. */
  readonly count: number
  readonly vacant: number
  readonly sums: SumList
  /** The `atomId` records that must be there. */
  readonly atomIds: SetSum
}

/** 64-bit sums by sequence number. */
export class SumList {
  readonly #lo = new NumberList('u32')
  readonly #hi = new NumberList('u32')

  set(seq: number, sum: { readonly lo: number; readonly hi: number }): void {
    this.#lo.set(seq, sum.lo)
    this.#hi.set(seq, sum.hi)
  }

  lo(seq: number): number {
    return this.#lo.get(seq)
  }

  hi(seq: number): number {
    return this.#hi.get(seq)
  }

  has(seq: number): boolean {
    return this.lo(seq) !== 0 || this.hi(seq) !== 0
  }
}

export interface BlockNodes {
  readonly block: Uint8Array
  readonly nodes: readonly NodeRecord[]
}

/** Yields the blocks of nodes in order; says what is wrong with them when asked to. */
export async function* nodeBlocks(check: Check, options: { readonly findings: 'report' | 'silent' }): AsyncIterable<BlockNodes> {
  let expected = 0
  let isLast = false
  const report = (message: string): void => { if (options.findings === 'report') check.findings.error('index-node', message) }
  for await (const list of check.records.scan(rangeOf('node'))) {
    for (const [key, block] of list) {
      const number = key.length === 5 ? readU32(key, 1) : -1
      // A number far off is a planted record: what comes after it is not numbered by it.
      const isNext = number === expected
      if (!isNext) {
        report(number === -1 || number < expected ? `a record among the nodes has the key ${toHex(key)}, which is none of theirs` : `the nodes ${String(expected * NODES_PER_BLOCK)} to ${String(number * NODES_PER_BLOCK - 1)} are not in the index`)
      }
      if (!isNext && (number === -1 || number - expected > GAP_MAX_BLOCKS)) continue
      expected = number
      if (isLast) report(`the index has a block of fewer than ${String(NODES_PER_BLOCK)} nodes before block ${String(number)}`)
      const { nodes, isWhole } = readBlock(block, number * NODES_PER_BLOCK)
      if (!isWhole || nodes.length === 0) report(`the nodes from ${String(number * NODES_PER_BLOCK + nodes.length)} on in block ${String(number)} are not as the index writes them`)
      isLast = nodes.length < NODES_PER_BLOCK
      yield { block, nodes }
      expected++
    }
  }
}

const GAP_MAX_BLOCKS = 4_096

export async function checkNodes(check: Check): Promise<NodePass> {
  const { findings, hash } = check
  const sums = new SumList()
  const ids = new SumList()
  const times = { order: new NumberList('f64'), generation: new NumberList('u32') }
  /** Own times where they are not the corrected ones. */
  const behind = new Map<number, number>()
  let lastRun = { seq: -1, run: 0 }
  const atomIds = new SetSum()
  let count = 0
  let vacant = 0
  for await (const { block, nodes } of nodeBlocks(check, { findings: 'report' })) {
    for (const node of nodes) {
      count = Math.max(count, node.seq + 1)
      if (node.isVacant) {
        vacant++
        continue
      }
      judge(node, block)
    }
  }
  return { count, vacant, sums, atomIds }

  function judge(node: NodeRecord, block: Uint8Array): void {
    const { seq, parents } = node
    const names = (): { object: string; atomId: string } => ({ object: toHex(block.subarray(node.digestAt, node.digestAt + 32)), atomId: node.atomId })
    hash.id(0x71, block, node.digestAt)
    ids.set(seq, hash)
    let generation = 1
    let orderMs = node.timeMs
    let isAfter = true
    for (const parent of parents) {
      if (parent < 0 || parent >= seq || !ids.has(parent)) {
        findings.error('index-node', `node ${String(seq)} names ${String(parent)} as a parent, which did not arrive before it`, names())
        return
      }
      generation = Math.max(generation, times.generation.get(parent) + 1)
      orderMs = Math.max(orderMs, times.order.get(parent) + 1)
      if ((behind.get(parent) ?? times.order.get(parent)) > node.timeMs) isAfter = false
    }
    const run = parents.length === 1 && parents[0] === seq - 1 && lastRun.seq === seq - 1 ? lastRun.run + 1 : 0
    times.generation.set(seq, node.generation)
    times.order.set(seq, node.orderMs)
    if (node.timeMs !== node.orderMs) behind.set(seq, node.timeMs)
    lastRun = { seq, run: node.run }
    if (node.orderMs !== orderMs) findings.error('index-node', `node ${String(seq)} has the corrected time ${String(node.orderMs)} where it follows that it is ${String(orderMs)}`, names())
    if (node.generation !== generation) findings.error('index-node', `node ${String(seq)} has the generation ${String(node.generation)} where it is ${String(generation)}`, names())
    if (node.run !== run) findings.error('index-node', `node ${String(seq)} says ${String(node.run)} ATOMs before it are a line where ${String(run)} are`, names())
    if (!isAfter) findings.warning('clock-backwards', `the clock went backwards: ${node.atomId} says ${timeText(node.timeMs)}, which is before its parent`, names())
    hash.start()
    hash.word(ids.lo(seq))
    hash.word(ids.hi(seq))
    for (const parent of parents) {
      hash.word(ids.lo(parent))
      hash.word(ids.hi(parent))
    }
    hash.word(parents.length)
    hash.wide(node.timeMs)
    hash.text(node.atomId)
    hash.text(node.operation)
    hash.text(node.agent)
    hash.end()
    sums.set(seq, hash)
    mixAtomId(check, node.atomId, seq)
    atomIds.add(hash)
  }
}
