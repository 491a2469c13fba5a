/** The lines of KENL's files: as they stand, and as they are read. */
import { byteLines, type ByteLine } from '../../base/byte-lines.js'

/** Longer than any line that one of KENL's programs can have written in one go. */
export const LINE_MAX_BYTES = 1_048_576

export interface RawLine extends ByteLine {
  /** Without a byte order mark at the start of the file and a return at its end. */
  readonly plain: Uint8Array
}

/** Yields every line, empty ones too; one that is too long in parts. */
export async function* rawLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<RawLine> {
  for await (const line of byteLines(chunks, LINE_MAX_BYTES)) yield { ...line, plain: plain(line.bytes, line.number === 1) }
}

function plain(bytes: Uint8Array, isFirst: boolean): Uint8Array {
  const start = isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  return bytes.subarray(start, bytes.at(-1) === 13 ? -1 : undefined)
}
