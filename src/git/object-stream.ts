/** Objects as git gives them one after the other, in an order that it found itself: nothing is asked for, so nothing is waited for. */
import { CHUNK_BYTES } from '../base/limits.js'
import type { GitType, Oid } from './git-object.js'

/** What `git cat-file --batch` has to be told: the rest of a line of `git rev-list --objects` is the path. */
export const STREAM_FORMAT = '%(objectname) %(objecttype) %(objectsize) %(rest)'

/** An object, or a part of one. */
export interface StreamedObject {
  readonly oid: Oid
  readonly type: GitType
  /** Where it was met first, below the tree of a commit; bytes as characters. Empty for commits and their trees. */
  readonly path: string
  readonly sizeBytes: number
  /** All of it. Of more than `WHOLE_MAX_BYTES` a part: those of one object come one after the other, with nothing between. Valid until the next bytes are read. */
  readonly bytes: Uint8Array
}

export const WHOLE_MAX_BYTES: number = CHUNK_BYTES

/** Takes the output of `git cat-file` as it comes; returns what it completes. */
export interface ObjectStream {
  read(bytes: Uint8Array): readonly StreamedObject[]
  /** Throws where the output ended in the middle of an object. */
  end(): void
}

type Head = Omit<StreamedObject, 'bytes'>

const TYPES: Readonly<Record<string, GitType>> = { c: 'commit', b: 'blob' }
const OID_DIGITS = 40
const LINE_FEED = 10

export function createObjectStream(): ObjectStream {
  let rest: Buffer = Buffer.alloc(0)
  /** What is read part by part. */
  let large: { readonly head: Head; left: number } | undefined
  const readLarge = (data: Buffer, offset: number, found: StreamedObject[]): number => {
    if (large === undefined) return offset
    const part = data.subarray(offset, offset + large.left)
    if (part.length > 0) found.push({ ...large.head, bytes: part })
    large.left -= part.length
    if (large.left > 0 || offset + part.length >= data.length) return offset + part.length
    large = undefined
    return offset + part.length + 1
  }
  return {
    read(bytes) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const found: StreamedObject[] = []
      let offset = readLarge(data, 0, found)
      while (large === undefined) {
        const end = data.indexOf(LINE_FEED, offset)
        if (end === -1) break
        const line = data.toString('latin1', offset, end)
        if (line.endsWith(' missing')) {
          offset = end + 1
          continue
        }
        const head = parseHead(line)
        if (head.sizeBytes > WHOLE_MAX_BYTES) {
          large = { head, left: head.sizeBytes }
          offset = readLarge(data, end + 1, found)
          continue
        }
        if (end + 1 + head.sizeBytes >= data.length) break
        found.push({ ...head, bytes: data.subarray(end + 1, end + 1 + head.sizeBytes) })
        offset = end + head.sizeBytes + 2
      }
      rest = data.subarray(offset)
      return found
    },
    end() {
      if (rest.length > 0 || large !== undefined) throw new Error('git ended in the middle of an object')
    },
  }
}

function parseHead(line: string): Head {
  const space = line.indexOf(' ', OID_DIGITS + 1)
  const end = line.indexOf(' ', space + 1)
  const sizeBytes = Number(line.slice(space + 1, end))
  const first = line[OID_DIGITS + 1] ?? ''
  if (space === -1 || end === -1 || !Number.isSafeInteger(sizeBytes)) throw new Error(`git said ${line.slice(0, 80)}`)
  return { oid: line.slice(0, OID_DIGITS), type: TYPES[first] ?? (line[OID_DIGITS + 2] === 'r' ? 'tree' : 'tag'), path: line.slice(end + 1), sizeBytes }
}
