/**
 * What every follower must do, as a function that runs on any of them: after `follow` it is what `rebuild` would have made, wherever its cursor stood, through resets,
 * forks, merges, reverts and what was taken back again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Operation } from '../../src/ops/operation.js'
import { branchCreate, branchDelete } from '../../src/ops/fork/branch.js'
import { merge } from '../../src/ops/fork/merge.js'
import { pick } from '../../src/ops/fork/pick.js'
import { tagCreate, tagDelete } from '../../src/ops/fork/tag.js'
import type { Follower } from '../../src/ops/ports.js'
import { reset } from '../../src/ops/undo/reset.js'
import { undo } from '../../src/ops/undo/undo.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

export interface FollowerSubject {
  readonly name: string
  make(folder: string): Follower
  /** Returns all that it says, so that two of them can be compared. */
  contents(folder: string): Promise<unknown>
}

async function run<Input, Output>(repo: MemoryRepo, operation: Operation<Input, Output>, input: object): Promise<void> {
  const result = operation.run(repo, operation.check(input))
  if (Symbol.asyncIterator in result) for await (const _ of result as AsyncIterable<Output>);
  else await result
}

/** A life of a trail, step by step. */
const STEPS: readonly (readonly [what: string, step: (repo: MemoryRepo) => Promise<unknown>])[] = [
  ['a decision', (repo) => repo.add({ title: 'Use DXVK 2.3', reason: 'it is stable', tokens: { total: 900, costUsd: 0.5 }, metadata: { sage_run: 'r1', state: 'init' } })],
  ['a file', async (repo) => {
    repo.worktree.put('gaming.env', 'DXVK=2.3\nHUD=1\n')
    await repo.add({ type: 'CFG', title: 'First config', files: ['gaming.env'], influencedBy: ['HEAD'], evidence: [{ name: 'fps', phase: 'before', value: 52, unit: 'FPS' }] })
  }],
  ['a branch', (repo) => run(repo, branchCreate, { name: 'idea' })],
  ['on the branch', (repo) => repo.add({ title: 'An idea', branch: 'idea', project: 'other' })],
  ['on main', async (repo) => {
    repo.worktree.put('gaming.env', 'DXVK=2.4\nHUD=1\n')
    await repo.add({ type: 'CFG', title: 'Newer DXVK', files: ['gaming.env'], influencedBy: ['HEAD'], metadata: { sage_run: 'r1', conclusion: 'validated' } })
  }],
  ['a merge', (repo) => run(repo, merge, { revision: 'idea' })],
  ['a tag', (repo) => run(repo, tagCreate, { name: 'good', message: 'it works' })],
  ['a revert', (repo) => run(repo, pick, { kind: 'revert', revisions: ['HEAD~1'] })],
  ['a reset', (repo) => run(repo, reset, { revision: 'HEAD~2', mode: 'hard', force: true })],
  ['on another line', (repo) => repo.add({ title: 'Something else' })],
  ['no tag any more', (repo) => run(repo, tagDelete, { names: ['good'] })],
  ['no branch any more', (repo) => run(repo, branchDelete, { names: ['idea'], force: true })],
  ['an undo', (repo) => run(repo, undo, { force: true })],
  ['a turn of a conversation', (repo) => repo.add({ type: 'CHAT', title: 'What did we set up?', metadata: { role: 'user', session: 's1' } })],
]

export function followerSuite({ name, make, contents }: FollowerSubject): void {
  let folder = ''
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-follower-')) })
  afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

  describe(`the follower suite on ${name}`, () => {
    it.each([...STEPS.keys(), 'every step' as const])('says after catching up from step %s what it says when it is made again', async (cursor) => {
      const repo = await aRepo()
      const follower = make(folder)
      if (cursor === 0) await follower.follow(repo)
      for (const [index, [, step]] of STEPS.entries()) {
        repo.clock.advance(60_000)
        await step(repo)
        if (cursor === 'every step' || cursor === index) await follower.follow(repo)
      }
      await follower.follow(repo)
      const caughtUp = await contents(folder)
      expect((await follower.follow(repo)).how).toBe('current')
      expect(await contents(folder)).toEqual(caughtUp)
      expect((await follower.rebuild(repo)).how).toBe('rebuilt')
      expect(await contents(folder)).toEqual(caughtUp)
      expect(repo.warnings).toEqual([])
    })

    it('makes itself when it is not there, and again when it was deleted', async () => {
      const repo = await aRepo()
      const follower = make(folder)
      await follower.follow(repo)
      const first = await contents(folder)
      rmSync(folder, { recursive: true })
      folder = mkdtempSync(join(tmpdir(), 'atom-follower-'))
      const again = make(folder)
      await again.follow(repo)
      expect(await contents(folder)).toEqual(first)
    })

    it('never writes to the store', async () => {
      const repo = await aRepo()
      await repo.add({ title: 'one' })
      const store = { ...repo.store, write: () => Promise.reject(new TypeError('a follower wrote to the store')) }
      await make(folder).follow({ ...repo, store })
      await make(folder).rebuild({ ...repo, store })
      expect(await contents(folder)).toBeDefined()
    })
  })
}
