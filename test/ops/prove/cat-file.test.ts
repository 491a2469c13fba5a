import { describe, expect, it } from 'vitest'
import { encode } from '../../../src/codec/cbor.js'
import { digestOf, idOf } from '../../../src/codec/object-id.js'
import { catFile } from '../../../src/ops/prove/cat-file.js'
import { operations } from '../../../src/refs/operation-log.js'
import { sealContent } from '../../../src/store/content.js'
import { objectKey } from '../../../src/store/keys.js'
import { run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { aHistory } from '../../helpers/small-history.js'

describe('an object as it is stored', () => {
  it('has its kind, and bytes with the digest that names it', async () => {
    const repo = await aHistory()
    const header = await run(repo, catFile, { object: 'HEAD' })
    expect([header.kind, idOf(header.bytes, 'dag-cbor')]).toEqual(['atom', header.id])
    expect(header.value).toMatchObject({ kind: 'atom', atom_id: repo.index.node(5).atomId })
    const content = await run(repo, catFile, { object: 'HEAD:a.env' })
    expect(content).toMatchObject({ kind: 'raw', value: undefined, id: sealContent(content.bytes).id })
    const [newest] = operations(repo.store)
    expect((await run(repo, catFile, { object: digestOf(newest?.id ?? header.id) })).kind).toBe('op')
  })

  it('of a tree lists its entries as git sorts them: a folder as if its name ended with a slash', async () => {
    const repo = await aHistory()
    for (const path of ['in/dir0', 'in/dir/b', 'in/dir.txt', 'in/dir-x']) repo.worktree.put(path, path)
    await repo.add({ title: 'names', files: ['in'] })
    const { entries, kind } = await run(repo, catFile, { object: 'HEAD:in' })
    expect(kind).toBe('tree')
    expect(entries?.map(({ path }) => path)).toEqual(['dir-x', 'dir.txt', 'dir', 'dir0'])
  })

  it('of a later program is called what it calls itself', async () => {
    const repo = await aHistory()
    const bytes = encode({ kind: 'seal', version: 9, x: 1 })
    await repo.store.write({ puts: [[objectKey(idOf(bytes, 'dag-cbor')), bytes]], deletes: [] }, 'sync')
    expect(await run(repo, catFile, { object: digestOf(idOf(bytes, 'dag-cbor')) })).toMatchObject({ kind: 'seal', value: { x: 1 } })
  })

  it('that is gone is not found', async () => {
    const repo = await aHistory()
    const { id } = await run(repo, catFile, { object: 'HEAD:a.env' })
    await repo.store.write({ puts: [], deletes: [objectKey(id)] }, 'sync')
    expect(await codeOfAsync(() => run(repo, catFile, { object: 'HEAD:a.env' }))).toBe('OBJECT_NOT_FOUND')
    expect(await codeOfAsync(() => run(repo, catFile, { object: 'f'.repeat(64) }))).toMatch(/NOT_FOUND/)
  })
})
