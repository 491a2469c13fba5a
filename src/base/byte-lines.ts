/** Bytes → numbered lines as they stand, in bounded memory: of a line that is too long only its length is known. */
import { concatBytes } from './bytes.js'

export interface ByteLine {
  /** From 1. */
  readonly number: number
  /** Without its line feed; undefined where it is too long. */
  readonly bytes: Uint8Array | undefined
  readonly sizeBytes: number
}

const LINE_FEED = 10

/** Yields every line, empty ones too; what follows the last line feed is a line unless it is empty. */
export async function* byteLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<ByteLine> {
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let number = 0
  const take = (): ByteLine => {
    const line = { number: ++number, bytes: sizeBytes > maxBytes ? undefined : concatBytes(parts), sizeBytes }
    parts = []
    sizeBytes = 0
    return line
  }
  const keep = (part: Uint8Array): void => {
    sizeBytes += part.length
    if (sizeBytes > maxBytes) parts = []
    else parts.push(part.slice())
  }
  for await (const chunk of chunks) {
    let offset = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, offset)) {
      keep(chunk.subarray(offset, end))
      offset = end + 1
      yield take()
    }
    if (offset < chunk.length) keep(chunk.subarray(offset))
  }
  if (sizeBytes > 0) yield take()
}
