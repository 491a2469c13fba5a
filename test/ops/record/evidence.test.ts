import { describe, expect, it } from 'vitest'
import { BATCH_MAX_BYTES } from '../../../src/base/limits.js'
import { evidenceInput, putAheadInBatches, sealEvidence } from '../../../src/ops/record/evidence.js'
import { seal } from '../../../src/object/seal.js'
import { readContent } from '../../../src/store/content.js'
import { faultyStore } from '../../helpers/faulty-store.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { codeOf } from '../../helpers/objects.js'

describe('evidence', () => {
  it('is checked field by field', () => {
    expect(evidenceInput({ name: 'e', phase: 'other', exitCode: -1, value: -0 }, 'evidence')).toEqual({ name: 'e', phase: 'other', exitCode: -1, value: 0 })
    for (const bad of [{}, { name: '', phase: 'other' }, { name: 'e', phase: 'during' }, { name: 'e', phase: 'other', exitCode: 1.5 }, { name: 'e', phase: 'other', durationMs: -1 }, { name: 'e', phase: 'other', value: NaN }, { name: 'e', phase: 'other', value: true }, { name: 'e', phase: 'other', command: 'ls' }]) {
      expect(codeOf(() => evidenceInput(bad, 'evidence')), JSON.stringify(bad)).toBe('INPUT_INVALID')
    }
  })

  it('with small contents comes with the ATOM, with large ones before it', async () => {
    const repo = await aRepo()
    const large = new Uint8Array(1_500_000).fill(7)
    const sealed = await sealEvidence(repo, [{ name: 'small', phase: 'before', content: Uint8Array.of(1) }, { name: 'large', phase: 'after', content: large, unit: undefined }, { name: 'value', phase: 'other', value: 3 }])
    expect(sealed.objects).toHaveLength(1)
    expect(sealed.list.map(({ name, content }) => [name, content === undefined])).toEqual([['small', false], ['large', false], ['value', true]])
    expect(Object.keys(sealed.list[1] ?? {})).toEqual(['name', 'phase', 'content'])
    expect(readContent(repo.objects, sealed.list[1]?.content as never)).toHaveLength(1_500_000)
    expect(repo.objects.getObject(sealed.list[0]?.content as never)).toBeUndefined()
  })

  it('goes ahead in batches of at most 8 MiB', async () => {
    const store = faultyStore()
    const repo = await aRepo({ store })
    const before = store.writes.length
    await putAheadInBatches(repo, Array.from({ length: 20 }, (_, index) => seal(new Uint8Array(1_000_000).fill(index), 'raw')))
    const sizes = store.writes.slice(before).map(({ puts }) => puts.reduce((sum, [, value]) => sum + value.length, 0))
    expect(sizes.reduce((sum, size) => sum + size)).toBe(20_000_000)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(BATCH_MAX_BYTES)
    await putAheadInBatches(repo, [])
    expect(store.writes).toHaveLength(before + 3)
  })
})
