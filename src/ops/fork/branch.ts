/** `branch`: lists, makes, deletes and renames branches. Files are never touched. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { isAncestor } from '../../history/graph/reachable.js'
import { resolveAtom } from '../../history/resolve.js'
import { HEADS, REMOTES, checkRefName, fullRefName, shortRefName } from '../../refs/name.js'
import { getHeadBranch, getRef, pointAt, resolveRef } from '../../refs/ref.js'
import { checkInput, filledText, flag, oneOf, optional, someOf } from '../check.js'
import { branchItem, findUpstreams, pointingRefs, readBranch, type BranchItem } from './branch-item.js'
import { resolveContext, targetRef } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface BranchListInput {
  readonly which?: 'local' | 'remote' | 'all' | undefined
}

export const branchList: Operation<BranchListInput, BranchItem> = {
  name: 'branch.list',
  summary: 'List branches',
  effect: 'read',
  errors: [],
  check: checkInput<BranchListInput>({ which: optional(oneOf('local', 'remote', 'all')) }),
  run: listBranches,
}

async function* listBranches(repo: Repo, { which = 'local' }: BranchListInput): AsyncIterable<BranchItem> {
  const upstreams = await findUpstreams(repo)
  const detached = getHeadBranch(repo.store) === undefined && repo.identity.branch === undefined ? resolveRef(repo.store, 'HEAD') : undefined
  if (detached !== undefined) yield branchItem(repo, { name: 'HEAD', object: detached }, upstreams)
  for (const prefix of which === 'all' ? [HEADS, REMOTES] : [which === 'local' ? HEADS : REMOTES]) {
    for (const ref of await pointingRefs(repo, prefix)) yield branchItem(repo, ref, upstreams)
  }
}

export interface BranchCreateInput {
  readonly name: string
  /** A revision; default: the tip of the current branch. */
  readonly from?: string | undefined
  readonly force: boolean
}

