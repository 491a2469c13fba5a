/** Bytes → numbered lines as they stand, in bounded memory: a line that is too long comes in parts. */
import { concatBytes } from './bytes.js'

export interface ByteLine {
  /** From 1. */
  readonly number: number
  /** Without its line feed; of a line that is too long a part of it. */
  readonly bytes: Uint8Array
  /** Of the line up to here. */
  readonly sizeBytes: number
  /** `open`: more of the same line follows. `end`: the last part of one that was open. */
  readonly standing: 'whole' | 'open' | 'end'
  /** Whether a line feed ends it. */
  readonly isEnded: boolean
}

const LINE_FEED = 10

/** Yields every line, empty ones too; what follows the last line feed is a line unless it is empty. A part has a little more than `maxBytes` at most. */
export async function* byteLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<ByteLine> {
  let parts: Uint8Array[] = []
  let partBytes = 0
  let sizeBytes = 0
  let number = 1
  const keep = (part: Uint8Array): void => {
    partBytes += part.length
    sizeBytes += part.length
    parts.push(part.slice())
  }
  const cut = (end: 'line feed' | 'part' | 'none'): ByteLine => {
    const isLong = sizeBytes > maxBytes
    const line: ByteLine = { number, bytes: concatBytes(parts), sizeBytes, standing: !isLong ? 'whole' : end === 'part' ? 'open' : 'end', isEnded: end === 'line feed' }
    parts = []
    partBytes = 0
    if (end === 'part') return line
    number++
    sizeBytes = 0
    return line
  }
  for await (const chunk of chunks) {
    let offset = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, offset)) {
      keep(chunk.subarray(offset, end))
      offset = end + 1
      yield cut('line feed')
    }
    if (offset < chunk.length) keep(chunk.subarray(offset))
    if (partBytes > maxBytes) yield cut('part')
  }
  if (sizeBytes > 0) yield cut('none')
}
