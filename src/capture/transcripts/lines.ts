/** A file → its lines, bytes and all. A line that is too long to be held comes in parts and is not read; its bytes are kept. */
import { byteLines } from '../../base/byte-lines.js'
import { concatBytes, getText } from '../../base/bytes.js'
import type { TranscriptLine } from '../../ops/transfer/transcripts/transcript-source.js'
import { getFields } from './fields.js'
import { unknown, type LineReader } from './format.js'

/** Of a line that is read. */
export const LINE_MAX_BYTES = 33_554_432

/** Yields the lines of a file; `readLine` says what each means. */
export async function* transcriptLines(chunks: AsyncIterable<Uint8Array>, readLine: LineReader): AsyncIterable<TranscriptLine> {
  for await (const line of byteLines(chunks, LINE_MAX_BYTES)) {
    const { number, standing, isEnded } = line
    const bytes = isEnded ? concatBytes([line.bytes, LINE_END]) : line.bytes
    if (standing === 'open') yield { number, bytes, isOpen: true, events: [], standing: 'broken' }
    else if (standing === 'end' && isEnded) yield { number, bytes, events: [], standing: 'broken', problem: TOO_LONG }
    else yield standing === 'end' ? torn(number) : lastOr(readBytes(readLine, bytes, number), isEnded ? 'ended' : 'not ended')
  }
}

/** What cannot be read and has no end is still being written, or was cut off. */
function lastOr(line: TranscriptLine, end: 'ended' | 'not ended'): TranscriptLine {
  return end === 'not ended' && line.standing === 'broken' ? torn(line.number) : line
}

function torn(number: number): TranscriptLine {
  return { number, events: [], standing: 'torn' }
}

const LINE_END = Uint8Array.of(10)
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
