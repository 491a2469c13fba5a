import { describe, expect, it } from 'vitest'
import { concatBytes, fromHex } from '../../src/base/bytes.js'
import { digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { findRequest, operations, requestEntry } from '../../src/refs/operation-log.js'
import { objectKey, requestKey } from '../../src/store/keys.js'
import { anId } from '../helpers/objects.js'
import { aRepo } from '../helpers/memory-repo.js'

const REQUEST = '00112233445566778899aabbccddeeff'

describe('the operation log', () => {
  it('is read from its tip to its first op', async () => {
    const repo = await aRepo()
    for (const title of ['a', 'b', 'c']) await repo.add({ title })
    const all = [...operations(repo.store)]
    expect(all.map(({ op }) => [op.seq, op.command])).toEqual([[4, 'add'], [3, 'add'], [2, 'add'], [1, 'init']])
    expect(all.map(({ op }) => op.previous)).toEqual([...all.slice(1).map(({ id }) => id), undefined])
    expect(all.at(-1)?.op.changes).toEqual([
      { ref: 'HEAD', after: { is: 'symbolic', ref: 'refs/heads/main' } },
      { ref: 'refs/heads/main', after: expect.objectContaining({ is: 'object' }) as unknown },
    ])
    expect([...operations(repo.store, all[1]?.id)].map(({ op }) => op.seq)).toEqual([3, 2, 1])
    expect([...operations((await aRepo({ init: 'none' })).store)]).toEqual([])
  })

  it('knows the op of a request, by its whole id', async () => {
    const repo = await aRepo()
    await repo.draft({}, { request: REQUEST })
    expect((await findRequest(repo.store, REQUEST))?.op).toMatchObject({ seq: 2, request: REQUEST })
    expect(await findRequest(repo.store, `${REQUEST.slice(0, 16)}${'0'.repeat(16)}`)).toBeUndefined()
    expect(await findRequest(repo.store, 'ff'.repeat(16))).toBeUndefined()
  })

  it('looks past what only begins like the op that it looks for', async () => {
    const repo = await aRepo()
    await repo.draft({}, { request: REQUEST })
    const found = await findRequest(repo.store, REQUEST)
    const forged = `71${digestOf(found?.id as ObjectId).slice(0, 16)}${'0'.repeat(48)}` as ObjectId
    const entries = concatBytes([fromHex(requestEntry(anId('pruned'))), fromHex(requestEntry(forged))])
    await repo.store.write({ puts: [[objectKey(forged), repo.objects.getObject(repo.index.node(0).id) as Uint8Array], [requestKey(REQUEST), entries]], deletes: [] }, 'sync')
    expect(await findRequest(repo.store, REQUEST)).toEqual(found)
  })
})
