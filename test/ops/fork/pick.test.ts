import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/codec/object-id.js'
import { abortIntegration, continueIntegration } from '../../../src/ops/fork/merge-end.js'
import { getMergeState } from '../../../src/ops/fork/merge-state.js'
import { pick, pickRest, type PickResult } from '../../../src/ops/fork/pick.js'
import { runBegin, runEnd } from '../../../src/ops/record/run-command.js'
import { codeOfAsync, mergeInto, record, run, runAll, switchTo, tip, treeAt, twoSides } from '../../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const revert = (repo: MemoryRepo, ...revisions: string[]): Promise<PickResult[]> => runAll(repo, pick, { kind: 'revert', revisions })
const cherryPick = (repo: MemoryRepo, ...revisions: string[]): Promise<PickResult[]> => runAll(repo, pick, { kind: 'cherry-pick', revisions })

describe('revert', () => {
  it('puts back what an ATOM changed by a new one that says so', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\n', 'b.env': 'B=1\n' })
    const bad = await record(repo, { 'a.env': 'A=2\n', 'b.env': undefined, 'c.env': 'C=1\n' }, 'the break')
    await record(repo, { 'd.env': 'D=1\n' })
    const [result] = await revert(repo, 'HEAD~1')
    expect(result).toMatchObject({ result: 'reverted', conflicts: [], rest: 0, commands: [] })
    expect(result?.atom).toMatchObject({
      header: { operation: 'revert', influencedBy: [{ object: digestOf(bad) }] },
      body: { title: 'Revert "the break"', metadata: { reverts: [digestOf(bad)] } },
    })
    expect(['a.env', 'b.env', 'c.env', 'd.env'].map((path) => repo.worktree.text(path))).toEqual(['A=1\n', 'B=1\n', undefined, 'D=1\n'])
  })

  it('twice is as before, and of several goes newest first', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\n' })
    const start = treeAt(repo, 'main')
    await record(repo, { 'a.env': 'A=2\n' })
    await record(repo, { 'a.env': 'A=3\n' })
    const end = treeAt(repo, 'main')
    const results = await revert(repo, 'HEAD~2..')
    expect(results.map(({ result }) => result)).toEqual(['reverted', 'reverted'])
    expect(treeAt(repo, 'main')).toBe(start)
    await revert(repo, 'HEAD~2..')
    expect(treeAt(repo, 'main')).toBe(end)
  })

  it('stops where somebody changed the same since, and goes on with the rest once that is resolved', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.txt': 'one\n', 'b.txt': 'x\n' })
    const first = await record(repo, { 'a.txt': 'two\n' })
    const second = await record(repo, { 'b.txt': 'y\n' })
    await record(repo, { 'a.txt': 'three\n' })
    const results = await revert(repo, digestOf(first), digestOf(second))
    expect(results).toMatchObject([{ result: 'conflicts', rest: 1, isWaiting: true, conflicts: [{ path: 'project/a.txt', kind: 'content' }] }])
    expect(repo.worktree.text('a.txt')).toContain('>>>>>>> before ATOM-CFG-')
    repo.worktree.put('a.txt', 'resolved\n')
    const { state, atom } = await run(repo, continueIntegration, { kind: 'revert' })
    expect([atom.header.operation, state.rest]).toEqual(['revert', [second]])
    const [rest] = await runAll(repo, pickRest, { kind: 'revert', ids: state.rest })
    expect([rest?.result, repo.worktree.text('b.txt'), getMergeState(repo.store)]).toEqual(['reverted', 'x\n', undefined])
  })

  it('takes back what a shell command did to files, also to one that nobody had recorded, and names the command', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\n' })
    repo.worktree.put('untracked.env', 'was here\n')
    const before = await run(repo, runBegin, {})
    repo.worktree.put('a.env', 'A=2\n')
    repo.worktree.put('untracked.env', 'overwritten\n')
    repo.worktree.put('made.txt', 'made')
    const no = new Uint8Array(0)
    await run(repo, runEnd, { command: ['sh', 'x.sh'], exitCode: 0, durationMs: 1, stdout: no, stderr: no, before: before.files })
    const [result] = await revert(repo, 'HEAD')
    expect(['a.env', 'untracked.env', 'made.txt'].map((path) => repo.worktree.text(path))).toEqual(['A=1\n', 'was here\n', undefined])
    expect(result?.commands).toEqual([['sh', 'x.sh']])
  })

  it('asks against which parent a merge is meant', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'a.txt': 'a' }, ours: { 'b.txt': 'b' }, theirs: { 'c.txt': 'c' } })
    await mergeInto(repo, 'side')
    expect(await codeOfAsync(revert(repo, 'HEAD'))).toBe('INPUT_INVALID')
    await runAll(repo, pick, { kind: 'revert', revisions: ['HEAD'], mainline: 1 })
    expect(['b.txt', 'c.txt'].map((path) => repo.worktree.text(path))).toEqual(['b', undefined])
    expect(await codeOfAsync(revert(repo))).toBe('INPUT_INVALID')
  })

  it('records the revert of what changed no file', async () => {
    const repo = await aRepo()
    const { atom } = await repo.add({ title: 'wrong decision' })
    const [result] = await revert(repo, 'HEAD')
    expect(result?.atom?.body?.metadata).toMatchObject({ reverts: [digestOf(atom.id)] })
  })
})

describe('cherry-pick', () => {
  it('brings one change over, as an ATOM of the same type that names its source', async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\nB=1\n' })
    await switchTo(repo, 'main', { create: 'side' })
    await record(repo, { 'x.txt': 'not this' })
    const wanted = await record(repo, { 'a.env': 'A=1\nB=2\n' }, 'raise B')
    await switchTo(repo, 'main')
    await record(repo, { 'a.env': 'A=5\nB=1\n' })
    const [result] = await cherryPick(repo, 'side')
    expect(result).toMatchObject({ result: 'picked', atom: { header: { operation: 'modify_file', influencedBy: [{ object: digestOf(wanted) }], parents: [expect.any(String)] }, body: { title: 'raise B', metadata: { cherry_picked_from: [digestOf(wanted)] } } } })
    expect([repo.worktree.text('a.env'), repo.worktree.text('x.txt')]).toEqual(['A=5\nB=2\n', undefined])
  })

  it('waits with conflicts, and can be aborted', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'f.txt': 'one\n' }, ours: { 'f.txt': 'ours\n' }, theirs: { 'f.txt': 'theirs\n' } })
    const before = tip(repo, 'main')
    expect(await cherryPick(repo, 'side')).toMatchObject([{ result: 'conflicts', isWaiting: true }])
    expect(await codeOfAsync(run(repo, abortIntegration, { kind: 'merge', keepFiles: false }))).toBe('NO_OPERATION_IN_PROGRESS')
    await run(repo, abortIntegration, { kind: 'cherry-pick', keepFiles: false })
    expect([repo.worktree.text('f.txt'), tip(repo, 'main')]).toEqual(['ours\n', before])
  })

  it('plans without writing anything', async () => {
    const repo = await aRepo()
    await twoSides(repo, { base: { 'f.txt': 'one\n' }, ours: { 'g.txt': 'g' }, theirs: { 'f.txt': 'theirs\n' } })
    const before = tip(repo, 'main')
    const [result] = await runAll(repo, pick, { kind: 'cherry-pick', revisions: ['side'], dryRun: true })
    expect([result?.atom, result?.files?.written, tip(repo, 'main'), repo.worktree.text('f.txt')]).toEqual([undefined, ['project/f.txt'], before, 'one\n'])
  })
})
