/**
 * `forget`: erases the bytes of a body or a content, for good, and leaves a receipt.
 *
 * Guarantees: ids, links and proofs stay valid, because headers and trees commit to digests only; afterwards no file of the store holds the bytes; the store
 * refuses them from then on. Refuses what is part of the proof itself (`forget-target.ts`). Cut short, the next command that opens the store completes it (`app/mend.ts`).
 */
import { AtomError } from '../../base/errors.js'
import { utf8 } from '../../base/bytes.js'
import { codecOf, digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Body } from '../../object/body.js'
import { encodeReceipt, isReasonCode, type Receipt } from '../../object/receipt.js'
import { seal } from '../../object/seal.js'
import { FORGOTTEN } from '../../refs/name.js'
import { readLogState } from '../../refs/log-state.js'
import { getRef, pointAt } from '../../refs/ref.js'
import type { Transaction } from '../../refs/transaction.js'
import { eraseTitle } from '../../index/titles.js'
import { edgesOf, objectKey, rangeOf } from '../../store/keys.js'
import { getBody } from '../../store/body.js'
import { getObjectAs, META } from '../../store/objects.js'
import type { KeyRange, Store } from '../../store/types.js'
import { checkInput, filledText, flag, optional } from '../check.js'
import { findReceipt, findTarget, type ForgetTarget } from './forget-target.js'
import { alsoLinked, arrivedSince, usesOfBody, usesOfContent, type Use } from './forget-uses.js'
import { encodeMergeState, getMergeState } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface ForgetInput {
  /** `REV` (its body), `PATH@REV`, or an object id. */
  readonly target?: string | undefined
  /** A short code: `secret`, `gdpr-17`. */
  readonly reason?: string | undefined
  /** A receipt that came from elsewhere, to be followed here. */
  readonly accept?: string | undefined
  readonly dryRun: boolean
}

export interface ForgetResult {
  readonly isDryRun: boolean
  readonly target: ForgetTarget
  readonly reason: string
  /** Every ATOM and path that shares the bytes. */
  readonly uses: readonly Use[]
  /** What is erased; the first is the target. */
  readonly erased: readonly { readonly id: ObjectId; readonly sizeBytes: number }[]
  /** Parts that something else needs, and which therefore stay. */
  readonly kept: readonly ObjectId[]
  /** Files beside the store that were rewritten or removed. */
  readonly files: readonly string[]
}

