/** Where imported branches and tags land. Computes; the caller makes the edits in one transaction, after all that they name is durable. */
import { isAtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { isAncestor } from '../../history/graph/reachable.js'
import { typeOf } from '../../object/atom-id.js'
import { fullRefName, HEADS, OPS, FORGOTTEN, TAGS } from '../../refs/name.js'
import { getHeadBranch, getRef, listRefs, resolveRef } from '../../refs/ref.js'
import { getObjectAs } from '../../store/objects.js'
import type { Repo } from '../repo.js'

/** Returns the branch of a store that holds nothing but its INIT: imported branches replace it. */
export async function getInitBranch(repo: Repo): Promise<string | undefined> {
  const head = getHeadBranch(repo.store)
  const tip = head === undefined ? undefined : resolveRef(repo.store, head)
  const others = (await listRefs(repo.store, 'refs/')).filter(({ name }) => name !== head && !name.startsWith(OPS) && !name.startsWith(FORGOTTEN))
  if (tip === undefined || others.length > 0) return undefined
  const header = getObjectAs(repo.objects, tip, 'atom')
  return header !== undefined && header.parents.length === 0 && typeOf(header.atomId) === 'INIT' ? head : undefined
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
  /** Tells whether a tip was made by an import alone, so that a branch of ours may follow a history that was rewritten. */
  isImported(tip: ObjectId): boolean
}

/**
 * Returns where a branch lands: at its own name where that is free or only goes on from there, else at `git/NAME` (`imported/NAME`), which
 * follows the source; undefined where no name will do.
 */
export function landBranch(repo: Repo, branch: BranchToLand): Landing | undefined {
  const own = getFullName(HEADS, branch.name)
  const landing = own === undefined ? undefined : landAt(repo, own, branch.target)
  if (landing !== undefined) return landing
  for (let attempt = 1; ; attempt++) {
    const ref = getFullName(HEADS, attempt === 1 ? branch.prefix + branch.name : `${branch.prefix}${branch.name}-${String(attempt)}`)
    if (ref === undefined) return undefined
    const tip = resolveRef(repo.store, ref)
    const second = landAt(repo, ref, branch.target) ?? (tip !== undefined && branch.isImported(tip) ? { ref, change: 'moved' } : undefined)
    if (second !== undefined) return second
  }
}

/** Returns the landing at a ref, or undefined where the ref has a history of its own. */
export function landAt(repo: Repo, ref: string, target: ObjectId): Landing | undefined {
  const tip = resolveRef(repo.store, ref)
  if (tip === undefined) return getRef(repo.store, ref) === undefined ? { ref, change: 'new' } : undefined
  if (tip === target) return { ref, change: 'same' }
  const here = repo.index.getSeq(digestOf(tip))
  const there = repo.index.getSeq(digestOf(target))
  if (here === undefined || there === undefined) return undefined
  if (isAncestor(repo.index, here, there)) return { ref, change: 'moved' }
  return isAncestor(repo.index, there, here) ? { ref, change: 'ahead' } : undefined
}

/** Returns where a tag lands: tags never move, so another one of that name sends it below the prefix; undefined where no name will do. */
export function landTag(repo: Repo, { name, target, prefix }: Omit<BranchToLand, 'isImported'>): Landing | undefined {
  for (let attempt = 0; ; attempt++) {
    const ref = getFullName(TAGS, attempt === 0 ? name : attempt === 1 ? prefix + name : `${prefix}${name}-${String(attempt)}`)
    if (ref === undefined && attempt > 0) return undefined
    const tip = ref === undefined ? undefined : resolveRef(repo.store, ref)
    if (ref !== undefined && tip === undefined) return { ref, change: 'new' }
    if (ref !== undefined && tip === target) return { ref, change: 'same' }
  }
}

function getFullName(prefix: typeof HEADS | typeof TAGS, name: string): string | undefined {
  try {
    return fullRefName(prefix, name)
  } catch (error) {
    if (isAtomError(error, 'REF_NAME_INVALID')) return undefined
    throw error
  }
}
