import { describe, expect, it } from 'vitest'
import { resolveAtom } from '../../src/history/resolve.js'
import { resolveContext } from '../../src/ops/context.js'
import { getRef, pointAt } from '../../src/refs/ref.js'
import { aHistory } from '../helpers/small-history.js'

const STAMP = { agent: 'tester', command: 'test' }

describe('a ref as it was', () => {
  it('counts its moves, those of HEAD along the branches that it named', async () => {
    const repo = await aHistory()
    const at = (text: string): Promise<number> => resolveAtom(resolveContext(repo), text)
    expect([await at('main@{0}'), await at('main@{1}'), await at('main@{2}'), await at('@{3}'), await at('side@{0}'), await at('side@{1}')]).toEqual([5, 3, 2, 1, 4, 2])
    await expect(at('main@{99}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    await expect(at('none@{0}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    const head = (ref: string, command = 'switch'): Promise<unknown> => repo.writer.transact({ ...STAMP, command }, (tx) => { tx.edit({ ref: 'HEAD', expected: 'any', next: { is: 'symbolic', ref } }) })
    await head('refs/heads/side')
    await repo.add({ title: 'six on side' })
    await head('refs/heads/main')
    await repo.add({ title: 'seven on main' })
    expect([await at('HEAD@{0}'), await at('HEAD@{1}'), await at('HEAD@{2}'), await at('HEAD@{3}'), await at('HEAD@{4}'), await at('HEAD@{5}')]).toEqual([7, 5, 6, 4, 5, 3])
    expect([await at('@{-1}'), await at('@{-2}')]).toEqual([6, 7])
    await expect(at('@{-3}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    await repo.writer.transact(STAMP, (tx) => { tx.edit({ ref: 'HEAD', expected: 'any', next: pointAt(repo.index.node(1).id) }) })
    await repo.draft({ body: { title: 'eight, detached' } }, { ref: 'HEAD' })
    expect([await at('HEAD'), await at('HEAD@{1}'), await at('@{-1}')]).toEqual([8, 1, 7])
    expect(getRef(repo.store, 'refs/heads/main')).toEqual(pointAt(repo.index.node(7).id))
  })

  it('says where it stood at a time, from the log where that reaches back, else from the times of ATOMs', async () => {
    const repo = await aHistory()
    const at = (text: string): Promise<number> => resolveAtom(resolveContext(repo), text)
    expect(await at('main@{2024-11-27T10:02:30Z}')).toBe(2)
    expect(repo.warnings.splice(0).join()).toContain('operation log had refs/heads/main')
    expect(await at('main@{2024-11-27T10:00:00Z}')).toBe(0)
    expect(await at('main@{1 minute ago}')).toBe(3)
    await expect(at('main@{2020-01-01}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    repo.warnings.splice(0)
    await repo.add({ title: 'written down late', date: '2019-05-05', branch: 'old' })
    await expect(at('old@{2018-01-01}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    expect(await at('old@{2019-06-01}')).toBe(6)
    expect(repo.warnings.join()).toContain('does not reach back')
  })

  it('was nothing while it was deleted', async () => {
    const repo = await aHistory()
    const move = (next: ReturnType<typeof pointAt> | undefined): Promise<unknown> => {
      repo.clock.advance(60_000)
      return repo.writer.transact(STAMP, (tx) => { tx.edit({ ref: 'refs/heads/side', expected: 'any', next }) })
    }
    await move(undefined)
    repo.clock.advance(600_000)
    await move(pointAt(repo.index.node(1).id))
    const at = (text: string): Promise<number> => resolveAtom(resolveContext(repo), text)
    expect([await at('side'), await at('side@{2}'), await at('side@{2024-11-27T10:05:00Z}')]).toEqual([1, 4, 4])
    await expect(at('side@{1}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    await expect(at('side@{5 minutes ago}')).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
  })
})
