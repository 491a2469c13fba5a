/**
 * A node: what the index keeps of each ATOM so that walks, filters and merge bases read no object. Sixteen of them lie in one record,
 * in order of arrival, so a walk over a long history reads one record for sixteen ATOMs.
 *
 * Everything here can be derived from the objects; `verify` derives it again and compares.
 */
import { digestBytes, digestFromBytes, objectId, type Digest, type ObjectId } from '../codec/object-id.js'
import { toDisplayText, utf8 } from '../base/bytes.js'
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
  readonly #bytes: Uint8Array
  readonly #texts: number
  #words: readonly string[] | undefined

  constructor(bytes: Uint8Array, seq: number) {
    this.#bytes = bytes
    const read = createReader(bytes, 32)
    this.orderMs = read.varint() + TIME_MIN_MS
    this.timeMs = this.orderMs - read.varint()
    this.generation = read.varint()
    this.run = read.varint()
    const count = read.varint()
    const parents: number[] = []
    // Each takes a byte at least: damaged bytes cannot claim more than there are.
    for (let index = 0; index < count && read.offset() < bytes.length; index++) parents.push(seq - read.varint())
    this.parents = parents
    this.#texts = read.offset()
  }

  get digestBytes(): Uint8Array {
    return this.#bytes.subarray(0, 32)
  }

  get digest(): Digest {
    return digestFromBytes(this.digestBytes)
  }

  get id(): ObjectId {
    return objectId(this.digest, 'dag-cbor')
  }

  get atomId(): string {
    return this.words()[0] ?? ''
  }

  get operation(): string {
    return this.words()[1] ?? ''
  }

  get agent(): string {
    return this.words()[2] ?? ''
  }

  private words(): readonly string[] {
    this.#words ??= readWords(this.#bytes, this.#texts)
    return this.#words
  }
}

function readWords(bytes: Uint8Array, from: number): readonly string[] {
  const read = createReader(bytes, from)
  return [read.text(), read.text(), read.text()]
}

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
  for (let offset = 0; offset < block.length;) {
    const read = createReader(block, offset)
    const length = read.varint()
    const start = read.offset()
    if (length < 40 || start + length > block.length || nodes.length === NODES_PER_BLOCK) return undefined
    const seq = firstSeq + nodes.length
    const node = new IndexNode(block.subarray(start, start + length), seq)
    if (node.parents.some((parent) => parent < 0 || parent >= seq)) return undefined
    nodes.push(node)
    offset = start + length
  }
  return nodes
}

interface Reader { varint(): number; text(): string; offset(): number }

function createReader(bytes: Uint8Array, from: number): Reader {
  let at = from
  const varint = (): number => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = bytes[at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80 || factor > 2 ** 49) return value
      factor *= 0x80
    }
  }
  return {
    varint,
    text: () => {
      const length = varint()
      const start = at
      at = Math.min(at + length, bytes.length)
      return asciiText(bytes, start, at) ?? toDisplayText(bytes.subarray(start, at))
    },
    offset: () => at,
  }
}

function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0
    if (byte > 127) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}