export const forget: Operation<ForgetInput, ForgetResult> = {
  name: 'forget',
  summary: 'Erase a content or the words of an ATOM, and leave a receipt',
  effect: 'write',
  errors: ['USAGE', 'UNSUPPORTED', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS', 'INPUT_INVALID'],
  check: checkInput<ForgetInput>({ target: optional(filledText), reason: optional(filledText), accept: optional(filledText), dryRun: flag }),
  // What has the words and arrives in the spool meanwhile would become a new ATOM, and not only be a file.
  run: async (repo, input) => repo.spool.waiting(() => forgetOne(repo, input)),
}

async function forgetOne(repo: Repo, input: ForgetInput): Promise<ForgetResult> {
  const wish = await readWish(repo, input)
  const known = readLogState(repo.store).atoms
  const plan = wish.target.role === 'body' ? await planBody(repo, wish.target.id) : await planContent(repo, wish.target.id)
  const gone = new Set([...plan.erase, ...plan.drop])
  const erased = [...gone].flatMap((id) => {
    const bytes = repo.objects.getObject(id)
    return bytes === undefined ? [] : [{ id, sizeBytes: bytes.length }]
  })
  const result = { isDryRun: input.dryRun, target: wish.target, reason: wish.reason, uses: plan.uses, erased, kept: plan.kept }
  if (input.dryRun) return { ...result, files: [] }
  const { late, files } = await eraseEverywhere(repo, { ...wish, known }, plan)
  return { ...result, uses: [...result.uses, ...late], files }
}

/** Returns the uses that came in late, and the files beside the store. */
async function eraseEverywhere(repo: Repo, wish: Wish & { readonly known: number }, plan: Plan): Promise<{ readonly late: readonly Use[]; readonly files: readonly string[] }> {
  const files = new Set<string>()
  const eraseBeside = async (uses: readonly Use[]): Promise<void> => {
    for (const file of await repo.sideFiles?.erase({ atoms: atomsOf(uses), texts: plan.texts }) ?? []) files.add(file)
  }
  await eraseBeside(plan.uses)
  const late = await erase(repo, wish, plan)
  // Until the batch was written another call of this process could still read a title, and write it into trail.log.
  await eraseBeside([...plan.uses, ...late])
  // After the receipts are there: whoever makes a view from now on does not find the words any more.
  for (const view of await repo.views?.drop() ?? []) files.add(view)
  repo.reporter.progress('rewriting the database', 0)
  await scrubStore(repo.store)
  // What others left in the spool while all this went on.
  await eraseBeside([])
  return { late, files: [...files] }
}

function atomsOf(uses: readonly Use[]): ReadonlySet<Digest> {
  return new Set(uses.flatMap(({ object, part }) => (part === 'body' || part === 'title' ? [object] : [])))
}

interface Wish { readonly target: ForgetTarget; readonly reason: string; readonly receipt: ObjectId | undefined }

async function readWish(repo: Repo, { target, reason, accept }: ForgetInput): Promise<Wish> {
  if (accept !== undefined) {
    if (target !== undefined) throw new AtomError('USAGE', '--accept names what is to be forgotten: no other target', { data: { option: 'accept' }, hint: `atom forget --accept ${accept}` })
    const { id, receipt } = await findReceipt(repo, accept)
    return { target: { id: receipt.object, role: receipt.role }, reason: receipt.reason, receipt: id }
  }
  if (target === undefined) throw new AtomError('USAGE', 'forget what?', { data: {}, hint: 'atom forget REV --reason secret, atom forget PATH@REV --reason secret' })
  if (reason === undefined || !isReasonCode(reason)) {
    throw new AtomError('USAGE', reason === undefined ? 'forget needs a reason' : `not a reason code: ${reason.slice(0, 80)}`, { data: { option: 'reason', ...(reason !== undefined && { value: reason.slice(0, 80) }) }, hint: '--reason secret, --reason gdpr-17: a code, because it stays for ever' })
  }
  return { target: await findTarget(repo, target), reason, receipt: undefined }
}

interface Plan {
  /** Gets a receipt each, and is refused from then on. */
  readonly erase: readonly ObjectId[]
  /** Belonged to nothing else: goes too, and may come again. */
  readonly drop: readonly ObjectId[]
  readonly kept: readonly ObjectId[]
  readonly uses: readonly Use[]
  /** What to look for beside the store. */
  readonly texts: readonly Uint8Array[]
  /** Of a body. */
  readonly title?: string | undefined
}

async function planBody(repo: Repo, id: ObjectId): Promise<Plan> {
  const uses = await usesOfBody(repo, id)
  const body = getObjectAs(repo.objects, id, 'body')
  if (body === undefined) return { erase: [id], drop: [], kept: [], uses, texts: [] }
  const values = Object.values(body.large ?? {}).flatMap((value) => withChunks(repo, value))
  const evidence = (body.evidence ?? []).flatMap(({ content }) => content === undefined ? [] : withChunks(repo, content))
  const own = new Set([id, ...values, ...evidence])
  const shared = await alsoLinked(repo, new Set([...values, ...evidence]), own)
  const whole = getBody(repo.objects, id)
  const title = whole?.title
  return {
    erase: [id, ...new Set(values.filter((value) => !shared.has(value)))],
    drop: [...new Set(evidence.filter((content) => !shared.has(content) && !values.includes(content)))],
    kept: [...shared],
    uses,
    title: title === '' ? undefined : title,
    texts: textsOf(whole, evidence.flatMap((content) => shared.has(content) ? [] : contentText(repo, content))),
  }
}

async function planContent(repo: Repo, id: ObjectId): Promise<Plan> {
  const uses = await usesOfContent(repo, id)
  const parts = withChunks(repo, id).filter((part) => part !== id)
  const shared = await alsoLinked(repo, new Set(parts), new Set([id]))
  return {
    erase: [id, ...new Set(parts.filter((part) => !shared.has(part)))], drop: [], kept: [...shared], uses,
    texts: contentText(repo, id),
  }
}

/** Texts shorter than these stand in too many places by chance. */
const TEXT_MIN_BYTES = 6

/** Values of metadata are often common words: only long ones tell what they belong to. */
const VALUE_MIN_BYTES = 16

function textsOf(body: Body | undefined, evidence: readonly Uint8Array[]): readonly Uint8Array[] {
  const words = [body?.title, body?.reason].flatMap((text) => text === undefined ? [] : [utf8(text)]).filter(({ length }) => length >= TEXT_MIN_BYTES)
  const values = [...textsIn(body?.metadata ?? {})].map(utf8).filter(({ length }) => length >= VALUE_MIN_BYTES)
  return [...words, ...values, ...evidence]
}

function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner)
}

