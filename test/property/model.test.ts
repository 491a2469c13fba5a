/**
 * Random sequences of operations against a model of a page: branches as lists of names, trees as maps, a counter for each day. What the store says
 * afterwards, by every way of asking, is what the model says.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ObjectId } from '../../src/codec/object-id.js'
import { walk } from '../../src/history/graph/walk.js'
import { allTips } from '../../src/history/resolve.js'
import { operations } from '../../src/refs/operation-log.js'
import { listRefs, pointAt } from '../../src/refs/ref.js'
import { readContent } from '../../src/store/content.js'
import { diffTrees } from '../../src/tree/diff.js'
import { EMPTY_TREE, walkTree } from '../../src/tree/read.js'
import { filesOf, readRecord } from '../../src/trail/record.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'

const BRANCHES = ['main', 'side', 'far']
const PATHS = ['a', 'b', 'dir/a', 'dir/b', 'dir/deep/a', '~/a', '/etc/a']

type Step =
  | { readonly is: 'record'; readonly branch: string; readonly files: readonly (readonly [string, string])[]; readonly deletes: readonly string[]; readonly type: string; readonly daysBack: number }
  | { readonly is: 'branch'; readonly name: string; readonly from: string }
  | { readonly is: 'merge'; readonly into: string; readonly from: string }
  | { readonly is: 'delete-branch'; readonly name: string }
  | { readonly is: 'together'; readonly branch: string; readonly count: number }
  | { readonly is: 'wait'; readonly ms: number }

interface ModelAtom { readonly atomId: string; readonly parents: readonly number[]; readonly files: ReadonlyMap<string, string>; readonly timeMs: number }

class Model {
  readonly atoms: ModelAtom[] = []
  readonly tips = new Map<string, number>()
  readonly days = new Map<string, number>()

  record(branch: string, atom: { readonly type: string; readonly timeMs: number; readonly files?: ReadonlyMap<string, string>; readonly otherParents?: readonly number[] }): void {
    const tip = this.tips.get(branch) ?? this.tips.get('main')
    const day = new Date(atom.timeMs).toISOString().slice(0, 10).replaceAll('-', '')
    const count = (this.days.get(day) ?? 0) + 1
    this.days.set(day, count)
    const files = atom.files ?? (tip === undefined ? new Map<string, string>() : this.atoms[tip]?.files) ?? new Map<string, string>()
    this.tips.set(branch, this.atoms.length)
    this.atoms.push({ atomId: `ATOM-${atom.type}-${day}-${String(count).padStart(3, '0')}`, parents: [...(tip === undefined ? [] : [tip]), ...atom.otherParents ?? []], files, timeMs: atom.timeMs })
  }

  filesAt(branch: string): Map<string, string> {
    const tip = this.tips.get(branch) ?? this.tips.get('main')
    return new Map(tip === undefined ? [] : this.atoms[tip]?.files)
  }

  /** Corrected time: no child before its parents. */
  orderMs(seq: number): number {
    const { timeMs, parents } = this.atoms[seq] as ModelAtom
    return Math.max(timeMs, ...parents.map((parent) => this.orderMs(parent) + 1))
  }

  ancestors(seq: number, seen: Set<number> = new Set()): Set<number> {
    if (seen.has(seq)) return seen
    seen.add(seq)
    for (const parent of this.atoms[seq]?.parents ?? []) this.ancestors(parent, seen)
    return seen
  }
}

const branch = fc.constantFrom(...BRANCHES)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({
    is: fc.constant('record' as const), branch, type: fc.constantFrom('CFG', 'DECISION', 'MY-OWN'), daysBack: fc.constantFrom(0, 0, 0, 1, 400),
    files: fc.array(fc.tuple(fc.constantFrom(...PATHS), fc.constantFrom('1', '2', '3')), { maxLength: 3 }), deletes: fc.uniqueArray(fc.constantFrom(...PATHS), { maxLength: 2 }),
  }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('branch' as const), name: branch, from: branch }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('merge' as const), into: branch, from: branch }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('delete-branch' as const), name: fc.constantFrom('side', 'far') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('together' as const), branch, count: fc.integer({ min: 2, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.constantFrom(-3_600_000, 1, 1_000, 50_000_000) }) },
)

