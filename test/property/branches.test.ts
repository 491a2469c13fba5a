import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { mergeTrees } from '../../src/history/merge/merge-trees.js'
import { EXECUTABLE_MODE, FILE_MODE } from '../../src/object/tree.js'
import { abortIntegration } from '../../src/ops/fork/merge-end.js'
import { bisectMark, bisectStart, type BisectReport } from '../../src/ops/search/bisect.js'
import { branchCreate, branchDelete, branchRename } from '../../src/ops/fork/branch.js'
import { tagCreate } from '../../src/ops/fork/tag.js'
import { pick } from '../../src/ops/fork/pick.js'
import { reset } from '../../src/ops/undo/reset.js'
import { undo } from '../../src/ops/undo/undo.js'
import { isAtomError } from '../../src/base/errors.js'
import { formatTarget } from '../../src/object/op.js'
import { listRefs } from '../../src/refs/ref.js'
import { operations } from '../../src/refs/operation-log.js'
import { sealContent } from '../../src/store/content.js'
import { mergeInto, record, run, runAll, switchTo, tip, treeAt } from '../helpers/branches.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { aTreeStore, type TreeStore } from '../helpers/trees.js'

const PATHS = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/d.txt', 'e'] as const
/** Lines that are far enough apart for changes of different ones not to touch. */
const contentOf = (numbers: readonly number[]): string => numbers.map((number, index) => `${String(index)}: ${String(number)}\ncontext\nbetween\nthem ${String(index)}\n`).join('')
const content = fc.array(fc.nat({ max: 2 }), { minLength: 3, maxLength: 3 }).map(contentOf)
const files = fc.dictionary(fc.constantFrom(...PATHS), fc.tuple(content, fc.boolean()), { maxKeys: 5 })
type Files = Readonly<Record<string, readonly [string, boolean]>>

function treeOf(store: TreeStore, wanted: Files): ObjectId {
  return store.of(new Map(Object.entries(wanted).map(([path, [text, isExecutable]]) => {
    const sealed = sealContent(utf8(text))
    for (const { id, bytes } of sealed.objects) store.objects.set(id, bytes)
    return [path, { mode: isExecutable ? EXECUTABLE_MODE : FILE_MODE, link: sealed.id }]
  })))
}

describe('a merge of trees', () => {
  const labels = { ours: 'o', theirs: 't' }

  it('with itself or with its base changes nothing', async () => {
    await fc.assert(fc.asyncProperty(files, files, async (base, side) => {
      const store = aTreeStore()
      const [b, s] = [treeOf(store, base), treeOf(store, side)]
      for (const [ours, theirs] of [[s, s], [s, b], [b, s]] as const) {
        const merge = await mergeTrees(store, { base: b, ours, theirs }, { labels })
        expect([merge.tree, merge.conflicts]).toEqual([s, []])
      }
    }), { numRuns: 150 })
  })

  it('gives the same tree from either side when it is clean, and conflicts at the same paths when it is not', async () => {
    await fc.assert(fc.asyncProperty(files, files, files, async (base, left, right) => {
      const store = aTreeStore()
      const trees = { base: treeOf(store, base), ours: treeOf(store, left), theirs: treeOf(store, right) }
      const one = await mergeTrees(store, trees, { labels })
      const other = await mergeTrees(store, { base: trees.base, ours: trees.theirs, theirs: trees.ours }, { labels })
      expect(other.conflicts.map(({ path, kind }) => `${kind} ${path}`)).toEqual(one.conflicts.map(({ path, kind }) => `${kind} ${path}`))
      if (one.conflicts.length === 0) expect(other.tree).toBe(one.tree)
    }), { numRuns: 300 })
  })
})

type Step = (repo: MemoryRepo) => Promise<unknown>
interface NamedStep { readonly name: string; readonly step: Step }

