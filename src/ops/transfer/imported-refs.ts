/** Where imported branches and tags land. Computes; the caller makes the edits in one transaction, after all that they name is durable. */
import { isAtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { isAncestor } from '../../history/graph/reachable.js'
import { typeOf } from '../../object/atom-id.js'
import { fullRefName, HEADS, OPS, FORGOTTEN, TAGS } from '../../refs/name.js'
import { takenNames, type TakenNames } from '../../refs/name-folders.js'
import { getHeadBranch, listRefs, resolveRef } from '../../refs/ref.js'
import { getObjectAs } from '../../store/objects.js'
import type { Repo } from '../repo.js'

/** Branches of what imports refused. */
export const REFUSED_BRANCHES: string = `${HEADS}refused/`

/** Returns the branch of a store that holds nothing but its INIT, and what imports refused: imported branches replace it. */
export async function getInitBranch(repo: Repo): Promise<string | undefined> {
  const head = getHeadBranch(repo.store)
  const tip = head === undefined ? undefined : resolveRef(repo.store, head)
  const others = (await listRefs(repo.store, 'refs/')).filter(({ name }) => name !== head && !name.startsWith(OPS) && !name.startsWith(FORGOTTEN) && !name.startsWith(REFUSED_BRANCHES))
  if (tip === undefined || others.length > 0) return undefined
  const header = getObjectAs(repo.objects, tip, 'atom')
  return header !== undefined && header.parents.length === 0 && typeOf(header.atomId) === 'INIT' ? head : undefined
}

/** Returns the names that are taken, but for the branch of an INIT that imported ones replace. */
export async function readTakenNames(repo: Repo, initBranch: string | undefined): Promise<TakenNames> {
  return takenNames((await listRefs(repo.store, 'refs/')).flatMap(({ name }) => name === initBranch ? [] : [name]))
}

export interface Landing {
  /** Full name. */
  readonly ref: string
  /** `ahead`: the branch here goes on from what is imported, and stays. */
  readonly change: 'new' | 'moved' | 'same' | 'ahead'
}

export interface BranchToLand {
  readonly name: string
  readonly target: ObjectId
  /** What goes before a name that is taken. */
  readonly prefix: 'git/' | 'imported/'
  readonly taken: TakenNames
  /** Tells whether a tip was made by an import alone, so that a branch of ours may follow a history that was rewritten. */
  isImported(tip: ObjectId): boolean
}

/**
 * Returns where a branch lands: at its own name where that is free or only goes on from there, else at `git/NAME` (`imported/NAME`), which
 * follows the source; undefined where no name will do.
 */
export function landBranch(repo: Repo, branch: BranchToLand): Landing | undefined {
  const own = getFullName(HEADS, branch.name)
  const landing = own === undefined ? undefined : landAt(repo, own, branch)
  if (landing !== undefined) return landing
  for (const name of otherNames(branch)) {
    const ref = getFullName(HEADS, name)
    if (ref === undefined) return undefined
    const tip = resolveRef(repo.store, ref)
    const second = landAt(repo, ref, branch) ?? (tip !== undefined && branch.isImported(tip) ? landOver(ref, branch) : undefined)
    if (second !== undefined) return second
  }
  return undefined
}

/** Yields git/NAME, git/NAME-2, git-2/NAME and so on: without end, and with one among them that no other name stands in the way of. */
function* otherNames({ prefix, name }: Pick<BranchToLand, 'prefix' | 'name'>): Iterable<string> {
  yield prefix + name
  for (let attempt = 2; ; attempt++) {
    yield `${prefix}${name}-${String(attempt)}`
    yield `${prefix.slice(0, -1)}-${String(attempt)}/${name}`
  }
}

/** Returns the landing in place of what an import before this one left at a ref, or undefined where another branch of this one landed there. */
function landOver(ref: string, { taken }: Pick<BranchToLand, 'taken'>): Landing | undefined {
  if (taken.isNew(ref)) return undefined
  taken.take(ref)
  return { ref, change: 'moved' }
}

/** Returns the landing at a ref, or undefined where the ref has a history of its own, another branch of this import landed there or another name stands in its way. */
export function landAt(repo: Repo, ref: string, { target, taken }: Pick<BranchToLand, 'target' | 'taken'>): Landing | undefined {
  const tip = resolveRef(repo.store, ref)
  if (taken.isNew(ref) || (tip === undefined && !taken.isFree(ref))) return undefined
  const change = tip === undefined ? 'new' : changeTo(repo, tip, target)
  if (change === undefined) return undefined
  taken.take(ref)
  return { ref, change }
}

/** Returns what becomes of a ref that is at one ATOM when another one comes for it; undefined where they have parted. */
function changeTo(repo: Repo, tip: ObjectId, target: ObjectId): Landing['change'] | undefined {
  if (tip === target) return 'same'
  const here = repo.index.getSeq(digestOf(tip))
  const there = repo.index.getSeq(digestOf(target))
  if (here === undefined || there === undefined) return undefined
  if (isAncestor(repo.index, here, there)) return 'moved'
  return isAncestor(repo.index, there, here) ? 'ahead' : undefined
}

/** Returns where a tag lands: tags never move, so another one of that name sends it below the prefix; undefined where no name will do. */
export function landTag(repo: Repo, { name, target, prefix, taken }: Omit<BranchToLand, 'isImported'>): Landing | undefined {
  const own = getFullName(TAGS, name)
  const landing = own === undefined ? undefined : landTagAt(repo, own, { target, taken })
  if (landing !== undefined) return landing
  for (const other of otherNames({ prefix, name })) {
    const ref = getFullName(TAGS, other)
    if (ref === undefined) return undefined
    const second = landTagAt(repo, ref, { target, taken })
    if (second !== undefined) return second
  }
  return undefined
}

function landTagAt(repo: Repo, ref: string, { target, taken }: Pick<BranchToLand, 'target' | 'taken'>): Landing | undefined {
  if (resolveRef(repo.store, ref) === target) return { ref, change: 'same' }
  if (!taken.isFree(ref)) return undefined
  taken.take(ref)
  return { ref, change: 'new' }
}

function getFullName(prefix: typeof HEADS | typeof TAGS, name: string): string | undefined {
  try {
    return fullRefName(prefix, name)
  } catch (error) {
    if (isAtomError(error, 'REF_NAME_INVALID')) return undefined
    throw error
  }
}
