import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatTokens, mayActAs, mintToken, parseTokens, roleOf, ROLES } from '../../../src/exchange/endpoint/tokens.js'
import { codeOf } from '../../helpers/objects.js'

let next = 0
const random = { bytes: (length: number) => new Uint8Array(length).fill(++next) }

describe('tokens', () => {
  it('hold 256 random bits, and only their hash is kept', () => {
    const { token, entry } = mintToken({ bytes: (length) => new Uint8Array(length).fill(0xab) }, 'writer', 'laptop')
    expect(token).toBe(`atom_writer_${'ab'.repeat(32)}`)
    expect(entry).toEqual({ role: 'writer', name: 'laptop', hash: createHash('sha256').update(token).digest('hex') })
    expect(formatTokens([entry])).toBe(`writer:laptop:${entry.hash}\n`)
    expect(parseTokens(formatTokens([entry, entry]))).toEqual([entry, entry])
  })

  it('give the role of their entry, the highest where several fit, and none to others', () => {
    const minted = ROLES.map((role) => mintToken(random, role, role))
    const entries = minted.map(({ entry }) => entry)
    expect(minted.map(({ token }) => roleOf(entries, token))).toEqual(['reader', 'writer', 'admin'])
    const [reader] = minted as [(typeof minted)[0]]
    expect(roleOf([reader.entry, { ...reader.entry, role: 'admin' }, reader.entry], reader.token)).toBe('admin')
    for (const wrong of ['', 'x', `${reader.token}0`, reader.token.slice(0, -1), reader.entry.hash, 'ü\u0000']) expect(roleOf(entries, wrong)).toBeUndefined()
    expect(roleOf([], reader.token)).toBeUndefined()
  })

  it('let each role do what the one below may', () => {
    expect(ROLES.map((role) => ROLES.map((wanted) => mayActAs(role, wanted)))).toEqual([[true, false, false], [true, true, false], [true, true, true]])
  })

  it.each(['secret7', 'writer:secret7', 'writer:laptop:secret7', `root:laptop:${'0'.repeat(64)}`, `writer::${'0'.repeat(64)}`, `writer:laptop:${'0'.repeat(64)}:x`])('refuse the entry %s, without showing it', (text) => {
    expect(codeOf(() => parseTokens(text))).toBe('CONFIG_INVALID')
    expect(() => parseTokens(text)).toThrow(/^(?!.*(?:secret7|000))/)
  })
})
