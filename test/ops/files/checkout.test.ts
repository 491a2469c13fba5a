import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { checkout, type CheckoutInput, type CheckoutResult } from '../../../src/ops/files/checkout.js'
import { status, type StatusResult } from '../../../src/ops/look/status.js'
import { getHeadBranch, getRef, resolveRef } from '../../../src/refs/ref.js'
import { aWorkRepo, type WorkRepo } from '../../helpers/work-repo.js'
import { clearBenches } from '../../helpers/worktree.js'

clearBenches()

const go = (work: WorkRepo, input: Partial<CheckoutInput>): Promise<CheckoutResult> =>
  checkout.run(work.repo, checkout.check({ command: 'checkout', detach: false, force: false, dryRun: false, ...input })) as Promise<CheckoutResult>
const changesOf = async (work: WorkRepo): Promise<string[]> => ((await status.run(work.repo, status.check({}))) as StatusResult).changes.map(({ path, change }) => `${change} ${path}`)

/** main: one → two; `first` names one. */
async function aHistory(): Promise<WorkRepo & { readonly first: string }> {
  const work = await aWorkRepo()
  work.write({ a: 'one', gone: 'g', run: { text: '#!', mode: 0o755 } })
  const first = await work.record('one', { files: ['.'] })
  work.write({ a: 'two', 'sub/b': 'b' })
  rmSync(join(work.root, 'gone'))
  await work.record('two', { all: 'new' })
  return { ...work, first: digestOf(first.atom.id) }
}

describe('checkout', () => {
  it('of an ATOM lays out its files, detaches HEAD and says so', async () => {
    const work = await aHistory()
    const result = await go(work, { target: work.first })
    expect(work.read()).toEqual({ a: 'one', gone: 'g', run: { text: '#!', mode: 0o755 } })
    expect(result).toMatchObject({ branch: undefined, moved: 'head' })
    expect(getRef(work.repo.store, 'HEAD')).toMatchObject({ is: 'object', digest: work.first })
    expect(await changesOf(work)).toEqual([])
  })
  it('of a branch comes back, with nothing changed', async () => {
    const work = await aHistory()
    const was = work.read()
    await go(work, { target: work.first })
    expect(await go(work, { target: 'main' })).toMatchObject({ branch: 'refs/heads/main', moved: 'head', left: undefined })
    expect(work.read()).toEqual(was)
    expect(await go(work, { target: 'main' })).toMatchObject({ moved: 'nothing' })
    await go(work, { target: '-' })
    expect(getHeadBranch(work.repo.store)).toBeUndefined()
    await go(work, { target: '-' })
    expect(getHeadBranch(work.repo.store)).toBe('refs/heads/main')
  })
  it('refuses before anything is written or moved when a file has local changes', async () => {
    const work = await aHistory()
    work.write({ a: 'mine', gone: 'mine too' })
    await expect(go(work, { target: work.first })).rejects.toMatchObject({ code: 'LOCAL_CHANGES', data: { paths: ['a', 'gone'] } })
    expect(work.read()).toMatchObject({ a: 'mine', gone: 'mine too', 'sub/b': 'b' })
    expect(getHeadBranch(work.repo.store)).toBe('refs/heads/main')
  })
  it('carries local changes along where the two states do not differ, and drops them with --force', async () => {
    const work = await aHistory()
    work.write({ run: { text: 'mine', mode: 0o755 } })
    await go(work, { target: work.first })
    expect(await changesOf(work)).toEqual(['modify project/run'])
    await go(work, { target: 'main', force: true })
    expect(await changesOf(work)).toEqual([])
  })
  it('with --dry-run shows the plan and does nothing', async () => {
    const work = await aHistory()
    work.write({ a: 'mine' })
    const { files } = await go(work, { target: work.first, dryRun: true })
    expect(files).toMatchObject({ written: ['project/gone'], removed: ['project/sub/b'], refused: [{ path: 'project/a' }], isDryRun: true })
    expect(work.read()['a']).toBe('mine')
    expect(getHeadBranch(work.repo.store)).toBe('refs/heads/main')
  })
  it('-b makes a branch where the target is, keeping local changes; one that exists is refused', async () => {
    const work = await aHistory()
    work.write({ a: 'mine' })
    expect(await go(work, { create: 'try' })).toMatchObject({ branch: 'refs/heads/try', isNewBranch: true })
    expect(resolveRef(work.repo.store, 'refs/heads/try')).toBe(resolveRef(work.repo.store, 'refs/heads/main'))
    await expect(go(work, { create: 'main' })).rejects.toMatchObject({ code: 'REF_EXISTS' })
    await expect(go(work, { create: 'try/deeper' })).rejects.toMatchObject({ code: 'REF_EXISTS' })
    await expect(go(work, { create: 'ATOM-CFG-20241127-003' })).rejects.toMatchObject({ code: 'REF_NAME_INVALID' })
  })
  it('names what no branch keeps when it leaves a detached HEAD', async () => {
    const work = await aHistory()
    await go(work, { target: work.first })
    work.write({ a: 'three' })
    const loose = await work.record('three', { all: 'tracked' })
    expect(await go(work, { target: 'main' })).toMatchObject({ left: loose.atom.id })
  })
  it('switch takes branches only, unless told to detach', async () => {
    const work = await aHistory()
    await expect(go(work, { command: 'switch', target: work.first })).rejects.toMatchObject({ code: 'REF_NOT_FOUND' })
    await go(work, { command: 'switch', target: 'main', detach: true })
    expect(getHeadBranch(work.repo.store)).toBeUndefined()
  })
  it('of a file says what puts it back', async () => {
    const work = await aHistory()
    await expect(go(work, { target: 'a' })).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND', hint: 'to put the file back: atom restore a' })
    await expect(go(work, { target: 'nothing' })).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
  })
})

