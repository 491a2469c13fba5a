import { describe, expect, it } from 'vitest'
import { renderSection } from '../../../../src/history/content/structured/document.js'
import { TOML_FORMAT } from '../../../../src/history/content/structured/toml.js'

describe('TOML_FORMAT', () => {
  it('reads tables, dotted keys, long strings and lists of tables, and keeps every byte', async () => {
    const text = '# head\n\na = "x#y" # c\n"b.c" . d = """\nl = 1 # no\n""""\ne = [ # in\n  "]", 2,\n]\n\n[t."u.v"]\nx = {a = 1}\n[[l]]\nn = 1\n# two\n[[l]]\nn = 2\n[l.s]\n# last\n[z]\n'
    const read = await TOML_FORMAT.read(text)
    expect(read?.root.entries.map(({ key }) => key)).toEqual(['a', '"b.c".d', 'e', 't."u.v"', 'l', 'z'])
    expect(read === undefined ? '' : renderSection(read.root, '')).toBe(text)
    expect(read?.root.entries[5]?.lead).toBe('# last\n')
  })

  it('tells integers, floats and times apart', async () => {
    expect((await TOML_FORMAT.read('a = 1\nb = 1.0\nc = 1979-05-27\nd = 9007199254740993'))?.value).toEqual({
      a: { integer: '1' }, b: { float: '1' }, c: { time: '1979-05-27' }, d: { integer: '9007199254740993' },
    })
  })

  it('refuses what is no TOML, and a list whose blocks stand apart', async () => {
    for (const text of ['a', 'a = 1\na = 2', '[[l]]\n[x]\n[[l]]\n', `a = ${'['.repeat(100_000)}`]) expect(await TOML_FORMAT.read(text)).toBeUndefined()
  })
})