const name = fc.constantFrom('one', 'two', 'three')
const steps: fc.Arbitrary<NamedStep> = fc.oneof(
  fc.tuple(fc.constantFrom(...PATHS), fc.option(content)).map(([path, text]) => ({ name: `record ${path}`, step: (repo: MemoryRepo) => record(repo, { [path]: text ?? undefined }) })),
  name.map((branch) => ({ name: `branch ${branch}`, step: (repo: MemoryRepo) => run(repo, branchCreate, { name: branch, force: false }) })),
  name.map((branch) => ({ name: `switch ${branch}`, step: (repo: MemoryRepo) => switchTo(repo, branch) })),
  name.map((branch) => ({ name: `delete ${branch}`, step: (repo: MemoryRepo) => run(repo, branchDelete, { names: [branch], force: true }) })),
  fc.tuple(name, name).map(([from, to]) => ({ name: `rename ${from} ${to}`, step: (repo: MemoryRepo) => run(repo, branchRename, { from, to, force: false }) })),
  name.map((tag) => ({ name: `tag ${tag}`, step: (repo: MemoryRepo) => run(repo, tagCreate, { name: tag, message: tag, force: true }) })),
  fc.tuple(fc.nat({ max: 3 }), fc.constantFrom('hard', 'soft')).map(([back, mode]) => ({ name: `reset --${mode} HEAD~${String(back)}`, step: (repo: MemoryRepo) => run(repo, reset, { revision: `HEAD~${String(back)}`, mode, force: true }) })),
  fc.nat({ max: 3 }).map((back) => ({ name: `revert HEAD~${String(back)}`, step: (repo: MemoryRepo) => runAll(repo, pick, { kind: 'revert', revisions: [`HEAD~${String(back)}`] }) })),
  name.map((branch) => ({ name: `merge ${branch}`, step: async (repo: MemoryRepo) => {
    const { isWaiting } = await mergeInto(repo, branch)
    if (isWaiting) await run(repo, abortIntegration, { kind: 'merge', keepFiles: false })
  } })),
)

/** Runs a step; one that was refused changed nothing and counts for nothing. */
async function attempt(repo: MemoryRepo, { step }: NamedStep): Promise<void> {
  try {
    const result = await step(repo)
    if (Array.isArray(result) && (result as { readonly isWaiting?: boolean }[]).some(({ isWaiting }) => isWaiting === true)) await run(repo, abortIntegration, { kind: 'revert', keepFiles: false })
  } catch (error) {
    if (!isAtomError(error) || error.code === 'INTERNAL') throw error
  }
}

async function refsOf(repo: MemoryRepo): Promise<readonly string[]> {
  const all = [...await listRefs(repo.store, 'HEAD'), ...await listRefs(repo.store, 'refs/')]
  return all.map(({ name: ref, target }) => `${ref} ${formatTarget(target) ?? ''}`)
}

const onDisk = (repo: MemoryRepo): Record<string, string> => Object.fromEntries([...repo.worktree.files].map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]))

describe('undo', () => {
  it('of any move puts every ref back, and undone itself does the move again', async () => {
    await fc.assert(fc.asyncProperty(fc.array(steps, { maxLength: 12 }), steps, async (before, last) => {
      const repo = await aRepo()
      await record(repo, { 'a.txt': 'start\n' })
      for (const step of before) await attempt(repo, step)
      const refs = await refsOf(repo)
      const [known] = operations(repo.store)
      await attempt(repo, last)
      const [moved] = operations(repo.store)
      if (moved === undefined || moved.id === known?.id || moved.op.seq !== (known?.op.seq ?? 0) + 1) return
      const after = await refsOf(repo)
      await run(repo, undo, { operation: moved.id.slice(2), force: true })
      expect(await refsOf(repo)).toEqual(refs)
      const [undone] = operations(repo.store)
      await run(repo, undo, { operation: undone?.id.slice(2), force: true })
      expect(await refsOf(repo)).toEqual(after)
    }), { numRuns: 120 })
  })

  it('goes back through a whole history, move by move, files included', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...PATHS), content), { minLength: 1, maxLength: 8 }), async (changes) => {
      const repo = await aRepo()
      const states: Record<string, string>[] = [onDisk(repo)]
      const ops: string[] = []
      for (const [path, text] of changes) {
        await record(repo, { [path]: text })
        states.push(onDisk(repo))
        ops.push([...operations(repo.store)][0]?.id.slice(2) ?? '')
      }
      for (const op of ops.reverse()) {
        await run(repo, undo, { operation: op })
        states.pop()
        expect(onDisk(repo)).toEqual(states.at(-1))
      }
    }), { numRuns: 60 })
  })
})

