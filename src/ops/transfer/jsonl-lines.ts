/** Bytes → numbered lines. A line that is too long, or no UTF-8, is told by its number and costs no memory. */
import { concatBytes, getText } from '../../base/bytes.js'

/** Longer than any line that `export jsonl` writes. */
export const LINE_MAX_BYTES = 16_777_216

export interface NumberedLine {
  /** From 1. */
  readonly number: number
  /** Without its end; undefined where `problem` says why. */
  readonly text: string | undefined
  readonly problem?: string
}

/** Yields the lines that are not blank. */
export async function* numberedLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<NumberedLine> {
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let number = 0
  const take = (): NumberedLine | undefined => {
    number++
    const isTooLong = sizeBytes > LINE_MAX_BYTES
    const bytes = isTooLong ? undefined : concatBytes(parts)
    parts = []
    sizeBytes = 0
    return bytes === undefined ? { number, text: undefined, problem: `it is longer than ${String(LINE_MAX_BYTES)} bytes` } : toLine(number, bytes)
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
      const line = take()
      if (line !== undefined) yield line
    }
    if (offset < chunk.length) keep(chunk.subarray(offset))
  }
  if (sizeBytes > 0) {
    const line = take()
    if (line !== undefined) yield line
  }
}

function toLine(number: number, bytes: Uint8Array): NumberedLine | undefined {
  const text = getText(bytes)
  if (text === undefined) return { number, text, problem: 'it is not UTF-8' }
  const trimmed = text.replace(/^\ufeff/, '').trim()
  return trimmed === '' ? undefined : { number, text: trimmed }
}
