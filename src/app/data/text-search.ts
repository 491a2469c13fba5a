/** Looks for erased texts in files of any size: as they are, and as any writer of JSON may have escaped them. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const PART_BYTES = 4 * 1_048_576
/** What is larger is no JSON of ours: only its bytes are looked at. */
const JSON_MAX_BYTES = 64 * 1_048_576

/** Returns a function that tells whether a file holds one of the texts. Reads a part at a time. */
export function textSearch(texts: readonly Uint8Array[]): (path: string, sizeBytes: number) => boolean {
  const plain = texts.map((text) => Buffer.from(text))
  const words = plain.map((text) => text.toString('utf8'))
  const needles = [...plain, ...words.map((word) => Buffer.from(JSON.stringify(word).slice(1, -1)))]
  return (path, sizeBytes) => holdsBytes(path, needles) || (sizeBytes <= JSON_MAX_BYTES && valuesOf(readFileSync(path, 'utf8')).some((value) => holdsText(value, words)))
}

function holdsBytes(path: string, needles: readonly Buffer[]): boolean {
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1))
  const part = Buffer.alloc(PART_BYTES + overlap)
  const descriptor = openSync(path, 'r')
  try {
    for (let kept = 0; ;) {
      const read = readSync(descriptor, part, kept, PART_BYTES, null)
      if (read === 0) return false
      const seen = part.subarray(0, kept + read)
      if (needles.some((needle) => seen.includes(needle))) return true
      kept = Math.min(overlap, seen.length)
      seen.copy(part, 0, seen.length - kept)
    }
  } finally {
    closeSync(descriptor)
  }
}

/** Returns what a text is as JSON: whole, or a value a line. */
function valuesOf(text: string): readonly unknown[] {
  const whole = parsed(text)
  return whole.length > 0 ? whole : text.split('\n').flatMap(parsed)
}

function parsed(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    // What is no JSON has no escapes.
    return []
  }
}

function holdsText(value: unknown, words: readonly string[]): boolean {
  const stack = [value]
  while (stack.length > 0) {
    const next = stack.pop()
    if (typeof next === 'string') {
      if (words.some((word) => next.includes(word))) return true
    } else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) stack.push(key, inner)
    }
  }
  return false
}