describe('revert', () => {
  it('of a revert restores the tree', async () => {
    await fc.assert(fc.asyncProperty(files, files, async (first, second) => {
      const repo = await aRepo()
      const changed = (from: Files, to: Files): Record<string, string | undefined> => ({ ...Object.fromEntries(Object.keys(from).map((path) => [path, undefined])), ...Object.fromEntries(Object.entries(to).map(([path, [text]]) => [path, text])) })
      await record(repo, changed({}, first))
      const before = treeAt(repo, 'main')
      await record(repo, changed(first, second))
      const after = treeAt(repo, 'main')
      await runAll(repo, pick, { kind: 'revert', revisions: ['HEAD'] })
      expect(treeAt(repo, 'main')).toBe(before)
      await runAll(repo, pick, { kind: 'revert', revisions: ['HEAD'] })
      expect(treeAt(repo, 'main')).toBe(after)
    }), { numRuns: 80 })
  })
})

describe('a merge of branches', () => {
  it('is up to date with itself, and gives the same tree in either order', async () => {
    await fc.assert(fc.asyncProperty(content, content, async (left, right) => {
      const repo = await aRepo()
      await record(repo, { 'a.txt': contentOf([9, 9, 9]), 'b.txt': contentOf([9, 9, 9]) })
      await switchTo(repo, 'main', { create: 'side' })
      await record(repo, { 'a.txt': left })
      await switchTo(repo, 'main')
      await record(repo, { 'b.txt': right })
      expect(await mergeInto(repo, 'HEAD')).toMatchObject({ result: 'up-to-date' })
      const main = tip(repo, 'main')?.slice(2) ?? ''
      await mergeInto(repo, 'side')
      expect(await mergeInto(repo, 'side')).toMatchObject({ result: 'up-to-date' })
      await switchTo(repo, 'side')
      await mergeInto(repo, main)
      expect(treeAt(repo, 'side')).toBe(treeAt(repo, 'main'))
    }), { numRuns: 40 })
  })
})

describe('bisect', () => {
  it('finds a planted break on branching histories', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('record', 'fork', 'merge'), { minLength: 4, maxLength: 18 }), fc.nat(), async (moves, where) => {
      const repo = await aRepo()
      await record(repo, { 'a.txt': 'start\n' })
      const start = repo.index.seqOf(tip(repo, 'main') ?? '' as never)
      let count = 0
      let branches = 1
      for (const move of moves) {
        count++
        if (move === 'record') await record(repo, { [`f${String(count)}`]: String(count) })
        else if (move === 'fork') await switchTo(repo, 'HEAD', { create: `b${String(branches++)}` }).then(() => record(repo, { [`g${String(count)}`]: String(count) }))
        else await mergeInto(repo, `b${String(count % branches)}`).catch(() => undefined)
      }
      const end = repo.index.seqOf(tip(repo, 'HEAD') ?? '' as never)
      const reach = (seq: number, of: number): boolean => seq === of || repo.index.parents(of).some((parent) => reach(seq, parent))
      const candidates = Array.from({ length: end - start }, (_, index) => start + 1 + index).filter((seq) => reach(seq, end))
      const broken = candidates[where % Math.max(1, candidates.length)]
      if (broken === undefined) return
      let report: BisectReport = await run(repo, bisectStart, { bad: repo.index.node(end).digest, good: [repo.index.node(start).digest], firstParent: false })
      for (let asked = 0; report.state === 'testing'; asked++) {
        expect(asked).toBeLessThanOrEqual(candidates.length)
        report = await run(repo, bisectMark, { word: reach(broken, report.candidate?.seq ?? 0) ? 'bad' : 'good' })
      }
      expect(report.firstBad?.seq).toBe(broken)
    }), { numRuns: 60 })
  })
})
