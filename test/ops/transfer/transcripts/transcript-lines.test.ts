import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import type { SealedObject } from '../../../../src/object/seal.js'
import { gatherLines, type GatheredLines } from '../../../../src/ops/transfer/transcripts/transcript-lines.js'

function gathering(): { readonly lines: GatheredLines; readonly kept: SealedObject[] } {
  const kept: SealedObject[] = []
  return { kept, lines: gatherLines((objects) => { kept.push(...objects); return Promise.resolve() }) }
}

const add = (lines: GatheredLines, number: number, what: 'said' | 'other', text = `${String(number)}\n`): Promise<void> => lines.add({ number, bytes: utf8(text), what })

describe('lines on their way into the trail', () => {
  it('go up to the last that said something; others wait for what follows them', async () => {
    const { lines, kept } = gathering()
    await add(lines, 1, 'other')
    await add(lines, 2, 'said')
    await add(lines, 3, 'other')
    expect(await lines.take('said')).toMatchObject({ from: 1, to: 2 })
    expect(kept.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['1\n2\n'])
    expect(await lines.take('said')).toBeUndefined()
    expect(await lines.take('all')).toMatchObject({ from: 3, to: 3 })
    expect(await lines.take('all')).toBeUndefined()
  })

  it('are dropped where an ATOM has them', async () => {
    const { lines } = gathering()
    await add(lines, 1, 'said')
    await add(lines, 2, 'other')
    lines.drop('said')
    expect(await lines.take('all')).toMatchObject({ from: 2, to: 2 })
    await add(lines, 3, 'other')
    lines.drop('all')
    expect(await lines.take('all')).toBeUndefined()
  })

  it('are stored as they come where they are large, and hold no memory', async () => {
    const { lines, kept } = gathering()
    await add(lines, 1, 'other', 'x'.repeat(2_500_000))
    expect(kept).toHaveLength(2)
    expect(await lines.take('said')).toMatchObject({ from: 1, to: 1 })
    expect(kept).toHaveLength(4)
  })
})