export const branchCreate: Operation<BranchCreateInput, BranchItem> = {
  name: 'branch.create',
  summary: 'Create a branch',
  effect: 'write',
  errors: ['REF_EXISTS', 'REF_NAME_INVALID', 'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'BRANCH_IN_USE', 'REF_MOVED'],
  check: checkInput<BranchCreateInput>({ name: filledText, from: optional(filledText), force: flag }),
  run: createBranch,
}

async function createBranch(repo: Repo, { name, from = 'HEAD', force }: BranchCreateInput): Promise<BranchItem> {
  const ref = fullRefName(HEADS, name)
  const { id } = repo.index.node(await resolveAtom(resolveContext(repo), from))
  const before = getRef(repo.store, ref)
  if (before !== undefined && !force) throw existing(name)
  if (before !== undefined) checkUnused(repo, ref)
  await repo.writer.transact({ agent: repo.identity.agent, command: 'branch' }, (tx) => { tx.edit({ ref, expected: before, next: pointAt(id) }) })
  return branchItem(repo, { name: ref, object: id }, await findUpstreams(repo))
}

export function existing(name: string): AtomError<'REF_EXISTS'> {
  return new AtomError('REF_EXISTS', `there is a branch ${name} already`, { data: { name }, hint: `atom switch ${name}, or take another name` })
}

/** Refuses what the current branch must not be done to. */
function checkUnused(repo: Repo, ref: string): void {
  if (ref !== getHeadBranch(repo.store) && ref !== targetRef(repo)) return
  throw new AtomError('BRANCH_IN_USE', `${shortRefName(ref)} is the current branch`, { data: { name: shortRefName(ref) }, hint: 'atom switch OTHER first' })
}

export interface BranchDeleteInput {
  readonly names: readonly string[]
  /** Deletes what is merged nowhere, too. */
  readonly force: boolean
}

export const branchDelete: Operation<BranchDeleteInput, readonly BranchItem[]> = {
  name: 'branch.delete',
  summary: 'Delete branches',
  effect: 'write',
  errors: ['REF_NOT_FOUND', 'BRANCH_IN_USE', 'BRANCH_NOT_MERGED', 'REF_MOVED', 'INPUT_INVALID'],
  check: checkInput<BranchDeleteInput>({ names: someOf(filledText), force: flag }),
  run: deleteBranches,
}

/** Deletes all of them or none. */
async function deleteBranches(repo: Repo, { names, force }: BranchDeleteInput): Promise<readonly BranchItem[]> {
  if (names.length === 0) throw new AtomError('INPUT_INVALID', 'no branch was named', { data: { field: 'names' }, hint: 'atom branch -d NAME' })
  const upstreams = await findUpstreams(repo)
  const items = [...new Set(names)].map((name) => {
    const ref = name.startsWith('refs/') ? name : HEADS + name
    checkUnused(repo, ref)
    return branchItem(repo, { name: ref, object: readTarget(repo, ref) }, upstreams)
  })
  if (!force) for (const item of items) checkMerged(repo, item)
  await repo.writer.transact({ agent: repo.identity.agent, command: 'branch' }, (tx) => {
    for (const { ref, object } of items) tx.edit({ ref, expected: pointAt(object), next: undefined })
  })
  return items
}

function readTarget(repo: Repo, ref: string): ObjectId {
  const object = ref.startsWith(HEADS) || ref.startsWith(REMOTES) ? resolveRef(repo.store, ref) : undefined
  if (object === undefined) throw new AtomError('REF_NOT_FOUND', `there is no branch ${shortRefName(ref)}`, { data: { name: shortRefName(ref) }, hint: 'atom branch' })
  return object
}

/** Refuses to let go of ATOMs that neither the current branch nor the upstream has. */
function checkMerged(repo: Repo, item: BranchItem): void {
  const seq = repo.index.getSeq(digestOf(item.object))
  const holders = [targetRef(repo), ...(item.upstream === undefined ? [] : [REMOTES + item.upstream])]
  const isMerged = seq === undefined || holders.some((ref) => {
    const tip = resolveRef(repo.store, ref)
    const tipSeq = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
    return tipSeq !== undefined && isAncestor(repo.index, seq, tipSeq)
  })
  if (isMerged) return
  throw new AtomError('BRANCH_NOT_MERGED', `${item.name} is not merged into ${shortRefName(targetRef(repo))}`, { data: { name: item.name, object: digestOf(item.object) }, hint: `to delete it all the same: atom branch -D ${item.name}` })
}

export interface BranchRenameInput {
  /** Default: the current branch. */
  readonly from?: string | undefined
  readonly to: string
  readonly force: boolean
}

export const branchRename: Operation<BranchRenameInput, BranchItem> = {
  name: 'branch.rename',
  summary: 'Rename a branch',
  effect: 'write',
  errors: ['REF_EXISTS', 'REF_NOT_FOUND', 'REF_NAME_INVALID', 'BRANCH_IN_USE', 'REF_MOVED'],
  check: checkInput<BranchRenameInput>({ from: optional(filledText), to: filledText, force: flag }),
  run: renameBranch,
}

async function renameBranch(repo: Repo, { from, to, force }: BranchRenameInput): Promise<BranchItem> {
  const old = from === undefined ? targetRef(repo) : HEADS + from
  if (old === 'HEAD') throw new AtomError('REF_NOT_FOUND', 'HEAD is detached: there is no current branch to rename', { data: { name: 'HEAD' }, hint: 'atom branch -m OLD NEW' })
  const next = checkRefName(fullRefName(HEADS, to))
  const object = readTarget(repo, old)
  const taken = getRef(repo.store, next)
  if (next !== old) {
    if (taken !== undefined && !force) throw existing(to)
    if (taken !== undefined) checkUnused(repo, next)
    await repo.writer.transact({ agent: repo.identity.agent, command: 'branch' }, (tx) => {
      tx.edit({ ref: old, expected: pointAt(object), next: undefined })
      tx.edit({ ref: next, expected: taken, next: pointAt(object) })
      if (getHeadBranch(tx) === old) tx.edit({ ref: 'HEAD', expected: { is: 'symbolic', ref: old }, next: { is: 'symbolic', ref: next } })
    })
  }
  const item = await readBranch(repo, next)
  if (item === undefined) throw new AtomError('REF_NOT_FOUND', `${to} is gone again`, { data: { name: to } })
  return item
}
