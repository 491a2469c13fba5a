/**
 * `bundle create`: the trail in one file, a CARv1 whose root is a set of refs.
 *
 * Guarantees: the same refs of the same store give the same bytes; memory does not grow with the trail. docs/spec/bundle.md says in which order the blocks stand.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { toHex } from '../../base/bytes.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { parseDate } from '../../history/date.js'
import { range } from '../../history/graph/reachable.js'
import type { SeqSet } from '../../history/graph/seq-set.js'
import { currentBranch, resolveAtom } from '../../history/resolve.js'
import { encodeRefs } from '../../object/refs.js'
import { seal } from '../../object/seal.js'
import { checkInput, filledText, optional, someOf } from '../../ops/check.js'
import { resolveContext } from '../../ops/context.js'
import type { Operation } from '../../ops/operation.js'
import type { Repo } from '../../ops/repo.js'
import { readLogState } from '../../refs/log-state.js'
import { FORGOTTEN, HEADS, OPS, TAGS } from '../../refs/name.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import { META } from '../../store/objects.js'
import type { RemoteObject } from '../remote.js'
import { peelToAtom } from '../sync/accept.js'
import { outgoingAtoms, outgoingLog, ownedObjects, tagObjects } from '../sync/outgoing.js'
import { carBlock, carHeader } from './car.js'

export interface CreateBundleInput {
  /** Branches and tags; none = all of them, and the operation log. */
  readonly refs: readonly string[]
  /** A revision or a date: what it reaches, or what is older, is left out, and needed by who reads the bundle. */
  readonly since?: string | undefined
}

export interface CreateBundleResult {
  readonly refs: ReadonlyMap<string, ObjectId>
  readonly needs: readonly ObjectId[]
  /** The id of the set of refs. */
  readonly root: ObjectId
  readonly atoms: number
  readonly objects: number
  readonly bytes: number
}

/** Puts the chunks where the bundle is to be, whole or not at all. */
export type WriteBundle = (chunks: AsyncIterable<Uint8Array>) => Promise<void>

