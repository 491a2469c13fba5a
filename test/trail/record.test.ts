import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/codec/object-id.js'
import { eraseTitle } from '../../src/index/titles.js'
import { objectKey } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { filesOf, getTitle, readRecord } from '../../src/trail/record.js'
import { aRepo } from '../helpers/memory-repo.js'
import { aDigest, codeOf } from '../helpers/objects.js'

describe('the record of an ATOM', () => {
  it('is put together from header, body, index and trees', async () => {
    const repo = await aRepo()
    repo.worktree.put('a', '1')
    const base = await repo.add({ title: 'base', files: ['a'] })
    repo.worktree.put('a', '2')
    repo.worktree.put('b', '1')
    const recorded = await repo.draft({ influencedBy: [{ object: digestOf(base.atom.id) }, { object: aDigest('elsewhere') }], body: { title: 'next', reason: 'because' } })
    const record = readRecord(repo, recorded.seq)
    expect(record).toMatchObject({ seq: 2, id: recorded.id, previousAtomId: 'ATOM-DECISION-20241127-002', isTainted: false, body: { title: 'next', reason: 'because' } })
    expect(record.influences).toEqual([{ object: digestOf(base.atom.id), atomId: 'ATOM-DECISION-20241127-002' }, { object: aDigest('elsewhere') }])
    expect(record.files).toBeUndefined()
    expect(readRecord(repo, 1, { files: 'include' }).files?.map(({ path, change }) => [path, change])).toEqual([['project/a', 'add']])
    expect(filesOf(repo, 0, readRecord(repo, 0).header)).toEqual([])
    expect(readRecord(repo, 0).previousAtomId).toBeUndefined()
    expect(getTitle(repo, 2)).toBe('next')
    expect(readRecord(repo, 0, { isTainted: true }).isTainted).toBe(true)
  })

  it('has no body where that is gone, and fails where the header is', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'gone' })
    await repo.writer.transact({ agent: 'tester', command: 'forget' }, (tx) => {
      tx.deleteRecord(objectKey(readObject(tx, atom.id, 'atom').body))
      eraseTitle(tx, atom.seq)
    })
    expect(readRecord(repo, atom.seq).body).toBeUndefined()
    expect(getTitle(repo, atom.seq)).toBeUndefined()
    await repo.store.write({ puts: [], deletes: [objectKey(atom.id)] }, 'sync')
    expect(codeOf(() => readRecord(repo, atom.seq))).toBe('OBJECT_NOT_FOUND')
    expect(getTitle(repo, atom.seq)).toBeUndefined()
  })
})
