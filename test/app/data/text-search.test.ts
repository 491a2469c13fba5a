import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { textSearch } from '../../../src/app/data/text-search.js'
import { utf8 } from '../../../src/base/bytes.js'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-search-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function holds(text: string | Uint8Array, ...wanted: readonly string[]): boolean {
  const path = join(folder, 'file')
  writeFileSync(path, text)
  return textSearch(wanted.map(utf8))(path, statSync(path).size)
}

describe('a file', () => {
  it('holds a text as it is, and as JSON writes it', () => {
    expect(holds('it says "no" twice', '"no"')).toBe(true)
    expect(holds('{"a":"it says \\"no\\" twice"}', '"no"')).toBe(true)
    expect(holds('{"a":["\\u0069t says"]}', 'it says')).toBe(true)
    expect(holds('it says no', '"no"', 'yes')).toBe(false)
    expect(holds('', 'x')).toBe(false)
  })

  it('holds a text that lies across the parts it is read in', () => {
    const bytes = Buffer.alloc(13 * 1_048_576, 'filler ')
    for (const at of [0, 4 * 1_048_576 - 3, 8 * 1_048_576 - 5, bytes.length - 6]) {
      const copy = Buffer.from(bytes)
      copy.write('secret', at)
      expect(holds(copy, 'secret', 'something longer than that')).toBe(true)
    }
    expect(holds(bytes, 'secret')).toBe(false)
  })
})
