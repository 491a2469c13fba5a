import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { abortIntegration, continueIntegration, unresolvedPaths } from '../../../src/ops/fork/merge-end.js'
import { encodeMergeState, getMergeState, mergeStateRoots } from '../../../src/ops/fork/merge-state.js'
import { checkout } from '../../../src/ops/files/checkout.js'
import { commit } from '../../../src/ops/record/commit.js'
import { fork } from '../../../src/ops/fork/fork.js'
import { status } from '../../../src/ops/look/status.js'
import { META } from '../../../src/store/objects.js'
import { codeOfAsync, mergeInto, record, run, switchTo, tip, treeAt, twoSides } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

const CLASH = { base: { 'f.txt': 'one\ntwo\n' }, ours: { 'f.txt': 'one\nours\n' }, theirs: { 'f.txt': 'one\ntheirs\n' } }

describe('merge', () => {
  it('is up to date with what it has, moves forward where it can, and records a MERGE where it must', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\n' })
    await switchTo(repo, 'main', { create: 'side' })
    const side = await record(repo, { 'b.env': 'B=1\n' })
    await switchTo(repo, 'main')
    expect(repo.worktree.text('b.env')).toBeUndefined()
    expect(await mergeInto(repo, 'main')).toMatchObject({ result: 'up-to-date', conflicts: [], atom: { files: [{ path: 'project/a.env', change: 'add' }] } })
    expect(await codeOfAsync(mergeInto(repo, 'nothing'))).toBe('REVISION_NOT_FOUND')
    const forced = await mergeInto(repo, 'side', { fastForward: 'never', dryRun: true })
    expect([forced.result, forced.atom, tip(repo, 'main') === side]).toEqual(['merged', undefined, false])
    expect(await mergeInto(repo, 'side')).toMatchObject({ result: 'fast-forward', atom: { id: side, files: [{ path: 'project/b.env', change: 'add' }] } })
    expect([tip(repo, 'main'), repo.worktree.text('b.env')]).toEqual([side, 'B=1\n'])
  })

  it('joins both sides, with both parents and the names of what was merged', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'a.env': 'A=1\nB=1\nC=1\n' }, ours: { 'a.env': 'A=2\nB=1\nC=1\n', 'own.txt': 'x' }, theirs: { 'a.env': 'A=1\nB=1\nC=2\n' } })
    const parents = [tip(repo, 'main'), tip(repo, 'side')]
    expect(await codeOfAsync(mergeInto(repo, 'side', { fastForward: 'only' }))).toBe('NOT_FAST_FORWARD')
    const { result, atom } = await mergeInto(repo, 'side')
    expect(result).toBe('merged')
    expect(atom).toMatchObject({ header: { operation: 'merge', parents }, body: { title: "Merge branch 'side' into main", metadata: { merged: ['side'], into: 'main' } } })
    expect(atom?.header.atomId).toMatch(/^ATOM-MERGE-/)
    expect([repo.worktree.text('a.env'), repo.worktree.text('own.txt')]).toEqual(['A=2\nB=1\nC=2\n', 'x'])
    expect((await run(repo, status, {})).changes).toEqual([])
  })

  it('marks conflicts in the files, lists them, and records the merge once they are resolved', async () => {
    const repo = await aRepo()
    await twoSides(repo, { ...CLASH, theirs: { ...CLASH.theirs, 'new.txt': 'n' } })
    const before = tip(repo, 'main')
    const { result, conflicts, isWaiting, atom } = await mergeInto(repo, 'side')
    expect({ result, isWaiting, atom }).toEqual({ result: 'conflicts', isWaiting: true, atom: undefined })
    expect(conflicts).toMatchObject([{ path: 'project/f.txt', kind: 'content' }])
    expect(repo.worktree.text('f.txt')).toBe('one\n<<<<<<< main\nours\n=======\ntheirs\n>>>>>>> side\n')
    expect((await run(repo, status, {})).changes).toEqual([{ path: 'project/f.txt', change: 'conflict' }])
    expect(await codeOfAsync(mergeInto(repo, 'side'))).toBe('OPERATION_IN_PROGRESS')
    expect(await codeOfAsync(run(repo, continueIntegration, { kind: 'merge' }))).toBe('CONFLICTS_UNRESOLVED')
    expect(await codeOfAsync(run(repo, continueIntegration, { kind: 'revert' }))).toBe('NO_OPERATION_IN_PROGRESS')
    repo.worktree.put('f.txt', 'one\nboth\n')
    const done = await run(repo, continueIntegration, { kind: 'merge', title: 'Both' })
    expect(done.atom).toMatchObject({ header: { parents: [before, tip(repo, 'side')] }, body: { title: 'Both' } })
    expect([repo.worktree.text('f.txt'), getMergeState(repo.store), (await run(repo, status, {})).changes]).toEqual(['one\nboth\n', undefined, []])
  })

  it('keeps others from its files while it waits: no switch, no ATOM with files of its branch', async () => {
    const repo = await aRepo()
    await twoSides(repo, CLASH)
    await record(repo, { 'other.txt': 'o' })
    await mergeInto(repo, 'side')
    const before = tip(repo, 'main')
    repo.worktree.put('f.txt', 'one\nboth\n')
    repo.worktree.put('other.txt', 'edited')
    const refused = [switchTo(repo, 'side'), run(repo, checkout, { target: 'HEAD~1', force: true }), run(repo, fork, { revision: 'HEAD', name: 'new' }), run(repo, commit, { title: 'all', all: 'tracked' }), run(repo, commit, { title: 'one', files: ['other.txt'] }),
      repo.add({ files: ['f.txt'] }), repo.add({ deletes: ['other.txt'] }), repo.add({ all: 'tracked', branch: 'side' })]
    for (const each of refused) await expect(each).rejects.toMatchObject({ code: 'OPERATION_IN_PROGRESS', hint: expect.stringContaining('atom merge --continue') as string })
    expect([tip(repo, 'main'), repo.worktree.text('f.txt')]).toEqual([before, 'one\nboth\n'])
    await repo.add({ title: 'only words' })
    await repo.add({ title: 'a session of its own', branch: 'side', files: ['other.txt'] })
    await run(repo, checkout, { target: 'HEAD', paths: ['other.txt'], force: true })
    await run(repo, continueIntegration, { kind: 'merge' })
    expect([repo.worktree.text('f.txt'), repo.worktree.text('other.txt')]).toEqual(['one\nboth\n', 'o'])
    await switchTo(repo, 'side')
  })

  it('puts every byte back when it is aborted', async () => {
    const repo = await aRepo()
    await twoSides(repo, { ...CLASH, theirs: { ...CLASH.theirs, 'new.txt': 'n', 'other.txt': 'o' } })
    repo.worktree.put('mine.txt', 'local')
    const files = new Map(repo.worktree.files)
    await mergeInto(repo, 'side')
    expect(repo.worktree.text('new.txt')).toBe('n')
    repo.worktree.put('f.txt', 'half resolved')
    await run(repo, abortIntegration, { kind: 'merge', keepFiles: false })
    expect(repo.worktree.files).toEqual(files)
    expect((await run(repo, status, {})).changes).toEqual([{ path: 'project/mine.txt', change: 'untracked' }])
    expect(await codeOfAsync(run(repo, abortIntegration, { kind: 'merge', keepFiles: false }))).toBe('NO_OPERATION_IN_PROGRESS')
  })

  it('is stopped by local changes, and brings forced-over ones back on abort', async () => {
    const repo = await aRepo()
    await twoSides(repo, { ...CLASH, theirs: { ...CLASH.theirs, 'new.txt': 'n' } })
    repo.worktree.put('f.txt', 'precious\n')
    repo.worktree.put('new.txt', 'mine')
    const files = new Map(repo.worktree.files)
    expect(await codeOfAsync(mergeInto(repo, 'side'))).toBe('LOCAL_CHANGES')
    expect([repo.worktree.files, getMergeState(repo.store)]).toEqual([files, undefined])
    expect(await mergeInto(repo, 'side', { force: true })).toMatchObject({ result: 'conflicts' })
    await run(repo, abortIntegration, { kind: 'merge', keepFiles: false })
    expect(repo.worktree.files).toEqual(files)
    expect((await run(repo, status, {})).changes).toMatchObject([{ change: 'modify' }, { change: 'untracked' }])
  })

  it('works on a branch that is not on disk: clean merges are recorded, conflicts only reported', async () => {
    const repo = await aRepo()
    await twoSides(repo, { ...CLASH, theirs: { 'g.txt': 'theirs\n' } })
    await switchTo(repo, 'main', { create: 'elsewhere' })
    const files = new Map(repo.worktree.files)
    const session = repo.as({ branch: 'refs/heads/main' })
    expect(await mergeInto(session, 'side')).toMatchObject({ result: 'merged', ref: 'refs/heads/main', files: undefined })
    expect([repo.worktree.files, treeAt(repo, 'elsewhere') === treeAt(repo, 'main')]).toEqual([files, false])
    await switchTo(repo, 'side', { create: 'clash' })
    await record(repo, { 'f.txt': 'one\nclash\n' })
    await switchTo(repo, 'elsewhere')
    const before = tip(repo, 'main')
    expect(await mergeInto(session, 'clash')).toMatchObject({ result: 'conflicts', isWaiting: false })
    expect([tip(repo, 'main'), getMergeState(repo.store), repo.worktree.files]).toEqual([before, undefined, files])
  })

  it('keeps a file that one side deleted until somebody decides', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'f.txt': 'one\n', 'g.txt': 'g\n' }, ours: { 'f.txt': undefined }, theirs: { 'f.txt': 'changed\n' } })
    expect(await mergeInto(repo, 'side')).toMatchObject({ result: 'conflicts', conflicts: [{ path: 'project/f.txt', kind: 'modify-delete' }] })
    expect(repo.worktree.text('f.txt')).toBe('changed\n')
    expect(await codeOfAsync(run(repo, continueIntegration, { kind: 'merge' }))).toBe('CONFLICTS_UNRESOLVED')
    repo.worktree.remove('f.txt')
    const { atom } = await run(repo, continueIntegration, { kind: 'merge' })
    expect(atom.files).toEqual([])
  })

  it('takes a file as it lies when it is named, markers or not', async () => {
    const repo = await aRepo()
    await twoSides(repo, CLASH)
    await mergeInto(repo, 'side')
    await run(repo, continueIntegration, { kind: 'merge', resolved: ['f.txt'] })
    expect(repo.worktree.text('f.txt')).toContain('<<<<<<<')
  })

  it('refuses conflicts outside the project without leave, and does the rest of a clean one', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { '~/x.env': 'A=1\n', 'y.txt': '1' }, ours: { 'y.txt': '2' }, theirs: { '~/x.env': 'A=2\n' } })
    // Switching back left the file of the home folder as it was: nobody gave leave.
    expect(repo.worktree.text('~/x.env')).toBe('A=2\n')
    await run(repo, checkout, { command: 'checkout', detach: false, scopes: ['home'], force: true, dryRun: false })
    expect(repo.worktree.text('~/x.env')).toBe('A=1\n')
    const { result, files } = await mergeInto(repo, 'side')
    expect([result, files?.lacking]).toEqual(['merged', ['home/x.env']])
    expect(repo.worktree.text('~/x.env')).toBe('A=1\n')
  })

  it('asks for leave before it starts on conflicts outside the project', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { '~/x.txt': '1\n' }, ours: { '~/x.txt': '2\n' }, theirs: { '~/x.txt': '3\n' } })
    expect(await codeOfAsync(mergeInto(repo, 'side'))).toBe('SCOPE_REFUSED')
    expect(getMergeState(repo.store)).toBeUndefined()
    expect(await mergeInto(repo, 'side', { scopes: ['home'] })).toMatchObject({ result: 'conflicts', isWaiting: true })
    await run(repo, abortIntegration, { kind: 'merge', keepFiles: false })
    expect(repo.worktree.text('~/x.txt')).toBe('2\n')
  })

  it('keeps what others recorded on the branch while conflicts were resolved', async () => {
    const repo = await aRepo()
    await twoSides(repo, CLASH)
    await mergeInto(repo, 'side')
    const late = (await repo.as({ agent: 'other' }).add({ title: 'meanwhile' })).atom
    repo.worktree.put('f.txt', 'one\nboth\n')
    const { atom } = await run(repo, continueIntegration, { kind: 'merge' })
    expect(atom.header.parents[0]).toBe(late.id)
  })
})

describe('the state of a merge', () => {
  it('survives being written down, and names what gc has to keep', async () => {
    const repo = await aRepo()
    await twoSides(repo, CLASH)
    await mergeInto(repo, 'side')
    const state = getMergeState(repo.store)
    if (state === undefined) throw new Error('no state')
    expect(repo.store.getRecord(META.merge)).toEqual(encodeMergeState(state))
    expect(state).toMatchObject({ kind: 'merge', ref: 'refs/heads/main', names: ['side'], rest: [], skipped: [] })
    for (const id of mergeStateRoots(state)) expect(repo.objects.getObject(id), digestOf(id)).toBeDefined()
    expect(await unresolvedPaths(repo, state)).toEqual(['project/f.txt'])
    await repo.store.write({ puts: [[META.merge, Uint8Array.of(1)]], deletes: [] }, 'sync')
    expect(() => getMergeState(repo.store)).toThrow('cannot be read')
  })
})