async function perform(repo: MemoryRepo, model: Model, next: Step): Promise<void> {
  const move = (name: string, to: number | undefined): Promise<unknown> => repo.writer.transact({ agent: 'tester', command: 'branch' }, (tx) => {
    tx.edit({ ref: `refs/heads/${name}`, expected: 'any', next: to === undefined ? undefined : pointAt(repo.index.node(to).id) })
  })
  const nowMs = repo.clock.nowMs()
  switch (next.is) {
    case 'record': {
      const files = model.filesAt(next.branch)
      const put = new Map(next.files)
      const gone = next.deletes.filter((path) => !put.has(path) && files.has(path))
      for (const path of gone) files.delete(path)
      for (const [path, content] of put) files.set(path, content)
      for (const [path, content] of put) repo.worktree.put(path, content)
      const timeMs = nowMs - next.daysBack * 86_400_000
      await repo.add({ type: next.type, branch: next.branch, files: [...put.keys()], deletes: gone, ...(next.daysBack > 0 && { date: new Date(timeMs).toISOString() }) })
      return model.record(next.branch, { type: next.type, timeMs, files })
    }
    case 'branch': {
      const from = model.tips.get(next.from)
      if (from === undefined) return
      await move(next.name, from)
      model.tips.set(next.name, from)
      return
    }
    case 'merge': {
      const [into, from] = [model.tips.get(next.into), model.tips.get(next.from)]
      if (into === undefined || from === undefined || into === from) return
      await repo.draft({ type: 'MERGE', body: { title: 'merge' }, otherParents: [repo.index.node(from).id] }, { ref: `refs/heads/${next.into}` })
      return model.record(next.into, { type: 'MERGE', timeMs: nowMs, otherParents: [from] })
    }
    case 'delete-branch': {
      await move(next.name, undefined)
      model.tips.delete(next.name)
      return
    }
    case 'together': {
      await Promise.all(Array.from({ length: next.count }, (_, index) => repo.add({ type: 'TEST', title: String(index), branch: next.branch })))
      for (let index = 0; index < next.count; index++) model.record(next.branch, { type: 'TEST', timeMs: nowMs })
      return
    }
    case 'wait': repo.clock.advance(next.ms)
  }
}

const shown: { readonly [start: string]: string } = { 'project/': '', 'home/': '~/', 'system/': '/' }
const shownPath = (path: string): string => path.replace(/^(project|home|system)\//, (scope) => shown[scope] ?? scope)

function filesIn(repo: MemoryRepo, tree: ObjectId): Map<string, string> {
  return new Map([...walkTree(repo.objects, tree)].map(({ path, link }) => [shownPath(path), new TextDecoder().decode(readContent(repo.objects, link))]))
}

const byPath = (files: ReadonlyMap<string, string>): [string, string][] => [...files].sort(([left], [right]) => (left < right ? -1 : 1))

async function compare(repo: MemoryRepo, model: Model): Promise<void> {
  const { index } = repo
  const refs = await listRefs(repo.store, 'refs/heads/')
  expect(refs.map(({ name, target }) => [name.slice(11), target.is === 'object' ? index.getSeq(target.digest) : target])).toEqual([...model.tips].sort(([left], [right]) => (left < right ? -1 : 1)))
  expect([...await allTips(repo)].sort()).toEqual([...new Set(model.tips.values())].sort())
  for (const [seq, atom] of model.atoms.entries()) {
    const node = index.node(seq)
    expect([node.atomId, node.parents, node.timeMs, node.orderMs]).toEqual([atom.atomId, atom.parents, atom.timeMs, model.orderMs(seq)])
    const record = readRecord(repo, seq)
    expect(byPath(filesIn(repo, record.header.tree))).toEqual(byPath(atom.files))
    const before = atom.parents[0] === undefined ? new Map<string, string>() : model.atoms[atom.parents[0]]?.files ?? new Map<string, string>()
    const changed = [...new Set([...before.keys(), ...atom.files.keys()])].filter((path) => before.get(path) !== atom.files.get(path))
    expect(filesOf(repo, seq, record.header).map(({ path }) => shownPath(path)).sort()).toEqual(changed.sort())
  }
  expect(new Set(model.atoms.map(({ atomId }) => atomId)).size).toBe(model.atoms.length)
  for (const tip of model.tips.values()) {
    const order = [...model.ancestors(tip)].sort((left, right) => model.orderMs(right) - model.orderMs(left) || (index.node(left).digest < index.node(right).digest ? -1 : 1))
    expect([...walk(index, [tip])]).toEqual(order)
  }
  for (const path of ['project/a', 'project/dir', 'home']) {
    const touching = model.atoms.flatMap((_, seq) => diffTrees(repo.objects, treeBefore(repo, seq), readRecord(repo, seq).header.tree).some((change) => change.path === path || change.path.startsWith(`${path}/`)) ? [seq] : [])
    const found: number[] = []
    for await (const seq of index.changing(path)) found.push(seq)
    expect(found).toEqual(touching.reverse())
  }
  const log = [...operations(repo.store)]
  expect(log.map(({ op }) => op.seq)).toEqual(log.map((_, at) => log.length - at))
}

function treeBefore(repo: MemoryRepo, seq: number): ObjectId {
  const [first] = repo.index.parents(seq)
  return first === undefined ? EMPTY_TREE.id : readRecord(repo, first).header.tree
}

it('a store does what its model does, whatever is done to it', { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
    const repo = await aRepo()
    const model = new Model()
    model.record('main', { type: 'INIT', timeMs: repo.clock.nowMs() })
    for (const next of steps) await perform(repo, model, next)
    await compare(repo, model)
  }), { numRuns: 60 })
})
