/** A file → its lines, bytes and all. A line that is too long to be held comes in parts and is not read; its bytes are kept. */
import { concatBytes, getText } from '../../base/bytes.js'
import type { TranscriptLine } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields } from './fields.js'
import { unknown, type LineReader } from './format.js'

/** Of a line that is read. */
export const LINE_MAX_BYTES = 33_554_432

/** Yields the lines of a file; `readLine` says what each means. */
export async function* transcriptLines(chunks: AsyncIterable<Uint8Array>, readLine: LineReader): AsyncIterable<TranscriptLine> {
  let parts: Uint8Array[] = []
  let sizeBytes = 0
  let number = 1
  let isLong = false
  for await (const chunk of chunks) {
    let offset = 0
    while (offset < chunk.length) {
      const end = chunk.indexOf(NEWLINE, offset)
      const part = chunk.slice(offset, end === -1 ? chunk.length : end + 1)
      parts.push(part)
      sizeBytes += part.length
      offset += part.length
      if (end !== -1) {
        const bytes = concatBytes(parts)
        yield isLong || sizeBytes > LINE_MAX_BYTES ? { number, bytes, events: [], standing: 'broken', problem: TOO_LONG } : readBytes(readLine, bytes, number)
        number++
        parts = []
        sizeBytes = 0
        isLong = false
      } else if (sizeBytes > LINE_MAX_BYTES) {
        yield { number, bytes: concatBytes(parts), isOpen: true, events: [], standing: 'broken' }
        parts = []
        sizeBytes = 0
        isLong = true
      }
    }
  }
  if (sizeBytes === 0 && !isLong) return
  const last = isLong ? undefined : readBytes(readLine, concatBytes(parts), number)
  // What cannot be read and has no end is still being written, or was cut off.
  yield last === undefined || last.standing === 'broken' ? { number, events: [], standing: 'torn' } : last
}

const NEWLINE = 10
const TOO_LONG = `it is longer than ${String(LINE_MAX_BYTES)} bytes: kept, not read`

function readBytes(readLine: LineReader, bytes: Uint8Array, number: number): TranscriptLine {
  const text = getText(bytes)
  if (text === undefined) return { number, bytes, events: [], standing: 'broken', problem: 'it is not UTF-8' }
  const trimmed = text.replace(/^\ufeff/, '').trim()
  if (trimmed === '') return { number, bytes, events: [], standing: 'known', type: '' }
  const parsed = parseJson(trimmed)
  if ('problem' in parsed) return { number, bytes, events: [], standing: 'broken', problem: parsed.problem }
  return { ...readValue(readLine, parsed.value, number), bytes }
}

function parseJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'it is nested too deep' }
    if (error instanceof SyntaxError) return { problem: 'it is not JSON' }
    throw error
  }
}

/** Returns a line that is JSON already. */
export function readValue(readLine: LineReader, value: unknown, number: number): TranscriptLine {
  const fields = getFields(value)
  const { events, type, isUnknown, timeMs } = fields === undefined ? unknown('line that is no object') : readLine(fields, number)
  return { number, events, type, standing: isUnknown === true ? 'unknown' : 'known', ...(timeMs !== undefined && { timeMs }) }
}
