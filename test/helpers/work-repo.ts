/** A repo on a memory store with a real folder as its worktree: for use cases that write files. */
import { add, type AddInput, type AddResult } from '../../src/ops/record/add.js'
import type { Repo } from '../../src/ops/repo.js'
import { aRepo, type MemoryRepo } from './memory-repo.js'
import { aBench, type Bench } from './worktree.js'

export interface WorkRepo extends Bench {
  readonly repo: Repo
  readonly memory: MemoryRepo
  /** Records typed paths; `a` every tracked change. */
  record(title: string, input?: Partial<AddInput>): Promise<AddResult>
}

export async function aWorkRepo(): Promise<WorkRepo> {
  const bench = aBench()
  const memory = await aRepo()
  const repo: Repo = { ...memory, worktree: bench.worktree }
  return { ...bench, repo, memory, record: (title, input = {}) => add.run(repo, add.check({ type: 'CFG', title, ...input })) as Promise<AddResult> }
}
