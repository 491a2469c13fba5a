/**
 * Brings the user's files from one tree to another: the one way for checkout, switch, restore, merge, reset --hard, revert, cherry-pick, undo.
 *
 * Plans, refuses before anything is written (`LOCAL_CHANGES`), performs, and only then moves refs, in one batch with the memory of what was laid
 * out. Files of scopes without leave are left alone and listed in `lacking`: the rest is done, and the caller ends with `checkLeave`.
 *
 * Forms of use:
 *
 *     const laid = await layOut(repo, { to: tree, scopes, force, dryRun, stamp: { agent, command: 'merge' }, commit: (tx) => stageDraft(tx, draft, place) })
 *     return { …, files: laid }             // the surface prints the answer, then calls checkLeave(laid): SCOPE_REFUSED, exit 4
 *
 * A draft that is staged in `commit` has `layout: []`: remembering is done here. A branch that HEAD does not name is not on disk: ask `isOnDisk(repo, ref)` first, and where it is not, transact without `layOut`.
 */
import { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import { getHeadBranch } from '../../refs/ref.js'
import type { OpStamp, Transaction } from '../../refs/transaction.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { getEntry, walkTree } from '../../tree/read.js'
import { changeKind } from '../../tree/diff.js'
import { updateTree } from '../../tree/update.js'
import { displayPath } from '../../tree/scope.js'
import { tipTree } from '../context.js'
import type { LayoutPlan, LayoutRecord, PlanStep, Scope, TrackedPath } from '../ports.js'
import { layoutTree, putLayout } from '../record/record-draft.js'
import type { Repo } from '../repo.js'
import { allowedScopes } from './scope-name.js'
import { quoteWord } from '../quote-word.js'

export interface LayOutInput<Value> {
  readonly to: ObjectId
  /** Scopes beside `project` that may be written. */
  readonly scopes: readonly Scope[]
  /** Overwrites local changes and untracked files; every file of the tree is brought to what `to` says. */
  readonly force: boolean
  /** Plans only: nothing is written, `commit` is not called, nothing is refused. */
  readonly dryRun: boolean
  readonly stamp: OpStamp
  /** Moves refs and records ATOMs, under the lock, once the files lie there. What it throws leaves the files and forgets that they were laid out. */
  commit(tx: Transaction): Value
  /** What the files are measured against; default: the tree that was last laid out. */
  readonly from?: ObjectId
  /** Only at or below these; default: all. */
  readonly paths?: readonly TrackedPath[]
  /** `changed` (default without `force`): files that are the same in both trees keep their local changes. `every`: they are brought back too. */
  readonly files?: 'changed' | 'every'
  /** `keep`: files that `to` does not have stay (`checkout REV -- PATH`). Default: they go. */
  readonly removals?: 'remove' | 'keep'
  /** Trees and contents that are not stored yet; stored in the batch of `commit`. */
  readonly objects?: readonly SealedObject[]
  /** What `status` measures the written files against afterwards; default `to`. A path restored from another revision counts as changed: HEAD's tree. */
  readonly base?: ObjectId
}

export interface LaidOut<Value> {
  /** Paths written (of a dry run: to be written), sorted. */
  readonly written: readonly TrackedPath[]
  readonly removed: readonly TrackedPath[]
  /** Not done for lack of `--scope`. */
  readonly lacking: readonly TrackedPath[]
  /** Files that cannot be on this machine, with the reason. */
  readonly unwritable: readonly UnwritableFile[]
  /** Of a dry run only: what would be refused. */
  readonly refused: readonly UnwritableFile[]
  readonly isDryRun: boolean
  /** What `commit` returned; undefined for a dry run. */
  readonly value: Value | undefined
}

export interface UnwritableFile {
  readonly path: TrackedPath
  readonly reason: string
}

/** Tells whether the files on disk are those of a ref: HEAD's branch, or HEAD itself. */
export function isOnDisk(repo: Repo, ref: string): boolean {
  return ref === 'HEAD' || getHeadBranch(repo.store) === ref
}

/** Lays out a tree, then commits. Throws `LOCAL_CHANGES` before anything is written; `FILE_UNWRITABLE`, `STORE_FULL`. */
export async function layOut<Value>(repo: Repo, input: LayOutInput<Value>): Promise<LaidOut<Value>> {
  const plan = await planLayOut(repo, input)
  const shown = describePlan(plan)
  if (input.dryRun) return { ...shown, isDryRun: true, value: undefined }
  checkObstacles(plan)
  for (const { path, reason } of shown.unwritable.slice(0, SHOWN_MAX)) repo.reporter.warn(`not written: ${displayPath(path)}: ${reason}`)
  const records = await repo.worktree.apply(sourceOf(repo, input.objects), plan, { signal: repo.signal })
  const { value } = await repo.writer.transact(input.stamp, (tx) => {
    for (const object of input.objects ?? []) tx.put(object)
    const result = input.commit(tx)
    stageLaidOut(tx, { plan, records, ...(input.base !== undefined && input.base !== input.to && { base: input.base }) })
    return result
  })
  return { ...shown, isDryRun: false, value }
}

export type PlanInput = Omit<LayOutInput<unknown>, 'commit' | 'stamp'>

/** Returns what laying out would do, with what stands against it. */
export async function planLayOut(repo: Repo, input: PlanInput): Promise<LayoutPlan> {
  const plan = await repo.worktree.plan(sourceOf(repo, input.objects), {
    from: input.from ?? layoutTree(repo.store), to: input.to, scopes: allowedScopes(repo, input.scopes), force: input.force,
    files: input.files ?? (input.force ? 'every' : 'changed'), ...(input.paths !== undefined && { paths: input.paths }),
  })
  const wanted = input.removals === 'keep' ? { steps: plan.steps.filter(({ entry }) => entry !== undefined) } : plan
  return withoutOldLacks(repo, input, wanted)
}

function sourceOf({ store, objects }: Repo, made: readonly SealedObject[] = []): RecordReader & ObjectReader {
  const fresh = new Map(made.map((object) => [object.id, object.bytes]))
  return { getRecord: (key) => store.getRecord(key), scan: (range, options) => store.scan(range, options), getObject: (id) => fresh.get(id) ?? objects.getObject(id) }
}

const SHOWN_MAX = 20

/** What this move does not change outside the project was lacking before and is not brought up again; named paths always are. */
function withoutOldLacks(repo: Repo, input: PlanInput, { steps }: LayoutPlan): LayoutPlan {
  if (input.paths !== undefined || !steps.some(({ obstacle }) => obstacle === 'scope')) return { steps }
  const source = sourceOf(repo)
  const before = tipTree(source, 'HEAD')
  const isOld = ({ path, entry, obstacle }: PlanStep): boolean => obstacle === 'scope' && changeKind({ ...withBefore(getEntry(source, before, path)), ...(entry && { after: entry }) }) === undefined
  return { steps: steps.filter((step) => !isOld(step)) }
}

function withBefore(before: TreeEntry | undefined): { readonly before?: TreeEntry } {
  return before === undefined ? {} : { before }
}

export function describePlan({ steps }: LayoutPlan): Omit<LaidOut<never>, 'isDryRun' | 'value'> {
  const free = steps.filter(({ obstacle }) => obstacle === undefined)
  return {
    written: pathsOf(free.filter(({ work }) => work === 'write')),
    removed: pathsOf(free.filter(({ work }) => work === 'remove')),
    lacking: pathsOf(steps.filter(({ obstacle }) => obstacle === 'scope')),
    unwritable: steps.filter(({ obstacle }) => obstacle === 'not-writable').map(({ path, reason }) => ({ path, reason: reason ?? 'it cannot be written here' })),
    refused: steps.filter(isInTheWay).map((step) => ({ path: step.path, reason: obstacleText(step) })),
  }
}

function pathsOf(steps: readonly PlanStep[]): readonly TrackedPath[] {
  return steps.map(({ path }) => path)
}

function isInTheWay({ obstacle }: PlanStep): boolean {
  return obstacle === 'local-changes' || obstacle === 'untracked' || obstacle === 'blocked'
}

function obstacleText({ obstacle, reason }: PlanStep): string {
  if (obstacle === 'local-changes') return 'it has changes that no ATOM carries'
  return obstacle === 'untracked' ? 'it is not tracked and would be overwritten' : reason ?? 'something is in the way'
}

/** Refuses a plan that would overwrite what nobody recorded; throws `LOCAL_CHANGES`. */
export function checkObstacles({ steps }: LayoutPlan): void {
  const inTheWay = steps.filter(isInTheWay)
  if (inTheWay.length === 0) return
  const isForcible = inTheWay.every(({ obstacle }) => obstacle !== 'blocked')
  const lines = inTheWay.slice(0, SHOWN_MAX).map((step) => `${displayPath(step.path)} (${obstacleText(step)})`)
  const more = inTheWay.length > SHOWN_MAX ? ` and ${String(inTheWay.length - SHOWN_MAX)} more` : ''
  throw new AtomError('LOCAL_CHANGES', `nothing was written, ${inTheWay.length === 1 ? 'a file is' : `${String(inTheWay.length)} files are`} in the way: ${lines.join(', ')}${more}`, {
    data: { paths: inTheWay.map(({ path }) => displayPath(path)) },
    hint: isForcible ? 'record them first (atom commit -a -m TITLE), or overwrite them with --force' : 'move what is in the way, then repeat the command',
  })
}

/** Refuses afterwards what lacked leave, with the command that does the rest; throws `SCOPE_REFUSED`. */
export function checkLeave({ lacking, isDryRun }: Pick<LaidOut<unknown>, 'lacking' | 'isDryRun'>): void {
  if (lacking.length === 0 || isDryRun) return
  const scopes = ['home', 'system'].filter((scope) => lacking.some((path) => path.startsWith(`${scope}/`)))
  const paths = lacking.map(displayPath)
  const words = paths.length > SHOWN_MAX ? scopes.map((scope) => (scope === 'home' ? '~' : '/')) : paths.map(quoteWord)
  throw new AtomError('SCOPE_REFUSED', `not written without leave, everything else is done: ${paths.slice(0, SHOWN_MAX).join(', ')}${paths.length > SHOWN_MAX ? ` and ${String(paths.length - SHOWN_MAX)} more` : ''}`, {
    data: { paths, scopes }, hint: `atom restore --scope ${scopes.join(',')} ${words.join(' ')}`,
  })
}

interface Performed {
  readonly plan: LayoutPlan
  readonly records: readonly LayoutRecord[]
  /** Default: what the steps say. */
  readonly base?: ObjectId
}

/** Remembers what lies on disk: the last layout with the paths of the steps that were done. */
export function stageLaidOut(tx: Transaction, { plan, records, base }: Performed): void {
  const before = layoutTree(tx)
  const changes = new Map<TrackedPath, TreeEntry | undefined>()
  const baseEntry = base === undefined ? () => undefined : entriesOf(tx, base, plan.steps.length)
  for (const { path, entry, obstacle } of plan.steps) if (obstacle === undefined) changes.set(path, base === undefined ? entry : baseEntry(path))
  const after = updateTree(tx, before, changes)
  for (const object of after.objects) tx.put(object)
  putLayout(tx, after.root, records)
}

/** Returns what looks up paths in a tree: one by one where they are few, else in the whole tree, read once. */
function entriesOf(reader: ObjectReader, tree: ObjectId, count: number): (path: TrackedPath) => TreeEntry | undefined {
  if (count < LOOKED_UP_MAX) return (path) => getEntry(reader, tree, path)
  const entries = new Map<TrackedPath, TreeEntry>([...walkTree(reader, tree)].map(({ path, mode, link }) => [path, { mode, link }]))
  return (path) => entries.get(path)
}
const LOOKED_UP_MAX = 100
