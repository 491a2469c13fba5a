import { describe, expect, it } from 'vitest'
import { createObjectStream, WHOLE_MAX_BYTES, type StreamedObject } from '../../src/git/object-stream.js'

const A = 'a'.repeat(40)
const B = 'b'.repeat(40)
const shown = ({ oid, type, path, bytes }: StreamedObject): readonly string[] => [oid, type, path, Buffer.from(bytes).toString('latin1')]

describe('objects as git gives them', () => {
  const said = Buffer.from(`${A} commit 3 \none\n${B} tree 0 \n\n${'c'.repeat(40)} missing\n${A} blob 2 a b/c\n\n\n\n${B} tag 1 \nx\n`)
  const expected = [[A, 'commit', '', 'one'], [B, 'tree', '', ''], [A, 'blob', 'a b/c', '\n\n'], [B, 'tag', '', 'x']]

  it('are whole, however the answers are cut; what is missing is left out', () => {
    for (const size of [1, 2, 7, 64, said.length]) {
      const stream = createObjectStream()
      const found: StreamedObject[] = []
      for (let at = 0; at < said.length; at += size) found.push(...stream.read(new Uint8Array(said.subarray(at, at + size))))
      stream.end()
      expect(found.map(shown)).toEqual(expected)
    }
  })

  it.each([1_000, 65_536, 3_000_000])('come in parts where they are large, cut at %s bytes', (size) => {
    const large = Buffer.alloc(WHOLE_MAX_BYTES + 1, 7)
    const all = Buffer.concat([Buffer.from(`${A} blob ${String(large.length)} big\n`), large, Buffer.from(`\n${B} blob ${String(WHOLE_MAX_BYTES)} full\n`), large.subarray(1), Buffer.from('\n')])
    const stream = createObjectStream()
    const found: StreamedObject[] = []
    for (let at = 0; at < all.length; at += size) found.push(...stream.read(all.subarray(at, at + size)))
    stream.end()
    const parts = found.filter(({ path }) => path === 'big')
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(large)).toBe(true)
    expect(parts.every(({ sizeBytes, bytes }) => sizeBytes === large.length && bytes.length > 0)).toBe(true)
    expect(found.filter(({ path }) => path === 'full').map(({ bytes }) => bytes.length)).toEqual([WHOLE_MAX_BYTES])
  })

  it('do not end in the middle, and are nothing else', () => {
    const cut = createObjectStream()
    cut.read(said.subarray(0, 50))
    expect(() => { cut.end() }).toThrow('in the middle')
    expect(() => createObjectStream().read(Buffer.from('fatal: what\n'))).toThrow('git said fatal: what')
  })
})