/** Returns the use case over what writes the file. */
export function createBundle(write: WriteBundle): Operation<CreateBundleInput, CreateBundleResult> {
  return {
    name: 'bundle.create',
    summary: 'Write the trail, or a part of it, to one file',
    effect: 'read',
    errors: ['REF_NOT_FOUND', 'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'DATE_INVALID', 'FILE_UNWRITABLE', 'STORE_FULL', 'OBJECT_NOT_FOUND'],
    check: checkInput<CreateBundleInput>({ refs: someOf(filledText), since: optional(filledText) }),
    async run(repo, input) {
      const plan = await planBundle(repo, input)
      const count = { objects: 0, bytes: 0 }
      await write(chunksOf(repo, plan, count))
      return { refs: plan.refs, needs: plan.needs, root: plan.root.id, atoms: plan.atoms, ...count }
    },
  }
}

interface BundlePlan {
  readonly refs: ReadonlyMap<string, ObjectId>
  readonly root: RemoteObject
  readonly needs: readonly ObjectId[]
  readonly needed: RemoteObject | undefined
  readonly include: readonly number[]
  readonly exclude: readonly number[]
  readonly ops: readonly ObjectId[]
  readonly receipts: readonly ObjectId[]
  readonly atoms: number
}

async function planBundle(repo: Repo, { refs: typed, since }: CreateBundleInput): Promise<BundlePlan> {
  const named = await chooseRefs(repo, typed)
  if (named.size === 0) throw new AtomError('REF_NOT_FOUND', 'there is no branch or tag to bundle', { data: { name: 'main' } })
  const receipts = new Map(await refsBelow(repo, FORGOTTEN))
  // A part of the trail is what was asked for: the log would bring everything that it names.
  const log = typed.length > 0 || since !== undefined ? NO_LOG : wholeLog(repo)
  const refs = new Map([...named, ...receipts, ...log.refs])
  const include = [...[...named.values()].flatMap((id) => seqOf(repo, id)), ...log.named]
  const exclude = since === undefined ? [] : await excluded(repo, since, include)
  const chosen = range(repo.index, include, exclude)
  const needs = since === undefined ? [] : needsOf(repo, chosen, include)
  const needed = needs.length === 0 ? undefined : seal(encodeRefs(new Map(needs.map((id) => [`needs/${digestOf(id)}`, id]))))
  return { refs, root: seal(encodeRefs(refs)), needs, needed, include, exclude, ops: log.ops, receipts: [...receipts.values()], atoms: chosen.size }
}

interface LogPart { readonly refs: readonly (readonly [string, ObjectId])[]; readonly named: readonly number[]; readonly ops: readonly ObjectId[] }
const NO_LOG: LogPart = { refs: [], named: [], ops: [] }

function wholeLog(repo: Repo): LogPart {
  const { tip } = readLogState(repo.store)
  if (tip === undefined) return NO_LOG
  const { ops, named } = outgoingLog(repo, tip, undefined)
  return { refs: [[OPS + toHex(repo.store.getRecord(META.store) ?? new Uint8Array(0)), tip]], named, ops }
}

/** Returns the ATOMs just outside of what is chosen. */
function needsOf({ index }: Repo, chosen: SeqSet, include: readonly number[]): readonly ObjectId[] {
  const outside = new Set(include.filter((seq) => !chosen.has(seq)))
  for (const seq of chosen.descending()) for (const parent of index.parents(seq).filter((other) => !chosen.has(other))) outside.add(parent)
  return [...outside].map((seq) => index.node(seq).id)
}

async function refsBelow(repo: Repo, prefix: string): Promise<readonly (readonly [string, ObjectId])[]> {
  return (await listRefs(repo.store, prefix)).flatMap(({ name }): (readonly [string, ObjectId])[] => {
    const id = resolveRef(repo.store, name)
    return id === undefined ? [] : [[name, id]]
  })
}

async function chooseRefs(repo: Repo, typed: readonly string[]): Promise<ReadonlyMap<string, ObjectId>> {
  const all = new Map([...await refsBelow(repo, HEADS), ...await refsBelow(repo, TAGS)])
  if (typed.length === 0) return all
  return new Map(typed.map((word) => findRef(repo, word, all)))
}

function findRef(repo: Repo, word: string, all: ReadonlyMap<string, ObjectId>): readonly [string, ObjectId] {
  const head = word === 'HEAD' ? currentBranch(resolveContext(repo)) : undefined
  for (const name of [head ?? word, HEADS + word, TAGS + word]) {
    const id = all.get(name)
    if (id !== undefined) return [name, id]
  }
  throw new AtomError('REF_NOT_FOUND', `there is no branch or tag ${word} to bundle`, { data: { name: word }, hint: `a bundle holds refs: atom tag NAME ${word}, then bundle that` })
}

function seqOf(repo: Repo, id: ObjectId): readonly number[] {
  const atom = peelToAtom(repo.objects, id)
  const seq = atom === undefined ? undefined : repo.index.getSeq(digestOf(atom))
  return seq === undefined ? [] : [seq]
}

/** Returns the ATOMs whose histories are left out: a revision's, or those that are older than a date. */
async function excluded(repo: Repo, since: string, include: readonly number[]): Promise<readonly number[]> {
  const revision = await resolveAtom(resolveContext(repo), since).catch((error: unknown) => {
    if (isAtomError(error, 'REVISION_NOT_FOUND') || isAtomError(error, 'REVISION_SYNTAX')) return undefined
    throw error
  })
  if (revision !== undefined) return [revision]
  const sinceMs = await parseDate(since, repo.clock.nowMs())
  const isOld = (seq: number): boolean => repo.index.orderMs(seq) < sinceMs
  const old = new Set(include.filter(isOld))
  for (const seq of range(repo.index, include, []).descending()) if (!isOld(seq)) for (const parent of repo.index.parents(seq).filter(isOld)) old.add(parent)
  return [...old]
}

async function* chunksOf(repo: Repo, plan: BundlePlan, count: { objects: number; bytes: number }): AsyncIterable<Uint8Array> {
  yield carHeader([plan.root.id, ...(plan.needed === undefined ? [] : [plan.needed.id])])
  let atoms = 0
  for (const object of objectsOf(repo, plan)) {
    repo.signal.throwIfAborted()
    count.objects++
    count.bytes += object.bytes.length
    if (repo.index.getSeq(digestOf(object.id)) !== undefined) repo.reporter.progress('bundling ATOMs', ++atoms, plan.atoms)
    yield carBlock(object)
  }
}

/** The order: the set of refs, what is needed, receipts, ATOMs oldest first with what they own before them, tags, operations. So a file that is cut off lacks what a ref names. */
function* objectsOf(repo: Repo, plan: BundlePlan): Iterable<RemoteObject> {
  yield plan.root
  if (plan.needed !== undefined) yield plan.needed
  for (const id of plan.receipts) yield* ownedObjects(repo.objects, id)
  yield* distinct(outgoingAtoms(repo, { ...plan, boundary: 'absent' }))
  for (const id of plan.refs.values()) yield* tagObjects(repo.objects, id)
  for (const id of plan.ops) yield* ownedObjects(repo.objects, id)
}

const REMEMBERED = 100_000

/** Leaves out what came a short while ago: what ATOMs share mostly lies close together. */
function* distinct(objects: Iterable<RemoteObject>): Iterable<RemoteObject> {
  const seen = createBoundedCache<ObjectId, true>({ limit: REMEMBERED })
  for (const object of objects) {
    if (seen.peek(object.id) === true) continue
    seen.set(object.id, true)
    yield object
  }
}
