/** `checkout` and `switch`: lays out another ATOM's files, then moves HEAD there; `--to` lays them out elsewhere and moves nothing. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { isAncestor } from '../../history/graph/reachable.js'
import { resolveAtom } from '../../history/resolve.js'
import type { RefTarget } from '../../object/op.js'
import { fullRefName, HEADS, shortRefName } from '../../refs/name.js'
import { checkNesting } from '../../refs/name-folders.js'
import { operations } from '../../refs/operation-log.js'
import { getHeadBranch, getRef, pointAt, resolveRef } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { readObject } from '../../store/objects.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { getTitle } from '../../trail/record.js'
import { existing } from '../fork/branch.js'
import { pointingRefs } from '../fork/branch-item.js'
import { checkInput, filledText, flag, oneOf, optional, orElse, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import { checkObstacles, describePlan, layOut, type LaidOut } from './lay-out.js'
import { checkNothingWaits } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import type { Scope } from '../ports.js'
import type { Repo } from '../repo.js'
import { restorePaths } from './restore.js'
import { scopeName } from './scope-name.js'

export interface CheckoutInput {
  readonly command: 'checkout' | 'switch'
  /** A branch, a revision, or `-` for the branch before; default: HEAD. */
  readonly target?: string | undefined
  /** A new branch that begins at the target. */
  readonly create?: string | undefined
  /** Only the ATOM, though the target names a branch. */
  readonly detach: boolean
  /** Another folder, as typed. */
  readonly to?: string | undefined
  /** As typed; HEAD stays. */
  readonly paths: readonly string[]
  readonly scopes: readonly Scope[]
  readonly force: boolean
  readonly dryRun: boolean
}

export interface CheckoutResult {
  /** Full name of the branch that HEAD names afterwards; undefined when it is detached. */
  readonly branch: string | undefined
  readonly head: ObjectId
  readonly atomId: string
  readonly title: string | undefined
  /** `paths` and `folder` move nothing. */
  readonly moved: 'head' | 'nothing' | 'paths' | 'folder'
  readonly isNewBranch: boolean
  /** The ATOM that a detached HEAD stood at before, when no branch keeps it. */
  readonly left: ObjectId | undefined
  readonly files: LaidOut<unknown>
}

