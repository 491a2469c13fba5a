import { describe, expect, it } from 'vitest'
import { renderSection } from '../../../../src/history/content/structured/document.js'
import { INI_FORMAT } from '../../../../src/history/content/structured/ini.js'

describe('INI_FORMAT', () => {
  it('reads sections, both separators and continued values, and keeps every byte', async () => {
    const text = '; head\r\n\r\ntop: 1\r\n[a b] ; c\r\n  x = 1 ; no comment\r\n# why\r\ny=\r\n   one\r\n   two\r\n\r\n[c]\r\n'
    const read = await INI_FORMAT.read(text)
    expect(read?.value).toEqual({ 'top': '=1', 'a b': { x: '=1 ; no comment', y: '=\r\n   one\r\n   two' }, 'c': {} })
    expect(read === undefined ? '' : renderSection(read.root, '')).toBe(text)
  })

  it('refuses a section or key twice, and lines that are neither', async () => {
    for (const text of ['[a]\n[a]\n', '[a]\nx=1\nx=1\n', 'server {\n', 'a=1 \\\n b=2\n']) expect(await INI_FORMAT.read(text)).toBeUndefined()
  })
})
