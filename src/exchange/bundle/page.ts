/**
 * A bundle inside a web page: the CAR as lines of base64 between two lines of HTML, so that a page shows and verifies itself where there is no network.
 *
 * Guarantees: the bytes come back as they went in; every character between the two lines counts: what is not the only form of some bytes is refused. docs/spec/bundle.md.
 */
import { getBase64, toBase64 } from '../../base/base64.js'
import { concatBytes } from '../../base/bytes.js'
import { bundleCorrupt } from './car.js'

const BEGIN = '<script type="application/vnd.ipld.car" id="trail">'
const END = '</script>'
/** A multiple of three, so that only the last line is padded. */
const LINE_BYTES = 49_152
/** No line of a page is longer; a file that has none of ours is not read into memory to the end of its first one. */
const LINE_MAX_CHARACTERS = 16_777_216
const PAGE_START = '<!doctype html>'
/** Where the template of a page has its trail. */
const PLACE = '<!-- the trail -->'

/** Yields the page: the template, with the bundle where its place is. */
export async function* wrapInPage(template: string, car: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const [head, tail, more] = template.split(PLACE)
  if (head === undefined || tail === undefined || more !== undefined || !head.startsWith(PAGE_START)) throw new TypeError('the template has not one place for the trail')
  const text = new TextEncoder()
  yield text.encode(`${head}${BEGIN}\n`)
  for await (const bytes of inLines(car)) yield text.encode(`${toBase64(bytes)}\n`)
  yield text.encode(`${END}${tail}`)
}

async function* inLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < LINE_BYTES) continue
    const all = concatBytes(held)
    const whole = heldBytes - heldBytes % LINE_BYTES
    for (let at = 0; at < whole; at += LINE_BYTES) yield all.subarray(at, at + LINE_BYTES)
    held = [all.subarray(whole)]
    heldBytes -= whole
  }
  if (heldBytes > 0) yield concatBytes(held)
}

/** Returns the bytes of one line, or undefined where it is not the only form of some. */
export function lineBytes(line: string): Uint8Array | undefined {
  const bytes = getBase64(line)
  return bytes !== undefined && bytes.length > 0 && toBase64(bytes) === line ? bytes : undefined
}

/** Returns the chunks of a bundle, taken out of its page where the file is one. Throws `BUNDLE_CORRUPT` where a page holds none, or not all of it. */
export async function* unwrapPage(chunks: AsyncIterable<Uint8Array>, file: string): AsyncIterable<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]()
  const first = await source.next()
  if (first.done === true) return
  const rest = { [Symbol.asyncIterator]: () => source }
  if (isPage(first.value)) yield* carOf(lines(startingWith(first.value, rest), file), file)
  else yield* startingWith(first.value, rest)
}

function isPage(chunk: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(chunk.subarray(0, PAGE_START.length)).toLowerCase() === PAGE_START
}

async function* startingWith(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first
  yield* rest
}

async function* carOf(from: AsyncIterable<string>, file: string): AsyncIterable<Uint8Array> {
  let state: 'before' | 'inside' = 'before'
  let count = 0
  for await (const line of from) {
    count++
    if (state === 'before') {
      if (line === BEGIN) state = 'inside'
    } else if (line.startsWith(END)) return
    else yield lineBytes(line) ?? unread(file, count)
  }
  throw bundleCorrupt(file, { offset: 0, reason: state === 'before' ? 'it is a web page without a trail' : 'the trail in the page is cut off' })
}

function unread(file: string, line: number): never {
  throw bundleCorrupt(file, { offset: 0, reason: `line ${String(line)} of the page is not base64 as it was written` })
}

async function* lines(chunks: AsyncIterable<Uint8Array>, file: string): AsyncIterable<string> {
  const text = new TextDecoder('latin1')
  let held = ''
  for await (const chunk of chunks) {
    const parts = (held + text.decode(chunk, { stream: true })).split('\n')
    held = parts.pop() ?? ''
    if (held.length > LINE_MAX_CHARACTERS) throw bundleCorrupt(file, { offset: 0, reason: 'a line of the page is too long' })
    yield* parts
  }
  if (held !== '') yield held
}