/** A content that was cut is known by its first chunk. */
function contentText(repo: Repo, id: ObjectId): readonly Uint8Array[] {
  const [first = id] = codecOf(id) === 'raw' ? [] : getObjectAs(repo.objects, id, 'file')?.chunks ?? []
  const bytes = repo.objects.getObject(first)
  return bytes === undefined || bytes.length < TEXT_MIN_BYTES ? [] : [bytes]
}

function withChunks(repo: Repo, id: ObjectId): readonly ObjectId[] {
  return codecOf(id) === 'raw' ? [id] : [id, ...getObjectAs(repo.objects, id, 'file')?.chunks ?? []]
}

/** Receipts, refs and deletes: one batch. Returns the uses that came in while the plan was made: an import without salt may have brought the same body. */
async function erase(repo: Repo, wish: Wish & { readonly known: number }, plan: Plan): Promise<readonly Use[]> {
  const { value: late } = await repo.writer.transact({ agent: repo.identity.agent, command: 'forget' }, (tx) => {
    const arrived = arrivedSince(tx, wish.known, plan)
    for (const id of plan.erase) {
      const ref = FORGOTTEN + digestOf(id)
      if (getRef(tx, ref) === undefined || (wish.receipt !== undefined && id === wish.target.id)) {
        const receipt: Receipt = { object: id, role: id === wish.target.id ? wish.target.role : 'content', timeMs: tx.nowMs, reason: wish.reason }
        const object = id === wish.target.id && wish.receipt !== undefined ? undefined : seal(encodeReceipt(receipt))
        if (object !== undefined) tx.put(object)
        tx.edit({ ref, expected: 'any', next: pointAt(object?.id ?? wish.receipt as ObjectId) })
      }
    }
    for (const id of [...plan.erase, ...plan.drop.filter((content) => !arrived.linked.has(content))]) tx.deleteRecord(objectKey(id))
    tx.putRecord(META.scrub, Uint8Array.of(1))
    for (const { object, part } of [...plan.uses, ...arrived.uses]) {
      const seq = part === 'body' ? tx.index.getSeq(object) : undefined
      if (seq !== undefined) eraseTitle(tx, seq)
    }
    if (plan.title !== undefined) eraseFromWaiting(tx, plan.title)
    return arrived.uses
  })
  repo.index.dropTitles()
  return late
}

/** A revert or cherry-pick that waits for its conflicts has the title of what it takes back or picks in its own. */
function eraseFromWaiting(tx: Transaction, title: string): void {
  const state = getMergeState(tx)
  if (state === undefined) return
  const without = (text: string): string => text.replaceAll(title, FORGOTTEN_TITLE)
  tx.putRecord(META.merge, encodeMergeState({ ...state, title: without(state.title), names: state.names.map(without) }))
}

const FORGOTTEN_TITLE = '(forgotten)'

/** Has the database rewrite the tables of all objects, titles and the state of merges under way: until then a deleted record still lies in its files. */
export async function scrubStore(store: Store): Promise<void> {
  // What is still in memory becomes a table, with all that was overwritten in it.
  await store.compact(NO_RECORDS)
  for (const space of ['object', 'title', 'meta'] as const) {
    // A table at the bottom is only rewritten when one above it covers the same keys.
    await store.write({ puts: [], deletes: edgesOf(space) }, 'sync')
    await store.compact(rangeOf(space))
  }
  await store.write({ puts: [], deletes: [META.scrub] }, 'sync')
}

const NO_RECORDS: KeyRange = { gte: Uint8Array.of(0), lt: Uint8Array.of(1) }
