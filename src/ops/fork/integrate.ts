/**
 * What merge, cherry-pick and revert have in common: a three-way merge of trees onto the tip of a branch, laid out where that branch is on disk,
 * recorded when it is clean, kept waiting (`merge-state.ts`) when it is not.
 */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { SALT_BYTES } from '../../base/limits.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import { mergeTrees, withMade } from '../../history/merge/merge-trees.js'
import type { MergeConflict, TreeMerge } from '../../history/merge/types.js'
import { resolveRef } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { META } from '../../store/objects.js'
import { diffTrees } from '../../tree/diff.js'
import type { PathChanges } from '../../tree/update.js'
import { updateTree } from '../../tree/update.js'
import { recordOf, type AtomRecord } from '../../trail/record.js'
import { treeOf } from '../context.js'
import { putAheadInBatches } from '../record/evidence.js'
import { checkObstacles, isOnDisk, layOut, planLayOut, type LaidOut } from '../files/lay-out.js'
import { checkNothingWaits, encodeMergeState, type IntegrationKind, type MergeState, type WaitingConflict } from './merge-state.js'
import type { Scope, TrackedPath } from '../ports.js'
import { layoutTree, stageDraft, type Draft, type RecordedAtom } from '../record/record-draft.js'
import type { Repo } from '../repo.js'
import { withTaint } from '../with-taint.js'
import { allowedScopes } from '../files/scope-name.js'

export type { MergeConflict } from '../../history/merge/types.js'

export interface LayoutWish {
  readonly scopes: readonly Scope[]
  readonly force: boolean
  readonly dryRun: boolean
}

export interface Integration {
  readonly kind: IntegrationKind
  /** Full name of the ref that moves. */
  readonly ref: string
  /** The ATOM that is merged, picked or reverted. */
  readonly theirs: ObjectId
  /** The trees between which the change lies that is brought over. */
  readonly base: ObjectId
  readonly changed: ObjectId
  /** What making those trees took, beyond what is stored. */
  readonly objects: readonly SealedObject[]
  readonly labels: { readonly ours: string; readonly theirs: string }
  readonly draft: Omit<Draft, 'files' | 'objects' | 'layout'>
  readonly names: readonly string[]
  readonly rest: readonly ObjectId[]
}

export type Laid = Omit<LaidOut<unknown>, 'value'>

export interface Integrated {
  /** Absent with conflicts, and after a dry run. */
  readonly atom: AtomRecord | undefined
  readonly conflicts: readonly MergeConflict[]
  /** Absent where the branch is not on disk. */
  readonly files: Laid | undefined
  /** True where a person can go on with `--continue`. */
  readonly isWaiting: boolean
}

/** Brings a change onto a branch. Throws `LOCAL_CHANGES`, `OPERATION_IN_PROGRESS`, `SCOPE_REFUSED` before anything is written. */
export async function integrate(repo: Repo, integration: Integration, wish: LayoutWish): Promise<Integrated> {
  const isVisible = isOnDisk(repo, integration.ref)
  if (isVisible) checkNothingWaits(repo.store)
  const tip = resolveRef(repo.store, integration.ref)
  const ours = treeOf(repo.objects, tip)
  const reader = withMade(repo.objects, integration.objects)
  const merge = await mergeTrees(reader, { base: integration.base, ours, theirs: integration.changed }, { labels: integration.labels, signal: repo.signal })
  const objects = neededObjects(repo, [...integration.objects, ...merge.objects], merge)
  if (!wish.dryRun) await putAheadInBatches(repo, objects)
  if (merge.conflicts.length > 0) return waitFor(repo, { integration, merge: { ...merge, objects }, tip }, { ...wish, isVisible })
  const commit = (tx: Transaction): RecordedAtom => stageIntegration(tx, repo, { integration, changes: merge.changes, ours })
  const stamp = { agent: integration.draft.agent, command: integration.kind }
  if (!isVisible) {
    const atom = wish.dryRun ? undefined : await recordedAtom(repo, (await repo.writer.transact(stamp, commit)).value)
    return { atom, conflicts: [], files: undefined, isWaiting: false }
  }
  const { value, ...files } = await layOut(repo, { to: merge.tree, ...wish, files: 'changed', objects, stamp, commit })
  return { atom: value === undefined ? undefined : await recordedAtom(repo, value), conflicts: [], files, isWaiting: false }
}

/** Returns what must be stored for the merged tree: of a merged base nothing but what the result still names. */
function neededObjects(repo: Repo, made: readonly SealedObject[], merge: TreeMerge): readonly SealedObject[] {
  const linked = new Set([...merge.changes.values()].flatMap((entry) => entry === undefined ? [] : [entry.link as string]))
  const result = new Set(merge.objects.map(({ id }) => id))
  return made.filter(({ id }) => (result.has(id) || linked.has(id)) && repo.objects.getObject(id) === undefined)
}

export function recordedAtom(repo: Repo, recorded: RecordedAtom): Promise<AtomRecord> {
  return withTaint(repo, { ...recordOf(repo, recorded), files: recorded.changes })
}

interface Staged {
  readonly integration: Pick<Integration, 'kind' | 'ref' | 'draft'>
  readonly changes: PathChanges
  /** The tree that the changes were made for. */
  readonly ours: ObjectId
}

