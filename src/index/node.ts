/**
 * A node: what the index keeps of each ATOM so that walks, filters and merge bases read no object. Sixteen of them lie in one record,
 * in order of arrival, so a walk over a long history reads one record for sixteen ATOMs.
 *
 * Everything here can be derived from the objects; `verify` derives it again and compares.
 */
import { digestBytes, objectId, type Digest, type ObjectId } from '../codec/object-id.js'
import { toDisplayText, toHex, utf8 } from '../base/bytes.js'
import { TIME_MIN_MS } from '../base/limits.js'

export const NODES_PER_BLOCK = 16

export interface NodeFields {
  readonly digest: Digest
  /** Sequence numbers, first parent first. */
  readonly parents: readonly number[]
  /** 1 + the greatest of the parents'. */
  readonly generation: number
  /** max(own time, 1 + the parents' corrected times) */
  readonly orderMs: number
  readonly timeMs: number
  /** How many ATOMs before this one arrived one after the other as a line: each the only parent of the next. */
  readonly run: number
  readonly atomId: string
  readonly operation: string
  readonly agent: string
}

/** A decoded node; its texts are decoded when asked for. */
export class IndexNode {
  readonly parents: readonly number[]
  readonly generation: number
  readonly orderMs: number
  readonly timeMs: number
  readonly run: number
  readonly #block: Uint8Array
  readonly #start: number
  readonly #end: number
  readonly #texts: number
  #atomId: string | undefined
  #others: readonly [operation: string, agent: string] | undefined

  /** `cursor`: at the digest; it is left somewhere within the node, which ends at `end`. */
  constructor(cursor: Cursor, end: number, seq: number) {
    this.#block = cursor.bytes
    this.#start = cursor.at
    this.#end = end
    cursor.at += DIGEST_BYTES
    this.orderMs = cursor.varint() + TIME_MIN_MS
    this.timeMs = this.orderMs - cursor.varint()
    this.generation = cursor.varint()
    this.run = cursor.varint()
    const count = cursor.varint()
    const parents: number[] = []
    // Each takes a byte at least: damaged bytes cannot claim more than there are.
    for (let index = 0; index < count && cursor.at < end; index++) parents.push(seq - cursor.varint())
    this.parents = parents
    this.#texts = cursor.at
  }

  get digestBytes(): Uint8Array {
    return this.#block.subarray(this.#start, this.#start + DIGEST_BYTES)
  }

  get digest(): Digest {
    return toHex(this.#block, this.#start, this.#start + DIGEST_BYTES) as Digest
  }

  /** Returns the first hex digits of the digest. */
  shortDigest(digits: number): string {
    const text = toHex(this.#block, this.#start, this.#start + Math.min(DIGEST_BYTES, (digits + 1) >> 1))
    return text.length === digits ? text : text.slice(0, digits)
  }

  get id(): ObjectId {
    return objectId(this.digest, 'dag-cbor')
  }

  get atomId(): string {
    this.#atomId ??= new Cursor(this.#block, this.#texts).text(this.#end)
    return this.#atomId
  }

  get operation(): string {
    return this.#words()[0]
  }

  get agent(): string {
    return this.#words()[1]
  }

  #words(): readonly [operation: string, agent: string] {
    if (this.#others === undefined) {
      const cursor = new Cursor(this.#block, this.#texts)
      cursor.skipText(this.#end)
      this.#others = [cursor.text(this.#end), cursor.text(this.#end)]
    }
    return this.#others
  }
}

const DIGEST_BYTES = 32

/** Returns a node's bytes with their length before them, as a block holds them. */
export function encodeNode(node: NodeFields, seq: number): Uint8Array {
  const texts = [node.atomId, node.operation, node.agent].map(utf8)
  const numbers = [node.orderMs - TIME_MIN_MS, node.orderMs - node.timeMs, node.generation, node.run, node.parents.length, ...node.parents.map((parent) => seq - parent)]
  let lengthBytes = 32
  for (const number of numbers) lengthBytes += varintBytes(number)
  for (const text of texts) lengthBytes += varintBytes(text.length) + text.length
  const bytes = new Uint8Array(varintBytes(lengthBytes) + lengthBytes)
  let at = writeVarint(bytes, 0, lengthBytes)
  bytes.set(digestBytes(node.digest), at)
  at += 32
  for (const number of numbers) at = writeVarint(bytes, at, number)
  for (const text of texts) {
    at = writeVarint(bytes, at, text.length)
    bytes.set(text, at)
    at += text.length
  }
  return bytes
}

function varintBytes(value: number): number {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

function writeVarint(bytes: Uint8Array, offset: number, value: number): number {
  let at = offset
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) | 0x80
  bytes[at++] = rest
  return at
}

/** Returns the nodes of a block, whose first has the given sequence number; undefined when the bytes are not a block. */
export function getBlockNodes(block: Uint8Array, firstSeq: number): readonly IndexNode[] | undefined {
  const nodes: IndexNode[] = []
  const cursor = new Cursor(block, 0)
  while (cursor.at < block.length) {
    const length = cursor.varint()
    const end = cursor.at + length
    if (length < 40 || end > block.length || nodes.length === NODES_PER_BLOCK) return undefined
    const seq = firstSeq + nodes.length
    const node = new IndexNode(cursor, end, seq)
    for (const parent of node.parents) if (parent < 0 || parent >= seq) return undefined
    nodes.push(node)
    cursor.at = end
  }
  return nodes
}

/** A place in the bytes of a block. */
class Cursor {
  readonly bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes
    this.at = at
  }

  varint(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.bytes[this.at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80 || factor > 2 ** 49) return value
      factor *= 0x80
    }
  }

  /** Reads a text with its length before it, which goes no further than `end`. */
  text(end: number): string {
    const start = this.skipText(end)
    return toDisplayText(this.bytes, start, this.at)
  }

  /** Passes over a text and returns where it begins. */
  skipText(end: number): number {
    const length = this.varint()
    const start = Math.min(this.at, end)
    this.at = Math.min(start + length, end)
    return start
  }
}
