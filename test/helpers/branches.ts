/** Verbs for tests about branches: record files, switch, and run use cases by their input. */
import type { ObjectId } from '../../src/codec/object-id.js'
import type { Operation } from '../../src/ops/operation.js'
import { checkout } from '../../src/ops/files/checkout.js'
import { merge, type MergeInput, type MergeResult } from '../../src/ops/fork/merge.js'
import { resolveRef } from '../../src/refs/ref.js'
import { treeOf } from '../../src/ops/context.js'
import type { MemoryRepo } from './memory-repo.js'

/** Runs a use case that gives one answer, its input checked. */
export async function run<Input, Output>(repo: MemoryRepo, operation: Operation<Input, Output>, input: unknown): Promise<Output> {
  return await (operation.run(repo, operation.check(input)) as Promise<Output>)
}

/** Runs a use case that streams, to its end. */
export async function runAll<Input, Output>(repo: MemoryRepo, operation: Operation<Input, Output>, input: unknown): Promise<Output[]> {
  const items: Output[] = []
  for await (const item of operation.run(repo, operation.check(input)) as AsyncIterable<Output>) items.push(item)
  return items
}

/** Writes (or with undefined removes) files and records them. */
export async function record(repo: MemoryRepo, files: Readonly<Record<string, string | undefined>>, title = 'a change'): Promise<ObjectId> {
  repo.clock.advance(1_000)
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) repo.worktree.remove(path)
    else repo.worktree.put(path, content)
  }
  const names = Object.keys(files)
  const { atom } = await repo.add({ type: 'CFG', title, files: names.filter((name) => files[name] !== undefined), deletes: names.filter((name) => files[name] === undefined) })
  return atom.id
}

export async function switchTo(repo: MemoryRepo, target: string, options: { readonly create?: string } = {}): Promise<void> {
  await run(repo, checkout, { command: 'switch', target, ...options, detach: false, scopes: [], force: false, dryRun: false })
}

export function mergeInto(repo: MemoryRepo, revision: string, input: Partial<MergeInput> = {}): Promise<MergeResult> {
  return run(repo, merge, { revision, ...input })
}

/** Returns the tip of a branch. */
export function tip(repo: MemoryRepo, branch: string): ObjectId | undefined {
  return resolveRef(repo.store, branch === 'HEAD' ? branch : `refs/heads/${branch}`)
}

export function treeAt(repo: MemoryRepo, branch: string): ObjectId {
  return treeOf(repo.objects, tip(repo, branch))
}

/** Returns the code of the `AtomError` that a promise is rejected with, or 'nothing'. */
export async function codeOfAsync(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error)
  }
  return 'nothing'
}

/** Makes `main` and `side` from one ATOM with `base`; each then records its own files. HEAD ends on main. */
export async function twoSides(repo: MemoryRepo, sides: { readonly base: Readonly<Record<string, string>>; readonly ours: Readonly<Record<string, string | undefined>>; readonly theirs: Readonly<Record<string, string | undefined>> }): Promise<void> {
  await record(repo, sides.base, 'base')
  await switchTo(repo, 'main', { create: 'side' })
  await record(repo, sides.theirs, 'theirs')
  await switchTo(repo, 'main')
  await record(repo, sides.ours, 'ours')
}
