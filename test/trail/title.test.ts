import { describe, expect, it } from 'vitest'
import { aRepo } from '../helpers/memory-repo.js'
import { objectKey } from '../../src/store/keys.js'
import { getTitle, readRecord } from '../../src/trail/record.js'

describe('titles read without their ATOM', () => {
  it.each(['x', 'é'.repeat(12), 'y'.repeat(24), 'z'.repeat(300), '🎮'.repeat(30_000), ' '])('are what the whole record says', async (title) => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title, reason: 'r' })
    expect(getTitle(repo, atom.seq)).toBe(title)
    expect(readRecord(repo, atom.seq).body?.title).toBe(title)
  })

  it('are absent once the body is gone', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'secret' })
    await repo.store.write({ puts: [], deletes: [objectKey(atom.header.body)] }, 'sync')
    expect(getTitle(repo, atom.seq)).toBeUndefined()
  })
})
