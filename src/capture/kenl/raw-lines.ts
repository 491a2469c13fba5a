/** Bytes → numbered lines as they stand, in bounded memory: of a line that is too long only its length is known. */
import { concatBytes } from '../../base/bytes.js'

/** Longer than any line that one of KENL's programs can have written in one go. */
export const LINE_MAX_BYTES = 1_048_576

export interface RawLine {
  /** From 1. */
  readonly number: number
  /** Without its end; undefined where it is too long. */
  readonly bytes: Uint8Array | undefined
  readonly sizeBytes: number
}

/** Yields every line, empty ones too. A byte order mark at the start and a return at the end are no part of it. */
export async function* rawLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let number = 0
  const take = (): RawLine => {
    const bytes = sizeBytes > LINE_MAX_BYTES ? undefined : plain(concatBytes(parts), number === 0)
    const line = { number: ++number, bytes, sizeBytes }
    parts = []
    sizeBytes = 0
    return line
  }
  const keep = (part: Uint8Array): void => {
    sizeBytes += part.length
    if (sizeBytes > LINE_MAX_BYTES) parts = []
    else parts.push(part.slice())
  }
  for await (const chunk of chunks) {
    let offset = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, offset)) {
      keep(chunk.subarray(offset, end))
      offset = end + 1
      yield take()
    }
    if (offset < chunk.length) keep(chunk.subarray(offset))
  }
  if (sizeBytes > 0) yield take()
}

function plain(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const start = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return bytes.subarray(start, bytes.at(-1) === 13 ? -1 : undefined)
}
