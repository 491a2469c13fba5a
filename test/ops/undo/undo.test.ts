import { describe, expect, it } from 'vitest'
import { branchDelete } from '../../../src/ops/fork/branch.js'
import { fork } from '../../../src/ops/fork/fork.js'
import { opLog } from '../../../src/ops/undo/op-log.js'
import { reset } from '../../../src/ops/undo/reset.js'
import { undo } from '../../../src/ops/undo/undo.js'
import { digestOf } from '../../../src/codec/object-id.js'
import { getHeadBranch } from '../../../src/refs/ref.js'
import { codeOfAsync, record, run, runAll, switchTo, tip } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

describe('undo', () => {
  it('takes back the last move of the branch, files too, and once more redoes it', async () => {
    const repo = await aRepo()
    const first = await record(repo, { 'a.env': 'A=1\n' })
    const second = await record(repo, { 'a.env': 'A=2\n', 'b.env': 'B=1\n' })
    const result = await run(repo, undo, {})
    expect(result).toMatchObject({ undone: { op: { command: 'add', seq: 3 } }, op: { op: { command: 'undo', seq: 4 } } })
    expect([tip(repo, 'main'), repo.worktree.text('a.env'), repo.worktree.text('b.env')]).toEqual([first, 'A=1\n', undefined])
    await run(repo, undo, {})
    expect([tip(repo, 'main'), repo.worktree.text('a.env'), repo.worktree.text('b.env')]).toEqual([second, 'A=2\n', 'B=1\n'])
  })

  it('takes back any move by its id, a prefix or its number, as long as nothing came after', async () => {
    const repo = await aRepo()
    const first = await record(repo, { 'a.env': 'A=1\n' })
    await switchTo(repo, 'main', { create: 'side' })
    await record(repo, { 'a.env': 'A=2\n' })
    await switchTo(repo, 'main')
    const [, onSide, , onMain] = await runAll(repo, opLog, { all: false })
    await run(repo, undo, { operation: digestOf(onSide?.id ?? '' as never).slice(0, 12) })
    expect([tip(repo, 'side'), repo.worktree.text('a.env')]).toEqual([first, 'A=1\n'])
    await run(repo, undo, { operation: String(onMain?.op.seq) })
    expect(tip(repo, 'main')).toBe(repo.index.node(0).id)
    expect(await codeOfAsync(run(repo, undo, { operation: String(onMain?.op.seq) }))).toBe('REF_MOVED')
    expect(await codeOfAsync(run(repo, undo, { operation: '9999' }))).toBe('OPERATION_NOT_FOUND')
    expect(await codeOfAsync(run(repo, undo, { operation: '1' }))).toBe('NOTHING_TO_UNDO')
    expect(await codeOfAsync(run(repo, undo, { operation: digestOf(first) }))).toBe('OPERATION_NOT_FOUND')
  })

  it('brings back a deleted branch, a reset one, and where HEAD was before a fork', async () => {
    const repo = await aRepo()
    const first = await record(repo, { 'a.env': 'A=1\n' })
    const second = await record(repo, { 'a.env': 'A=2\n' })
    await run(repo, reset, { revision: 'HEAD~1', mode: 'hard' })
    await run(repo, undo, {})
    expect([tip(repo, 'main'), repo.worktree.text('a.env')]).toEqual([second, 'A=2\n'])
    await run(repo, fork, { revision: 'HEAD~1', name: 'try' })
    expect([getHeadBranch(repo.store), tip(repo, 'try'), repo.worktree.text('a.env')]).toEqual(['refs/heads/try', first, 'A=1\n'])
    await run(repo, undo, {})
    expect([getHeadBranch(repo.store), tip(repo, 'try'), repo.worktree.text('a.env')]).toEqual(['refs/heads/main', undefined, 'A=2\n'])
    await run(repo, fork, { revision: 'HEAD', name: 'gone' })
    await switchTo(repo, 'main')
    await run(repo, branchDelete, { names: ['gone'], force: true })
    const [deletion] = await runAll(repo, opLog, { all: false, limit: 1 })
    await run(repo, undo, { operation: String(deletion?.op.seq) })
    expect(tip(repo, 'gone')).toBe(second)
  })

  it("leaves another agent's move alone unless forced, and local changes too", async () => {
    const repo = await aRepo()
    await record(repo, { 'a.env': 'A=1\n' })
    const second = await record(repo, { 'a.env': 'A=2\n' })
    expect(await codeOfAsync(run(repo.as({ agent: 'other' }), undo, {}))).toBe('OPERATION_FOREIGN')
    repo.worktree.put('a.env', 'local\n')
    expect(await codeOfAsync(run(repo, undo, {}))).toBe('LOCAL_CHANGES')
    expect(await run(repo, undo, { dryRun: true })).toMatchObject({ op: undefined, files: { isDryRun: true } })
    expect(tip(repo, 'main')).toBe(second)
    await run(repo.as({ agent: 'other' }), undo, { force: true })
    expect(repo.worktree.text('a.env')).toBe('A=1\n')
  })
})

describe('fork', () => {
  it('only makes the branch for a session that works on one of its own', async () => {
    const repo = await aRepo()
    const first = await record(repo, { 'a.env': 'A=1\n' })
    const made = await run(repo.as({ branch: 'refs/heads/main' }), fork, { revision: 'HEAD', name: 'y' })
    expect(made).toMatchObject({ branch: { name: 'y', object: first }, files: undefined })
    expect(getHeadBranch(repo.store)).toBe('refs/heads/main')
    expect(await codeOfAsync(run(repo, fork, { revision: 'HEAD', name: 'y' }))).toBe('REF_EXISTS')
  })
})
