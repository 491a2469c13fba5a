/** CARv1 as a stream: a header with roots, then blocks. docs/spec/bundle.md. Hashes nothing: who reads a block checks it. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import { encode } from '../../codec/cbor.js'
import { decode } from '../../codec/cbor-decode.js'
import { Cid } from '../../codec/cid.js'
import { cidFromId, idFromCid, linkBytes, objectId, digestFromBytes, type ObjectId } from '../../codec/object-id.js'
import { readVarint, varint } from '../../codec/varint.js'
import type { RemoteObject } from '../remote.js'

/** Version, codec, hash, length, digest: what every block begins with. */
const CID_BYTES = 36
const SECTION_MAX_BYTES = OBJECT_MAX_BYTES + CID_BYTES
const HEADER_MAX_BYTES = 4_096
const VARINT_MAX_BYTES = 8

export function carHeader(roots: readonly ObjectId[]): Uint8Array {
  const header = encode({ roots: roots.map(cidFromId), version: 1 })
  return concatBytes([varint(header.length), header])
}

export function carBlock({ id, bytes }: RemoteObject): Uint8Array {
  // A link in CBOR is a zero byte and the CID.
  return concatBytes([varint(CID_BYTES + bytes.length), linkBytes(id).subarray(1), bytes])
}

export interface CarReader {
  readonly roots: readonly ObjectId[]
  /** Read once. */
  readonly blocks: AsyncIterable<RemoteObject>
}

/** Reads the header, and the blocks as they are asked for. Throws `BUNDLE_CORRUPT` with where it is: cut off, another version, other codecs or hashes, too large. `file` is for errors. */
export async function readCar(chunks: AsyncIterable<Uint8Array>, file: string): Promise<CarReader> {
  const source = new Source(chunks, file)
  const header = await source.section(HEADER_MAX_BYTES)
  if (header === undefined) throw source.corrupt('it is empty')
  const roots = readRoots(header, source)
  return { roots, blocks: readBlocks(source) }
}

function readRoots(header: Uint8Array, source: Source): readonly ObjectId[] {
  const fields = decodeHeader(header, source)
  if (fields['version'] !== 1) throw source.corrupt(`it is a CAR of version ${String(fields['version']).slice(0, 20)}, and only version 1 is read`)
  const roots = fields['roots']
  if (!Array.isArray(roots)) throw source.corrupt('its header has no roots')
  return roots.map((root: unknown) => {
    const id = root instanceof Cid ? idFromCid(root) : undefined
    if (id === undefined) throw source.corrupt('a root is not a SHA-256 CID of version 1')
    return id
  })
}

function decodeHeader(header: Uint8Array, source: Source): { readonly [key: string]: unknown } {
  try {
    const value = decode(header)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as { readonly [key: string]: unknown }
  } catch (error) {
    if (!isAtomError(error)) throw error
    throw source.corrupt(`its header cannot be read: ${error.message}`)
  }
  throw source.corrupt('its header is no map')
}

async function* readBlocks(source: Source): AsyncIterable<RemoteObject> {
  for (let section = await source.section(SECTION_MAX_BYTES); section !== undefined; section = await source.section(SECTION_MAX_BYTES)) {
    const id = blockId(section)
    if (id === undefined) throw source.corrupt('a block is not called by a CID of version 1 with raw or dag-cbor and SHA-256, which is all that a trail is made of')
    yield { id, bytes: section.slice(CID_BYTES) }
  }
}

function blockId(section: Uint8Array): ObjectId | undefined {
  const [version, codec, hash, length] = section
  if (section.length < CID_BYTES || version !== 1 || (codec !== 0x71 && codec !== 0x55) || hash !== 0x12 || length !== 32) return undefined
  return objectId(digestFromBytes(section.subarray(4, CID_BYTES)), codec === 0x55 ? 'raw' : 'dag-cbor')
}

/** Bytes as they come, taken in sections with their length before them. Holds one section and one chunk. */
class Source {
  readonly #file: string
  readonly #chunks: AsyncIterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)
  #offset = 0

  constructor(chunks: AsyncIterable<Uint8Array>, file: string) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#file = file
  }

  /** Returns the next section, or undefined at the end. */
  async section(maxBytes: number): Promise<Uint8Array | undefined> {
    const length = await this.#length()
    if (length === undefined) return undefined
    if (length === 0) throw this.corrupt('a section is empty')
    if (length > maxBytes) throw this.corrupt(`a section claims ${String(length)} bytes`)
    if (!await this.#fill(length)) throw this.corrupt('it is cut off')
    return this.#take(length)
  }

  async #length(): Promise<number | undefined> {
    for (let wanted = 1; wanted <= VARINT_MAX_BYTES; wanted++) {
      if (!await this.#fill(wanted)) {
        if (this.#held.length === 0) return undefined
        throw this.corrupt('it is cut off')
      }
      if ((this.#held[wanted - 1] as number) >= 0x80) continue
      const read = readVarint(this.#held, 0)
      if (read === undefined) break
      this.#take(read.end)
      return read.value
    }
    throw this.corrupt('the length of a section is no number')
  }

  async #fill(bytes: number): Promise<boolean> {
    const parts = [this.#held]
    let length = this.#held.length
    while (length < bytes) {
      const next = await this.#chunks.next()
      if (next.done === true) break
      parts.push(next.value)
      length += next.value.length
    }
    if (parts.length > 1) this.#held = concatBytes(parts)
    return length >= bytes
  }

  #take(bytes: number): Uint8Array {
    const taken = this.#held.subarray(0, bytes)
    this.#held = this.#held.subarray(bytes)
    this.#offset += bytes
    return taken
  }

  corrupt(reason: string): AtomError<'BUNDLE_CORRUPT'> {
    return bundleCorrupt(this.#file, { offset: this.#offset, reason })
  }
}

export function bundleCorrupt(file: string, { offset, reason }: { readonly offset: number; readonly reason: string }): AtomError<'BUNDLE_CORRUPT'> {
  return new AtomError('BUNDLE_CORRUPT', `${file} is no whole bundle: at byte ${String(offset)}, ${reason}`, { data: { file, offset, reason }, hint: 'have it made, or copied, again' })
}
