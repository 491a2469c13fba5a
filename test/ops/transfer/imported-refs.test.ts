import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { getInitBranch, landBranch, landTag, type BranchToLand, type Landing } from '../../../src/ops/transfer/imported-refs.js'
import { takenNames } from '../../../src/refs/name-folders.js'
import { listRefs, pointAt } from '../../../src/refs/ref.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

const at = (repo: MemoryRepo, seq: number): ObjectId => repo.index.node(seq).id

async function point(repo: MemoryRepo, ref: string, seq: number): Promise<void> {
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => { tx.edit({ ref, expected: 'any', next: pointAt(at(repo, seq)) }) })
}

const namesOf = async (repo: MemoryRepo): Promise<readonly string[]> => (await listRefs(repo.store, 'refs/')).map(({ name }) => name)

/** main is at 5 and side at 4, both behind 2. */
const land = async (repo: MemoryRepo, name: string, seq: number, changed: Partial<BranchToLand> = {}): Promise<Landing | undefined> => landBranch(repo, { name, target: at(repo, seq), prefix: 'git/', taken: takenNames(await namesOf(repo)), isImported: () => false, ...changed })

describe('where an imported branch lands', () => {
  it('is its own name where that is free, goes on from there, or is ahead already', async () => {
    const repo = await aHistory()
    expect(await land(repo, 'new', 5)).toEqual({ ref: 'refs/heads/new', change: 'new' })
    expect(await land(repo, 'side', 4)).toEqual({ ref: 'refs/heads/side', change: 'same' })
    expect(await land(repo, 'side', 5)).toEqual({ ref: 'refs/heads/side', change: 'moved' })
    expect(await land(repo, 'main', 2)).toEqual({ ref: 'refs/heads/main', change: 'ahead' })
  })

  it('is below the prefix where the name has a history of its own, and counts up there', async () => {
    const repo = await aHistory()
    expect(await land(repo, 'side', 3)).toEqual({ ref: 'refs/heads/git/side', change: 'new' })
    await point(repo, 'refs/heads/git/side', 4)
    expect(await land(repo, 'side', 3)).toEqual({ ref: 'refs/heads/git/side-2', change: 'new' })
    expect(await land(repo, 'side', 3, { isImported: (tip) => tip === at(repo, 4) })).toEqual({ ref: 'refs/heads/git/side', change: 'moved' })
  })

  it('never leaves a branch of ours, whoever says that it was imported', async () => {
    expect((await land(await aHistory(), 'side', 3, { isImported: () => true }))?.ref).toBe('refs/heads/git/side')
  })

  it('is never a folder of another name, nor below one, nor where another one of the same import lands', async () => {
    const repo = await aHistory()
    const taken = takenNames(await namesOf(repo))
    expect(await land(repo, 'side/deep', 5, { taken })).toEqual({ ref: 'refs/heads/git/side/deep', change: 'new' })
    expect(await land(repo, 'git', 5, { taken })).toEqual({ ref: 'refs/heads/git/git', change: 'new' })
    expect(await land(repo, 'side', 3, { taken })).toEqual({ ref: 'refs/heads/git/side-2', change: 'new' })
    await point(repo, 'refs/tags/git', 1)
    expect(landTag(repo, { name: 'git/v1', target: at(repo, 1), prefix: 'git/', taken: takenNames(await namesOf(repo)) })).toEqual({ ref: 'refs/tags/git-2/git/v1', change: 'new' })
  })

  it('is never where another branch of the same import landed, whether that stayed, went on or was written over', async () => {
    const repo = await aHistory()
    await point(repo, 'refs/heads/git/side', 2)
    const landed = async (first: number, isImported: boolean): Promise<readonly (string | undefined)[]> => {
      const options = { taken: takenNames(await namesOf(repo)), isImported: () => isImported }
      return [await land(repo, 'git/side', first, options), await land(repo, 'side', 3, options)].map((landing) => landing === undefined ? undefined : `${landing.ref} ${landing.change}`)
    }
    expect(await landed(2, false)).toEqual(['refs/heads/git/side same', 'refs/heads/git/side-2 new'])
    expect(await landed(5, false)).toEqual(['refs/heads/git/side moved', 'refs/heads/git/side-2 new'])
    expect(await landed(1, true)).toEqual(['refs/heads/git/side ahead', 'refs/heads/git/side-2 new'])
    await point(repo, 'refs/heads/git/side', 4)
    await point(repo, 'refs/heads/git/git/side', 3)
    expect(await landed(3, true)).toEqual(['refs/heads/git/git/side same', 'refs/heads/git/side moved'])
  })

  it('is nowhere, or below the prefix, where the name will not do here', async () => {
    const repo = await aHistory()
    expect(await land(repo, 'a..b', 5)).toBeUndefined()
    expect((await land(repo, 'ATOM-CFG-20241127-003', 5))?.ref).toBe('refs/heads/git/ATOM-CFG-20241127-003')
  })
})

describe('where an imported tag lands', () => {
  it('is its own name, or where it stands already; another one of that name stays', async () => {
    const repo = await aHistory()
    const tag = async (seq: number): Promise<Landing | undefined> => landTag(repo, { name: 'v1', target: at(repo, seq), prefix: 'git/', taken: takenNames(await namesOf(repo)) })
    expect(await tag(1)).toEqual({ ref: 'refs/tags/v1', change: 'new' })
    await point(repo, 'refs/tags/v1', 1)
    expect(await tag(1)).toEqual({ ref: 'refs/tags/v1', change: 'same' })
    expect(await tag(2)).toEqual({ ref: 'refs/tags/git/v1', change: 'new' })
    await point(repo, 'refs/tags/git/v1', 1)
    expect(await tag(2)).toEqual({ ref: 'refs/tags/git/v1-2', change: 'new' })
    expect(landTag(repo, { name: 'a b', target: at(repo, 1), prefix: 'git/', taken: takenNames([]) })).toBeUndefined()
  })
})

describe('a store that holds nothing but its INIT', () => {
  it('says which branch that is; any work, branch or tag makes it somebody\'s own', async () => {
    const repo = await aRepo({ branch: 'trunk' })
    expect(await getInitBranch(repo)).toBe('refs/heads/trunk')
    await point(repo, 'refs/tags/v1', 0)
    expect(await getInitBranch(repo)).toBeUndefined()
    const worked = await aRepo()
    await worked.add({ title: 'one' })
    expect(await getInitBranch(worked)).toBeUndefined()
    expect(await getInitBranch(await aRepo({ init: 'none' }))).toBeUndefined()
  })
})
