import { describe, expect, it } from 'vitest'
import { ENV_FORMAT } from '../../../../src/history/content/structured/env.js'
import { INI_FORMAT } from '../../../../src/history/content/structured/ini.js'
import { mergeStructured } from '../../../../src/history/content/structured/merge-structured.js'

const labels = { ours: 'ours', theirs: 'theirs' }

describe('mergeStructured', () => {
  it('is undefined where a side cannot be read', async () => {
    expect(await mergeStructured({ base: 'A=1', ours: 'A=1\nA=2', theirs: 'A=3' }, { format: ENV_FORMAT, labels })).toBeUndefined()
  })

  it('agrees with a text that says the same, and with no other', async () => {
    const merge = await mergeStructured({ base: 'A=1\nB=1\n', ours: 'A=2\nB=1\n', theirs: 'A=1\nB=2\n' }, { format: ENV_FORMAT, labels })
    expect(merge).toMatchObject({ text: 'A=2\nB=2\n', keys: [] })
    expect(await merge?.agrees('# c\nB=2\nA=2\n')).toBe(true)
    expect(await merge?.agrees('A=2\nB=1\n')).toBe(false)
    expect(await merge?.agrees('A=2\nA=2\nB=2\n')).toBe(false)
  })

  it('marks keys of two sections, each by its name', async () => {
    const text = (x: number, y: number): string => `[a]\nx=${String(x)}\n[b]\ny=${String(y)}\n`
    const merge = await mergeStructured({ base: text(1, 1), ours: text(2, 2), theirs: text(3, 3) }, { format: INI_FORMAT, labels })
    expect(merge?.keys).toEqual(['a.x', 'b.y'])
    expect(merge?.text).toBe('[a]\n<<<<<<< ours\nx=2\n=======\nx=3\n>>>>>>> theirs\n[b]\n<<<<<<< ours\ny=2\n=======\ny=3\n>>>>>>> theirs\n')
  })
})
