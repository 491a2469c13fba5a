import { describe, expect, it } from 'vitest'
import { renderSection } from '../../../../src/history/content/structured/document.js'
import { YAML_FORMAT } from '../../../../src/history/content/structured/yaml.js'

describe('YAML_FORMAT', () => {
  it('reads nested maps, lists and block texts, and keeps every byte', async () => {
    const text = '%YAML 1.2\n---\n# head\n\n# a\na: "x" # c\nb: # in\n  # first\n  c: 1\n\n  d:\n    - 1\n    - e: 2\n  f: >-\n    x\n\n    # text\n\n# g\n"g h": {i: 1,\n  j: 2}\nk:\nl: &x 1\n# end\n'
    const read = await YAML_FORMAT.read(text)
    expect(read?.root.entries.map(({ key }) => key)).toEqual(['a', 'b', 'g h', 'k', 'l'])
    expect(read === undefined ? '' : renderSection(read.root, '')).toBe(text)
    expect(read?.value).toMatchObject({ 'a': 'x', 'b': { c: { integer: '1' }, f: 'x\n# text' }, 'g h': { j: { integer: '2' } }, 'k': null })
    expect(read?.root.close).toBe('# end\n')
  })

  it('refuses several documents, aliases, a key twice, another root, what is no YAML, great depth', async () => {
    const texts = ['a: 1\n---\nb: 1\n', 'a: &x 1\nb: *x\n', 'a: 1\na: 2\n', '- 1\n', 'x', '', 'a: [', '? [a]\n: 1\n', '{a: 1}', `a: ${'['.repeat(20_000)}`, `a:\n  ${'- '.repeat(20_000)}x\n`]
    for (const text of texts) expect(await YAML_FORMAT.read(text), text.slice(0, 20)).toBeUndefined()
  })
})
