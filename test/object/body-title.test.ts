import { describe, expect, it } from 'vitest'
import { encodeBody } from '../../src/object/body.js'
import { getTitleBytes } from '../../src/object/body-title.js'
import { sealBody } from '../../src/store/body.js'
import { aBodyOf } from '../helpers/objects.js'

const titleIn = (bytes: Uint8Array): string | undefined => {
  const title = getTitleBytes(bytes)
  return title && new TextDecoder().decode(title)
}
const SALT = Uint8Array.from({ length: 16 }, (_, index) => index)

describe('the title in the bytes of a body', () => {
  it.each(['', 'x', 'x'.repeat(23), 'x'.repeat(24), 'x'.repeat(255), 'x'.repeat(256), 'ä\u{1f600}\0'.repeat(5_000)])('is found whatever its length', (title) => {
    expect(titleIn(encodeBody(aBodyOf({ title })))).toBe(title)
    expect(titleIn(encodeBody(aBodyOf({ title, salt: SALT, reason: 'why', metadata: { title: 'another' }, evidence: [{ name: 'title', phase: 'other', value: 1 }] })))).toBe(title)
  })

  it('is left to the decoder where values were moved out, and for what is no body', () => {
    expect(titleIn(sealBody(aBodyOf({ reason: 'x'.repeat(70_000) })).body.bytes)).toBeUndefined()
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0xa1), new TextEncoder().encode('kindbodytitle')]) expect(titleIn(bytes)).toBeUndefined()
  })

  it('is not read from a body that is cut off in it', () => {
    const bytes = encodeBody({ title: 'x'.repeat(30) })
    const start = Buffer.from(bytes).indexOf('xxx')
    for (let length = 0; length < start + 30; length++) expect(titleIn(bytes.subarray(0, length)), String(length)).toBeUndefined()
  })
})
