import { describe, expect, it } from 'vitest'
import { aRepo } from '../helpers/memory-repo.js'
import { eraseTitle } from '../../src/index/titles.js'
import { objectKey, titleBlockKey } from '../../src/store/keys.js'
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
    expect(getTitle(repo, atom.seq)).toBe('secret')
    await repo.writer.transact({ agent: 'tester', command: 'forget' }, (tx) => {
      tx.deleteRecord(objectKey(atom.header.body))
      eraseTitle(tx, atom.seq)
    })
    repo.index.dropTitles()
    expect(getTitle(repo, atom.seq)).toBeUndefined()
  })

  it('come from the body where the index has none', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'in the body too' })
    await repo.store.write({ puts: [], deletes: [titleBlockKey(0)] }, 'sync')
    expect(repo.index.title(atom.seq)).toBeUndefined()
    expect(getTitle(repo, atom.seq)).toBe('in the body too')
  })
})