/** Records the ATOM under the lock. What others recorded on the branch meanwhile stays, unless it is about the same files. */
export function stageIntegration(tx: Transaction, repo: Repo, { integration, changes, ours }: Staged): RecordedAtom {
  const { ref, draft, kind } = integration
  const tip = resolveRef(tx, ref)
  const now = treeOf(tx, tip)
  const clash = now === ours ? undefined : diffTrees(tx, ours, now).find(({ path, after }) => changes.has(path) && changes.get(path)?.link !== after?.link)
  if (clash !== undefined) {
    throw new AtomError('REF_MOVED', `${ref} moved meanwhile, and ${repo.worktree.display(clash.path)} is changed there too`, {
      data: { ref, expected: null, actual: tip === undefined ? null : digestOf(tip) }, hint: `repeat the ${kind}`,
    })
  }
  return stageDraft(tx, { ...draft, files: changes, objects: [], layout: [] }, { ref, command: kind, salt: repo.random.bytes(SALT_BYTES) })
}

interface Conflicting { readonly integration: Integration; readonly merge: TreeMerge; readonly tip: ObjectId | undefined }

/** Lays out the merged files with their markers and keeps what is needed to go on or back. */
async function waitFor(repo: Repo, { integration, merge, tip }: Conflicting, wish: LayoutWish & { readonly isVisible: boolean }): Promise<Integrated> {
  const { conflicts } = merge
  if (!wish.isVisible || tip === undefined) return { atom: undefined, conflicts, files: undefined, isWaiting: false }
  const input = { to: merge.tree, ...wish, files: 'changed' as const, objects: merge.objects }
  const plan = await planLayOut(repo, input)
  if (!wish.dryRun) {
    checkObstacles(plan)
    checkScopes(repo, conflicts, allowedScopes(repo, wish.scopes))
  }
  const layout = layoutTree(repo.store)
  const before = wish.force && !wish.dryRun ? await treeOnDisk(repo, layout, input) : { root: layout, objects: [] }
  const skipped = plan.steps.filter(({ obstacle }) => obstacle !== undefined).map(({ path }) => path)
  const state: MergeState = {
    kind: integration.kind, ref: integration.ref, ours: tip, theirs: integration.theirs, tree: merge.tree, before: before.root, layout, skipped, conflicts,
    title: integration.draft.body.title, names: integration.names, rest: integration.rest,
  }
  const stamp = { agent: integration.draft.agent, command: integration.kind }
  // Kept before the first file is written: a merge that is killed half-way can be aborted.
  if (!wish.dryRun) {
    await repo.writer.transact(stamp, (tx) => {
      for (const object of [...merge.objects, ...before.objects]) tx.put(object)
      tx.putRecord(META.merge, encodeMergeState(state))
    })
  }
  const { value: _none, ...files } = await layOut(repo, { ...input, stamp, commit: () => undefined })
  if (!wish.dryRun) {
    const seen = { ...state, conflicts: await withSeen(repo, state) }
    await repo.writer.transact(stamp, (tx) => { tx.putRecord(META.merge, encodeMergeState(seen)) })
  }
  return { atom: undefined, conflicts, files, isWaiting: !wish.dryRun }
}

/** A conflict can only be resolved where its file may be written. */
function checkScopes(repo: Repo, conflicts: readonly MergeConflict[], scopes: readonly Scope[]): void {
  const refused = conflicts.filter(({ path }) => ['home', 'system'].some((scope) => path.startsWith(`${scope}/`) && !scopes.includes(scope as Scope)))
  if (refused.length === 0) return
  const paths = refused.map(({ path }) => repo.worktree.display(path))
  const needed = ['home', 'system'].filter((scope) => refused.some(({ path }) => path.startsWith(`${scope}/`)))
  throw new AtomError('SCOPE_REFUSED', `nothing was done: there are conflicts in files that are not written without leave: ${paths.join(', ')}`, { data: { paths, scopes: needed }, hint: `repeat it with --scope ${needed.join(',')}` })
}

/** Returns the tree of what lies on disk where forced changes go: the layout with the local changes that will be overwritten. */
async function treeOnDisk(repo: Repo, layout: ObjectId, input: Parameters<typeof planLayOut>[1]): Promise<{ readonly root: ObjectId; readonly objects: readonly SealedObject[] }> {
  const plan = await planLayOut(repo, { ...input, force: false })
  const files = new Map<TrackedPath, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  for (const { path, obstacle } of plan.steps) {
    if (obstacle !== 'local-changes' && obstacle !== 'untracked') continue
    const file = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    files.set(path, file?.entry)
    objects.push(...file?.objects ?? [])
  }
  const updated = updateTree(withMade(repo.objects, objects), layout, files)
  return { root: updated.root, objects: [...objects, ...updated.objects] }
}

/** Returns the conflicts with how their files are now. */
async function withSeen(repo: Repo, { tree, conflicts }: MergeState): Promise<readonly WaitingConflict[]> {
  const seen = await seenFiles(repo, tree, conflicts.map(({ path }) => path))
  return conflicts.map((conflict) => {
    const file = seen.get(conflict.path)?.seen
    return file === undefined ? conflict : { ...conflict, seen: file }
  })
}

export interface SeenFile {
  /** Changes whenever the file does. */
  readonly seen: string | undefined
  readonly isAsInTree: boolean
}

/** Returns how files are on disk, against a tree. */
export async function seenFiles(repo: Repo, tree: ObjectId, paths: readonly TrackedPath[]): Promise<ReadonlyMap<TrackedPath, SeenFile>> {
  if (paths.length === 0) return new Map()
  const plan = await planLayOut(repo, { to: tree, from: tree, paths, scopes: ['project', 'home', 'system'], force: false, dryRun: true, files: 'every' })
  return new Map(plan.steps.map(({ path, seen, work }) => [path, { seen, isAsInTree: work === 'none' }]))
}
