import { describe, expect, it } from 'vitest'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { getInitBranch, landBranch, landTag, type BranchToLand, type Landing } from '../../../src/ops/transfer/imported-refs.js'
import { pointAt } from '../../../src/refs/ref.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { aHistory } from '../../helpers/small-history.js'

const at = (repo: MemoryRepo, seq: number): ObjectId => repo.index.node(seq).id

async function point(repo: MemoryRepo, ref: string, seq: number): Promise<void> {
  await repo.writer.transact({ agent: 'tester', command: 'test' }, (tx) => { tx.edit({ ref, expected: 'any', next: pointAt(at(repo, seq)) }) })
}

/** main is at 5 and side at 4, both behind 2. */
const land = (repo: MemoryRepo, name: string, seq: number, changed: Partial<BranchToLand> = {}): Landing | undefined => landBranch(repo, { name, target: at(repo, seq), prefix: 'git/', isImported: () => false, ...changed })

describe('where an imported branch lands', () => {
  it('is its own name where that is free, goes on from there, or is ahead already', async () => {
    const repo = await aHistory()
    expect(land(repo, 'new', 5)).toEqual({ ref: 'refs/heads/new', change: 'new' })
    expect(land(repo, 'side', 4)).toEqual({ ref: 'refs/heads/side', change: 'same' })
    expect(land(repo, 'side', 5)).toEqual({ ref: 'refs/heads/side', change: 'moved' })
    expect(land(repo, 'main', 2)).toEqual({ ref: 'refs/heads/main', change: 'ahead' })
  })

  it('is below the prefix where the name has a history of its own, and counts up there', async () => {
    const repo = await aHistory()
    expect(land(repo, 'side', 3)).toEqual({ ref: 'refs/heads/git/side', change: 'new' })
    await point(repo, 'refs/heads/git/side', 4)
    expect(land(repo, 'side', 3)).toEqual({ ref: 'refs/heads/git/side-2', change: 'new' })
    expect(land(repo, 'side', 3, { isImported: (tip) => tip === at(repo, 4) })).toEqual({ ref: 'refs/heads/git/side', change: 'moved' })
  })

  it('never leaves a branch of ours, whoever says that it was imported', async () => {
    expect(land(await aHistory(), 'side', 3, { isImported: () => true })?.ref).toBe('refs/heads/git/side')
  })

  it('is nowhere, or below the prefix, where the name will not do here', async () => {
    const repo = await aHistory()
    expect(land(repo, 'a..b', 5)).toBeUndefined()
    expect(land(repo, 'ATOM-CFG-20241127-003', 5)?.ref).toBe('refs/heads/git/ATOM-CFG-20241127-003')
  })
})

describe('where an imported tag lands', () => {
  it('is its own name, or where it stands already; another one of that name stays', async () => {
    const repo = await aHistory()
    const tag = (seq: number): Landing | undefined => landTag(repo, { name: 'v1', target: at(repo, seq), prefix: 'git/' })
    expect(tag(1)).toEqual({ ref: 'refs/tags/v1', change: 'new' })
    await point(repo, 'refs/tags/v1', 1)
    expect(tag(1)).toEqual({ ref: 'refs/tags/v1', change: 'same' })
    expect(tag(2)).toEqual({ ref: 'refs/tags/git/v1', change: 'new' })
    await point(repo, 'refs/tags/git/v1', 1)
    expect(tag(2)).toEqual({ ref: 'refs/tags/git/v1-2', change: 'new' })
    expect(landTag(repo, { name: 'a b', target: at(repo, 1), prefix: 'git/' })).toBeUndefined()
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
