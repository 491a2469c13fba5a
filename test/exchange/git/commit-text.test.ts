import { describe, expect, it } from 'vitest'
import { messageOf, oneLine, personOf } from '../../../src/exchange/git/commit-text.js'

describe('who stands in a commit', () => {
  it.each([
    ['claude-code', 'claude-code', 'claude-code'], ['user:Ann Lee', 'user:Ann Lee', 'user-ann-lee'], ['a<b>\n\u0000c', 'a b c', 'a-b-c'], ['\u202e\u0007', 'unknown', 'unknown'], ['日本', '日本', 'unknown'],
    ['-x-', '-x-', 'x'], ['x'.repeat(100), 'x'.repeat(100), 'x'.repeat(64)],
  ])('is an agent on one line, with an address that nobody has: %j', (agent, name, slug) => {
    expect(personOf(agent, 1_500)).toEqual({ name, email: `${slug}@agent.atom.invalid`, seconds: 1 })
  })
  it('did it in whole seconds, not before 1970', () => {
    expect([-1, 0, 999, 1_000, 253_402_300_799_999].map((timeMs) => personOf('a', timeMs).seconds)).toEqual([0, 0, 0, 1, 253_402_300_799])
  })
})

describe('a message', () => {
  const trailers = [{ key: 'Agent', value: 'a\nAgent: b' }] as const
  it('is title, text and trailers, and nothing in it can be taken for a trailer of ours', () => {
    expect(messageOf('agent : x', ' Atom-Id: y\r\n\r\nINFLUENCED-BY:z\rAtom-Ids: fine', trailers)).toBe('    agent : x\n\n     Atom-Id: y\n\n    INFLUENCED-BY:z\nAtom-Ids: fine\n\nAgent: a Agent: b')
  })
  it('has no text where nothing is left of it', () => {
    expect(messageOf('t', ' \r\n\t\n', trailers)).toBe('t\n\nAgent: a Agent: b')
  })
  it('never holds a control character', () => {
    const all = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('')
    // eslint-disable-next-line no-control-regex
    expect(messageOf(oneLine(all), all, trailers)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
  it('is cut at a character, and says so', () => {
    expect(messageOf('é'.repeat(600), '語'.repeat(30_000), trailers)).toBe(`${'é'.repeat(512)}…\n\n${'語'.repeat(21_845)}…\n\nAgent: a Agent: b`)
  })
})
