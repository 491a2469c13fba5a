/** Reads the nodes of an index block by the letter of its form: anything that the writer would not have written is no node. */
import { getText } from '../../base/bytes.js'
import { TIME_MIN_MS } from '../../base/limits.js'

export const NODES_PER_BLOCK = 16

export interface NodeRecord {
  readonly seq: number
  /** Where the digest begins in the block. */
  readonly digestAt: number
  readonly orderMs: number
  readonly timeMs: number
  readonly generation: number
  readonly run: number
  readonly parents: readonly number[]
  readonly atomId: string
  readonly operation: string
  readonly agent: string
  /** Its ATOM was dropped by `gc`: the place stays, so that no number changes. */
  readonly isVacant: boolean
}

/** Returns the nodes of a block up to the first that is malformed, and whether all of it was read. */
export function readBlock(block: Uint8Array, firstSeq: number): { readonly nodes: readonly NodeRecord[]; readonly isWhole: boolean } {
  const nodes: NodeRecord[] = []
  const cursor = { block, at: 0 }
  while (cursor.at < block.length && nodes.length < NODES_PER_BLOCK) {
    const node = readNode(cursor, firstSeq + nodes.length)
    if (node === undefined) return { nodes, isWhole: false }
    nodes.push(node)
  }
  return { nodes, isWhole: cursor.at === block.length }
}

interface Cursor { readonly block: Uint8Array; at: number }

function readNode(cursor: Cursor, seq: number): NodeRecord | undefined {
  const length = readNumber(cursor)
  const end = cursor.at + length
  if (!(end <= cursor.block.length) || length < 40) return undefined
  const digestAt = cursor.at
  cursor.at += 32
  const order = readNumber(cursor)
  const behind = readNumber(cursor)
  const generation = readNumber(cursor)
  const run = readNumber(cursor)
  const count = readNumber(cursor)
  if (!(count <= length)) return undefined
  const parents: number[] = []
  for (let index = 0; index < count; index++) parents.push(seq - readNumber(cursor))
  const atomId = readText(cursor, end)
  const operation = readText(cursor, end)
  const agent = readText(cursor, end)
  if (atomId === undefined || operation === undefined || agent === undefined || cursor.at !== end) return undefined
  if (Number.isNaN(order + behind + generation + run) || parents.some((parent) => Number.isNaN(parent))) return undefined
  const isVacant = length === 40 && cursor.block.subarray(digestAt, end).every((byte) => byte === 0)
  return { seq, digestAt, orderMs: order + TIME_MIN_MS, timeMs: order + TIME_MIN_MS - behind, generation, run, parents, atomId, operation, agent, isVacant }
}

/** Reads a varint in its shortest form; NaN where it is none. */
function readNumber(cursor: Cursor): number {
  let value = 0
  for (let factor = 1; factor <= 2 ** 49; factor *= 0x80) {
    const byte = cursor.block[cursor.at++]
    if (byte === undefined) return Number.NaN
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return byte === 0 && factor > 1 ? Number.NaN : value
  }
  return Number.NaN
}

function readText(cursor: Cursor, end: number): string | undefined {
  const length = readNumber(cursor)
  const start = cursor.at
  if (!(start + length <= end)) return undefined
  cursor.at = start + length
  let text = ''
  for (let index = start; index < cursor.at; index++) {
    const byte = cursor.block[index] as number
    if (byte > 127) return getText(cursor.block.subarray(start, cursor.at))
    text += String.fromCharCode(byte)
  }
  return text
}
