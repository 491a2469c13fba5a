/** `op log` and `reflog`: every move of a ref, newest first. */
import { AtomError } from '../../base/errors.js'
import { objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Op, RefChange, RefTarget } from '../../object/op.js'
import { HEADS, OPS, REMOTES, TAGS, shortRefName } from '../../refs/name.js'
import { operations } from '../../refs/operation-log.js'
import { getHeadBranch, getRef, listRefs } from '../../refs/ref.js'
import { getTitle } from '../../trail/record.js'
import { count, checkInput, filledText, flag, optional } from '../check.js'
import { targetRef } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

// What showing an op takes: surfaces reach no lower than here.
export { formatTarget, type RefChange, type RefTarget } from '../../object/op.js'
export { shortRefName } from '../../refs/name.js'

export interface OpItem {
  readonly id: ObjectId
  readonly op: Op
}

export interface OpLogInput {
  readonly limit?: number | undefined
  /** The logs of other stores too, as far as they were fetched. */
  readonly all: boolean
}

export const opLog: Operation<OpLogInput, OpItem> = {
  name: 'op.log',
  summary: 'Show the operation log',
  effect: 'read',
  errors: [],
  check: checkInput<OpLogInput>({ limit: optional(count), all: flag }),
  run: listOps,
}

async function* listOps(repo: Repo, { limit = Infinity, all }: OpLogInput): AsyncIterable<OpItem> {
  let left = limit
  if (left <= 0) return
  for (const item of operations(repo.store)) {
    yield item
    if (--left <= 0) return
  }
  if (!all) return
  for (const { target } of await listRefs(repo.store, OPS)) {
    if (target.is !== 'object') continue
    for (const item of operations(repo.store, objectId(target.digest, 'dag-cbor'))) {
      yield item
      if (--left <= 0) return
    }
  }
}

export interface ReflogInput {
  /** Default: HEAD. */
  readonly ref?: string | undefined
  readonly limit?: number | undefined
}

/** One position of a ref: where a move left it. */
export interface ReflogItem extends OpItem {
  /** As typed: `main`, `HEAD`. */
  readonly name: string
  /** 0 for the newest: what `main@{0}` means. */
  readonly moves: number
  readonly change: RefChange
  /** Where the ref was afterwards, through the branch that HEAD named. */
  readonly object: Digest | undefined
  readonly atomId: string | undefined
  readonly title: string | undefined
}

export const reflog: Operation<ReflogInput, ReflogItem> = {
  name: 'reflog',
  summary: 'Show where a ref has been',
  effect: 'read',
  errors: ['REF_NOT_FOUND'],
  check: checkInput<ReflogInput>({ ref: optional(filledText), limit: optional(count) }),
  run: listPositions,
}

async function* listPositions(repo: Repo, { ref: typed, limit = Infinity }: ReflogInput): AsyncIterable<ReflogItem> {
  const ref = typed === undefined || typed === '@' ? ownRef(repo) : fullName(repo, typed)
  const name = typed ?? shortRefName(ref)
  // As `HEAD@{1}` counts: moves of HEAD, and of the branch that it names now.
  const branch = ref === 'HEAD' ? getHeadBranch(repo.store) : undefined
  let moves = 0
  const later: Later = new Map()
  for (const { id, op } of operations(repo.store)) {
    if (moves >= limit) return
    const change = op.changes.find((candidate) => candidate.ref === ref) ?? op.changes.find((candidate) => candidate.ref === branch)
    if (change !== undefined) yield { id, op, name, change, moves: moves++, ...describeTarget(repo, findTarget(repo, { op, change, later })) }
    for (const { ref: moved, before } of op.changes) later.set(moved, before)
  }
  if (moves === 0 && getRef(repo.store, ref) === undefined) throw missing(typed ?? ref)
}

/** Where refs were before what came later moved them. */
type Later = Map<string, RefTarget | undefined>

/** Returns where a change left its ref: of HEAD, where the branch that it names was then. */
function findTarget(repo: Repo, { op, change: { after }, later }: { readonly op: Op; readonly change: RefChange; readonly later: Later }): RefTarget | undefined {
  if (after?.is !== 'symbolic') return after
  const moved = op.changes.find(({ ref }) => ref === after.ref)
  if (moved !== undefined) return moved.after
  return later.has(after.ref) ? later.get(after.ref) : getRef(repo.store, after.ref)
}

function describeTarget(repo: Repo, target: RefTarget | undefined): Pick<ReflogItem, 'object' | 'atomId' | 'title'> {
  const object = target?.is === 'object' ? target.digest : undefined
  const seq = object === undefined ? undefined : repo.index.getSeq(object)
  return seq === undefined ? { object, atomId: undefined, title: undefined } : { object, atomId: repo.index.node(seq).atomId, title: getTitle(repo, seq) }
}

/** Returns HEAD, or the branch of a session that works on one of its own. */
function ownRef(repo: Repo): string {
  return repo.identity.branch === undefined ? 'HEAD' : targetRef(repo)
}

/** Returns the full name of a ref that exists or once did; a deleted branch still has a reflog. */
function fullName(repo: Repo, typed: string): string {
  const places = typed === 'HEAD' || typed.startsWith('refs/') ? [typed] : [HEADS + typed, TAGS + typed, REMOTES + typed]
  const found = places.find((place) => getRef(repo.store, place) !== undefined)
  if (found !== undefined) return found
  for (const { op } of operations(repo.store)) {
    const change = op.changes.find(({ ref }) => places.includes(ref))
    if (change !== undefined) return change.ref
  }
  throw missing(typed)
}

function missing(name: string): AtomError<'REF_NOT_FOUND'> {
  return new AtomError('REF_NOT_FOUND', `there is no ref ${name}, and there never was one`, { data: { name }, hint: 'atom branch -a; atom op log shows all moves' })
}
