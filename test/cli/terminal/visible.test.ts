import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { textLines, visible } from '../../../src/cli/terminal/visible.js'

const NAUGHTY = ['\u001b[31mred', '\u001b]0;title\u0007', '\u009b31m', '\r\nforged line', 'a\u202eb', '\u2066x\u2069', '\ud800', '\udc00x', '\u007f', '\0', '\u2028', '\ufeffx', 'tag\u{e0041}', 'back\bspace', 'x\u0085y']
// eslint-disable-next-line no-control-regex
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]/u

describe('visible', () => {
  it.each(NAUGHTY)('writes out what a terminal would obey: %j', (text) => {
    expect(visible(text)).not.toMatch(RAW)
    expect(visible(text)).not.toBe(text)
  })

  it('leaves what people write as it is', () => {
    for (const text of ['plain', 'naïve café', '日本語', '👩‍👩‍👧 family', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', 'עברית', 'C:\\new']) expect(visible(text)).toBe(text)
  })

  it('says what it wrote out', () => {
    expect(visible('a\tb\nc\u001b[0m\u009b\u202e\ud800')).toBe('a\\tb\\nc\\e[0m\\x9b\\u{202e}\\u{d800}')
    expect(visible('a\tb\n', { tabs: true })).toBe('a\tb\\n')
  })

  it('lets nothing raw through, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !RAW.test(visible(text))))
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => !RAW.test(visible(String.fromCharCode(...units)))))
  })

  it('splits at line ends', () => {
    expect(textLines('a\r\nb\n')).toEqual(['a', 'b'])
    expect(textLines('')).toEqual([])
    expect(textLines('\n\nx')).toEqual(['', '', 'x'])
  })
})