export const checkout: Operation<CheckoutInput, CheckoutResult> = {
  name: 'checkout',
  summary: 'Lay out a branch or an ATOM',
  effect: 'files',
  errors: ['LOCAL_CHANGES', 'OPERATION_IN_PROGRESS', 'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'REF_NAME_INVALID', 'REF_EXISTS', 'REF_NOT_FOUND', 'REF_MOVED', 'PATH_NOT_FOUND', 'PATH_INVALID', 'FILE_UNWRITABLE', 'STORE_FULL', 'INPUT_INVALID'],
  check: checkInput<CheckoutInput>({
    command: orElse('checkout', oneOf('checkout', 'switch')), target: optional(filledText), create: optional(filledText), detach: flag, to: optional(filledText), paths: someOf(filledText),
    scopes: someOf(scopeName), force: flag, dryRun: flag,
  }),
  run: checkOut,
}

async function checkOut(repo: Repo, input: CheckoutInput): Promise<CheckoutResult> {
  if (input.paths.length > 0) return checkOutPaths(repo, input)
  if (input.to === undefined) checkNothingWaits(repo.store)
  const goal = await findGoal(repo, input)
  if (input.to !== undefined) return checkOutElsewhere(repo, goal, { ...input, to: input.to })
  const head = getRef(repo.store, 'HEAD')
  const before = resolveRef(repo.store, 'HEAD')
  const files = await layOut(repo, {
    to: goal.tree, scopes: input.scopes, force: input.force, dryRun: input.dryRun,
    stamp: { agent: repo.identity.agent, command: input.command }, commit: (tx) => { moveHead(tx, goal, head) },
  })
  const isMoved = goal.branch === undefined ? head?.is !== 'object' || before !== goal.atom : head?.is !== 'symbolic' || head.ref !== goal.branch
  const left = head?.is === 'object' && before !== undefined && before !== goal.atom && !(await isKept(repo, before)) ? before : undefined
  return { ...describe(repo, goal), moved: isMoved ? 'head' : 'nothing', left, files }
}

/** Where HEAD goes, and what lies there. */
interface Goal {
  readonly atom: ObjectId
  readonly tree: ObjectId
  /** Full name; undefined: HEAD names the ATOM itself. */
  readonly branch: string | undefined
  readonly isNewBranch: boolean
}

async function findGoal(repo: Repo, input: CheckoutInput): Promise<Goal> {
  const start = await findStart(repo, input)
  const atom = start.atom
  const { tree } = readObject(repo.objects, atom, 'atom')
  if (input.create === undefined) return { atom, tree, branch: input.detach ? undefined : start.branch, isNewBranch: false }
  const branch = fullRefName(HEADS, input.create)
  if (getRef(repo.store, branch) !== undefined) throw existing(input.create)
  checkNesting([branch], new Set((await pointingRefs(repo, HEADS)).map(({ name }) => name)))
  return { atom, tree, branch, isNewBranch: true }
}

interface Start { readonly atom: ObjectId; readonly branch: string | undefined }

async function findStart(repo: Repo, input: CheckoutInput): Promise<Start> {
  const { target } = input
  const previous = target === '-' || target === '@{-1}' ? previousHead(repo) : undefined
  const branch = previous === undefined ? branchNamed(repo, target) : previous.is === 'symbolic' ? previous.ref : undefined
  const tip = branch === undefined ? undefined : resolveRef(repo.store, branch)
  if (tip !== undefined) return { atom: tip, branch }
  const atom = repo.index.node(await resolveTarget(repo, previous?.is === 'object' ? previous.digest : target ?? 'HEAD')).id
  checkDetaching(input)
  return { atom, branch: undefined }
}

/** Refuses to detach HEAD where only branches were meant. */
function checkDetaching({ target = 'HEAD', command, create, detach }: CheckoutInput): void {
  if (command !== 'switch' || create !== undefined || detach) return
  throw new AtomError('REF_NOT_FOUND', `there is no branch ${target}`, { data: { name: target }, hint: `to look at that ATOM: atom switch --detach ${target}; for a branch that begins there: atom switch -c NAME ${target}` })
}

function branchNamed(repo: Repo, target: string | undefined): string | undefined {
  if (target === undefined || target === 'HEAD' || target === '@') return getHeadBranch(repo.store)
  const ref = target.startsWith(HEADS) ? target : HEADS + target
  return getRef(repo.store, ref) === undefined ? undefined : ref
}

/** A git user types `checkout FILE` too: say what puts a file back here. */
async function resolveTarget(repo: Repo, target: string): Promise<number> {
  try {
    return await resolveAtom(resolveContext(repo), target)
  } catch (error) {
    if (!isAtomError(error, 'REVISION_NOT_FOUND') || !(await isFile(repo, target))) throw error
    throw new AtomError('REVISION_NOT_FOUND', `no such revision: ${target} (it is a file)`, { data: { revision: target }, hint: `to put the file back: atom restore ${target}`, cause: error })
  }
}

async function isFile(repo: Repo, typed: string): Promise<boolean> {
  try {
    return (await repo.worktree.list(repo.worktree.locate(typed))).length > 0
  } catch (error) {
    if (isAtomError(error)) return false
    throw error
  }
}

/** Returns where HEAD was before the last switch. */
function previousHead(repo: Repo): RefTarget {
  for (const { op } of operations(repo.store)) {
    const change = op.changes.find(({ ref }) => ref === 'HEAD')
    const isSwitch = change?.before?.is === 'symbolic' || change?.after?.is === 'symbolic' || op.command === 'checkout' || op.command === 'switch'
    if (change?.before !== undefined && isSwitch) return change.before
  }
  throw new AtomError('REVISION_NOT_FOUND', 'no branch was checked out before', { data: { revision: '-' }, hint: 'atom branch' })
}

/** Moves HEAD under the lock. What was laid out is what the branch held when the files were planned: if it went on meanwhile, nothing moves. */
function moveHead(tx: Transaction, goal: Goal, head: RefTarget | undefined): void {
  const { branch, atom } = goal
  if (goal.isNewBranch && branch !== undefined) tx.edit({ ref: branch, expected: undefined, next: pointAt(atom) })
  const now = branch === undefined ? atom : resolveRef(tx, branch)
  if (now !== atom) {
    const actual = now === undefined ? null : digestOf(now)
    throw new AtomError('REF_MOVED', `${branch ?? 'HEAD'} went on while files were laid out`, { data: { ref: branch ?? 'HEAD', expected: digestOf(atom), actual }, hint: 'repeat the command' })
  }
  tx.edit({ ref: 'HEAD', expected: head, next: branch === undefined ? pointAt(atom) : { is: 'symbolic', ref: branch } })
}

function describe(repo: Repo, { branch, atom, isNewBranch }: Goal): Pick<CheckoutResult, 'branch' | 'head' | 'atomId' | 'title' | 'isNewBranch'> {
  const seq = repo.index.getSeq(digestOf(atom))
  if (seq === undefined) throw new AtomError('REVISION_NOT_FOUND', `${digestOf(atom)} is no ATOM of this store`, { data: { revision: digestOf(atom) } })
  return { branch, head: atom, atomId: repo.index.node(seq).atomId, title: getTitle(repo, seq), isNewBranch }
}

/** Tells whether an ATOM is on a branch or tag. */
async function isKept(repo: Repo, atom: ObjectId): Promise<boolean> {
  const seq = repo.index.getSeq(digestOf(atom))
  return seq !== undefined && (await pointingRefs(repo, 'refs/')).some(({ object }) => {
    const tip = repo.index.getSeq(digestOf(object))
    return tip !== undefined && isAncestor(repo.index, seq, tip)
  })
}

async function checkOutPaths(repo: Repo, input: CheckoutInput): Promise<CheckoutResult> {
  if (input.create !== undefined || input.to !== undefined) throw new AtomError('INPUT_INVALID', 'paths go neither with a new branch nor with another folder', { data: { field: 'paths' } })
  const { source, files } = await restorePaths(repo, { paths: input.paths, source: input.target, scopes: input.scopes, force: input.force, dryRun: input.dryRun }, { command: 'checkout', removals: 'keep' })
  return { ...describe(repo, { atom: source, tree: source, branch: getHeadBranch(repo.store), isNewBranch: false }), moved: 'paths', left: undefined, files }
}

/** Lays the whole tree out in a folder of its own; nothing here changes, and nothing is remembered. */
async function checkOutElsewhere(repo: Repo, goal: Goal, { to, force, dryRun, create }: CheckoutInput & { readonly to: string }): Promise<CheckoutResult> {
  if (create !== undefined) throw new AtomError('INPUT_INVALID', 'a new branch does not go with another folder', { data: { field: 'to' }, hint: 'atom branch NAME REV makes one' })
  const files = await layOutElsewhere(repo, { tree: goal.tree, folder: to, force, dryRun })
  return { ...describe(repo, goal), moved: 'folder', left: undefined, files }
}

export interface ElsewhereInput {
  readonly tree: ObjectId
  /** As typed. */
  readonly folder: string
  readonly force: boolean
  readonly dryRun: boolean
}

/** Lays a tree out in a folder of its own: project files at its root, others in `.atom-home` and `.atom-system`. Throws `LOCAL_CHANGES`. */
export async function layOutElsewhere(repo: Repo, { tree, folder, force, dryRun }: ElsewhereInput): Promise<LaidOut<undefined>> {
  const source = { ...repo.store, ...repo.objects }
  const plan = await repo.worktree.plan(source, { from: EMPTY_TREE.id, to: tree, scopes: [], force, files: 'every', target: folder })
  const shown = describePlan(plan)
  if (dryRun) return { ...shown, isDryRun: true, value: undefined }
  checkObstacles(plan)
  for (const { path, reason } of shown.unwritable) repo.reporter.warn(`not written: ${repo.worktree.display(path)}: ${reason}`)
  await repo.worktree.apply(source, plan, { target: folder, signal: repo.signal })
  return { ...shown, isDryRun: false, value: undefined }
}

/** Returns a ref's name as the surfaces say it. */
export function branchLabel(branch: string | undefined): string | null {
  return branch === undefined ? null : shortRefName(branch)
}