describe('checkout -- PATH', () => {
  it('takes files from a revision, moves nothing, and the files then count as changed', async () => {
    const work = await aHistory()
    const result = await go(work, { target: work.first, paths: ['a', 'gone'] })
    expect(result).toMatchObject({ moved: 'paths', files: { written: ['project/a', 'project/gone'] } })
    expect(getHeadBranch(work.repo.store)).toBe('refs/heads/main')
    expect(await changesOf(work)).toEqual(['modify project/a', 'untracked project/gone'])
  })
  it('keeps files that the revision does not have, and refuses unknown ones', async () => {
    const work = await aHistory()
    await go(work, { target: work.first, paths: ['.'] })
    expect(work.read()['sub/b']).toBe('b')
    await expect(go(work, { paths: ['none'] })).rejects.toMatchObject({ code: 'PATH_NOT_FOUND' })
  })
})

describe('checkout --to', () => {
  it('lays the whole tree out elsewhere and leaves everything here as it is', async () => {
    const work = await aHistory()
    const out = join(work.base, 'out')
    writeFileSync(join(work.home, 'conf'), 'c')
    await work.record('home', { files: ['~/conf'] })
    work.write({ a: 'mine' })
    await go(work, { target: 'HEAD~2', to: out })
    expect(work.read(out)).toEqual({ a: 'one', gone: 'g', run: { text: '#!', mode: 0o755 } })
    expect(work.read()['a']).toBe('mine')
    await go(work, { to: join(work.base, 'tip') })
    expect(readFileSync(join(work.base, 'tip/.atom-home/conf'), 'utf8')).toBe('c')
    expect(getHeadBranch(work.repo.store)).toBe('refs/heads/main')
    await expect(go(work, { target: 'main', to: out })).rejects.toMatchObject({ code: 'LOCAL_CHANGES' })
  })
})

describe('files outside the project', () => {
  const aHomeHistory = async (): Promise<WorkRepo> => {
    const work = await aWorkRepo()
    const file = join(work.home, 'conf')
    for (const text of ['one', 'two']) {
      writeFileSync(file, text)
      work.write({ a: text })
      await work.record(text, { files: ['a', '~/conf'] })
    }
    return work
  }
  it('are left alone and listed, and the rest is done', async () => {
    const work = await aHomeHistory()
    const { files } = await go(work, { target: 'HEAD~1' })
    expect(files).toMatchObject({ written: ['project/a'], lacking: ['home/conf'] })
    expect([work.read()['a'], readFileSync(join(work.home, 'conf'), 'utf8')]).toEqual(['one', 'two'])
    expect(getHeadBranch(work.repo.store)).toBeUndefined()
  })
  it('are written with leave; removed with leave', async () => {
    const work = await aHomeHistory()
    expect((await go(work, { target: 'HEAD~1', scopes: ['home'] })).files.lacking).toEqual([])
    expect(readFileSync(join(work.home, 'conf'), 'utf8')).toBe('one')
    await go(work, { target: 'main~2', scopes: ['home'] })
    expect(existsSync(join(work.home, 'conf'))).toBe(false)
  })
  it('that lack leave since before are not brought up again by a move that does not concern them', async () => {
    const work = await aHomeHistory()
    await go(work, { target: 'HEAD~1' })
    await go(work, { create: 'side' })
    work.write({ a: 'three' })
    await work.record('three', { all: 'tracked' })
    expect((await go(work, { target: 'side~1' })).files.lacking).toEqual([])
  })
})
