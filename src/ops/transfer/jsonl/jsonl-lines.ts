/** Bytes → numbered lines. A line that is too long, or no UTF-8, is told by its number and costs no memory. */
import { byteLines } from '../../../base/byte-lines.js'
import { getText } from '../../../base/bytes.js'

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
  for await (const { number, bytes } of byteLines(chunks, LINE_MAX_BYTES)) {
    const line = bytes === undefined ? { number, text: undefined, problem: `it is longer than ${String(LINE_MAX_BYTES)} bytes` } : toLine(number, bytes)
    if (line !== undefined) yield line
  }
}

function toLine(number: number, bytes: Uint8Array): NumberedLine | undefined {
  const text = getText(bytes)
  if (text === undefined) return { number, text, problem: 'it is not UTF-8' }
  const trimmed = text.replace(/^\ufeff/, '').trim()
  return trimmed === '' ? undefined : { number, text: trimmed }
}
