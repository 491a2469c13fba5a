/** Bytes → numbered lines. One that is too long, or no UTF-8, is told by its number. */
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
  /** As it stands, without its line feed; of a line that is too long a part. */
  readonly raw: Uint8Array
  /** More of the same line follows. */
  readonly isOpen: boolean
}

/** Yields the lines that are not blank. */
export async function* numberedLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<NumberedLine> {
  for await (const { number, bytes, standing } of byteLines(chunks, LINE_MAX_BYTES)) {
    const line = standing === 'whole' ? toLine(bytes) : { text: undefined, problem: `it is longer than ${String(LINE_MAX_BYTES)} bytes` }
    if (line !== undefined) yield { ...line, number, raw: bytes, isOpen: standing === 'open' }
  }
}

function toLine(bytes: Uint8Array): Pick<NumberedLine, 'text' | 'problem'> | undefined {
  const text = getText(bytes)
  if (text === undefined) return { text, problem: 'it is not UTF-8' }
  const trimmed = text.replace(/^\ufeff/, '').trim()
  return trimmed === '' ? undefined : { text: trimmed }
}
