/** git's wire format: lines with their length before them, as 4 hex digits. `0000` ends a list. */
import { concatBytes, getText, utf8 } from '../base/bytes.js'

/** A line, or the end of a list. */
export type Packet = Uint8Array | 'flush'

const LINE_MAX_BYTES = 65_520

export function encodePacket(line: string): Uint8Array {
  const bytes = utf8(line)
  return concatBytes([utf8((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}

export const FLUSH: Uint8Array = utf8('0000')

/** Yields the lines of a stream; throws `TypeError` for what is none. Memory: one line. */
export async function* packets(stream: AsyncIterable<Uint8Array>): AsyncIterable<Packet> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : concatBytes([rest, chunk])
    for (;;) {
      const length = rest.length < 4 ? undefined : lengthOf(rest)
      if (length === undefined || rest.length < length) break
      if (length === 0) yield 'flush'
      else yield rest.subarray(4, length)
      rest = rest.subarray(Math.max(4, length))
    }
  }
  if (rest.length > 0) throw new TypeError('the answer ends in the middle of a line')
}

function lengthOf(bytes: Uint8Array): number {
  const text = getText(bytes.subarray(0, 4)) ?? ''
  const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN
  if (length !== 0 && !(length >= 4 && length <= LINE_MAX_BYTES)) throw new TypeError('the answer is not in git\'s wire format')
  return length
}

/** Returns the text of a line without its line feed. */
export function packetText(packet: Uint8Array): string {
  return (getText(packet) ?? '\ufffd').replace(/\n$/, '')
}
