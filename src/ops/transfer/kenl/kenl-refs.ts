/** Where an imported chain of ATOMs lands: at the end of what was imported of it before, in place of a lonely INIT, or on a branch of its own. */
import { AtomError } from '../../../base/errors.js'
import { digestOf, type ObjectId } from '../../../codec/object-id.js'
import { isAncestor } from '../../../history/graph/reachable.js'
import { fullRefName, HEADS } from '../../../refs/name.js'
import { getRef, listRefs, pointAt, resolveRef } from '../../../refs/ref.js'
import { getBody } from '../../../store/body.js'
import { getObjectAs } from '../../../store/objects.js'
import type { Repo } from '../../repo.js'
import { getInitBranch, landAt, landBranch, readTakenNames, type Landing } from '../imported-refs.js'

export interface LandedKenl extends Landing {
  readonly object: ObjectId
}

const BRANCH = 'kenl'

/** Returns the branch that leads from an imported ATOM to others and ends with one, so that what is new goes on there. */
export async function chainAbove(repo: Repo, atom: ObjectId): Promise<{ readonly ref: string; readonly tip: ObjectId } | undefined> {
  const seq = repo.index.getSeq(digestOf(atom))
  for (const { name } of await listRefs(repo.store, HEADS)) {
    const tip = resolveRef(repo.store, name)
    const there = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
    if (tip === undefined || there === undefined || seq === undefined || !isImported(repo, tip)) continue
    if (tip === atom || isAncestor(repo.index, seq, there)) return { ref: name, tip }
  }
  return undefined
}

function isImported(repo: Repo, tip: ObjectId): boolean {
  const header = getObjectAs(repo.objects, tip, 'atom')
  return header !== undefined && getBody(repo.objects, header.body)?.metadata?.['kenl'] !== undefined
}

export interface KenlToLand {
  readonly target: ObjectId
  /** The ref that was found at the end of the chain. */
  readonly ref: string | undefined
  /** The name that was asked for. */
  readonly branch: string | undefined
  readonly command: string
}

/** Moves one ref, or none where it is there already. Throws `REF_EXISTS` where the name that was asked for has a history of its own. */
export async function landKenl(repo: Repo, toLand: KenlToLand): Promise<LandedKenl> {
  const landing = await findLanding(repo, toLand)
  const expected = getRef(repo.store, landing.ref)
  if (landing.change === 'new' || landing.change === 'moved') {
    await repo.writer.transact({ agent: repo.identity.agent, command: toLand.command }, (tx) => {
      tx.edit({ ref: landing.ref, expected, next: pointAt(toLand.target) })
    })
  }
  return { ...landing, object: toLand.target }
}

/** Refuses before anything is read what would be refused in the end: a branch with work of ours on it. */
export async function checkKenlBranch(repo: Repo, branch: string): Promise<void> {
  const ref = fullRefName(HEADS, branch)
  const tip = resolveRef(repo.store, ref)
  if (tip !== undefined && !isImported(repo, tip) && await getInitBranch(repo) !== ref) throw branchTaken(branch)
}

function branchTaken(name: string): AtomError<'REF_EXISTS'> {
  return new AtomError('REF_EXISTS', `there is a branch ${name} with a history of its own`, { data: { name }, hint: 'give another name: --branch NAME' })
}

async function findLanding(repo: Repo, { target, ref, branch }: KenlToLand): Promise<Landing> {
  const initBranch = await getInitBranch(repo)
  const named = branch === undefined ? undefined : fullRefName(HEADS, branch)
  if (initBranch !== undefined && (named === undefined || named === initBranch)) return { ref: initBranch, change: 'moved' }
  const taken = await readTakenNames(repo, undefined)
  const at = named ?? ref
  const landing = at === undefined ? undefined : landAt(repo, at, { target, taken })
  if (landing !== undefined) return landing
  if (named !== undefined) throw branchTaken(named.slice(HEADS.length))
  const free = landBranch(repo, { name: BRANCH, target, prefix: 'imported/', taken, isImported: () => false })
  if (free === undefined) throw new AtomError('REF_EXISTS', `no branch can be called ${BRANCH} here`, { data: { name: BRANCH }, hint: 'give another name: --branch NAME' })
  return free
}
