import { describe, expect, it } from 'vitest'
import { renderSection } from '../../../../src/history/content/structured/document.js'
import { ENV_FORMAT } from '../../../../src/history/content/structured/env.js'

describe('ENV_FORMAT', () => {
  it('reads keys, exports, comments and quotes over lines, and keeps every byte', async () => {
    const text = '# head\n\n# a\nA=1 # one\nexport B="x # y\nz" # two\n\nC=\'it\'\nD=\nE=a#b\n# end'
    const read = await ENV_FORMAT.read(text)
    expect(read?.value).toEqual({ A: '=1', B: '="x # y\nz"', C: "='it'", D: '=', E: '=a#b' })
    expect(read === undefined ? '' : renderSection(read.root, '')).toBe(`${text}\n`)
    expect(read?.root.entries[0]).toMatchObject({ key: 'A', lead: '# a\n', tail: ' # one\n' })
  })

  it('refuses a key twice, a line that is no assignment, an unclear quote, a line that goes on', async () => {
    for (const text of ['A=1\nA=1', 'A=1\nsource x', 'A="x\nB=1\nC="', 'A=1 \\\n2']) expect(await ENV_FORMAT.read(text)).toBeUndefined()
  })
})
