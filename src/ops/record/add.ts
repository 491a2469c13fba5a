/** `add`: records one ATOM with its files, evidence and reasons. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { getText, toHex, utf8 } from '../../base/bytes.js'
import { REQUEST_ID_BYTES } from '../../base/limits.js'
import { sha256Hex } from '../../codec/hash.js'
import { parseDate } from '../../history/date.js'
import { resolveAtom, type ResolveContext } from '../../history/resolve.js'
import type { Influence } from '../../object/atom.js'
import type { Evidence, Tokens } from '../../object/body.js'
import { fullRefName, HEADS } from '../../refs/name.js'
import { findRequest } from '../../refs/operation-log.js'
import { getRef, resolveRef } from '../../refs/ref.js'
import { META } from '../../store/objects.js'
import { readRecord, recordOf, type AtomRecord } from '../../trail/record.js'
import { toRecordedFields } from '../../trail/recorded-value.js'
import { checkType } from '../../trail/types.js'
import { captureFiles } from './capture-files.js'
import { amount, checkInput, count, filledText, invalid, oneOf, optional, record, someOf, text } from '../check.js'
import { resolveContext, targetRef, treeOf } from '../context.js'
import { evidenceInput, sealEvidence, type EvidenceInput } from './evidence.js'
import { checkNothingWaits, getMergeState } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import { recordDraft, type Draft, type RecordedAtom } from './record-draft.js'
import type { Repo } from '../repo.js'
import { withTaint } from '../with-taint.js'
import { makeStamp, writeStamped } from './stamp.js'
import { readTracked } from './tracked-paths.js'

export interface TokensInput {
  readonly model?: string | undefined
  readonly input?: number | undefined
  readonly output?: number | undefined
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly total?: number | undefined
  readonly costUsd?: number | undefined
}

export interface AddInput {
  readonly type: string
  readonly title: string
  readonly operation?: string | undefined
  readonly agent?: string | undefined
  readonly project?: string | undefined
  readonly reason?: string | undefined
  readonly metadata?: { readonly [key: string]: unknown } | undefined
  /** Revisions. */
  readonly influencedBy: readonly string[]
  /** Paths as typed: files and folders to capture. */
  readonly files: readonly string[]
  /** Paths as typed that are gone. */
  readonly deletes: readonly string[]
  /** `tracked`: every tracked file that changed; `new`: untracked ones too. */
  readonly all?: 'tracked' | 'new' | undefined
  readonly evidence: readonly EvidenceInput[]
  readonly contextSyncRef?: string | undefined
  readonly tokens?: TokensInput | undefined
  /** A date as people type it. */
  readonly date?: string | undefined
  readonly branch?: string | undefined
  /** A path in which `ATOM-<TYPE>-@` becomes the new atom id. */
  readonly stamp?: string | undefined
  /** A revision that must be the tip. */
  readonly expect?: string | undefined
  /** Names this request: a repeat returns the first answer. */
  readonly request?: string | undefined
}

export interface AddResult {
  readonly atom: AtomRecord
  /** Full name of the ref that moved. */
  readonly ref: string
  readonly isNewBranch: boolean
  /** True where this request was answered before. */
  readonly isRepeat: boolean
}

const tokensCheck = record<TokensInput>({
  model: optional(text), input: optional(count), output: optional(count), cacheRead: optional(count), cacheWrite: optional(count), total: optional(count), costUsd: optional(amount),
})

export const checkAddInput: (value: unknown) => AddInput = checkInput<AddInput>({
  type: (value, field) => checkType(text(value, field)),
  title: filledText,
  operation: optional(filledText), agent: optional(filledText), project: optional(text), reason: optional(text),
  metadata: optional(plainMap),
  influencedBy: someOf(filledText), files: someOf(filledText), deletes: someOf(filledText),
  all: optional(oneOf('tracked', 'new')),
  evidence: someOf(evidenceInput),
  contextSyncRef: optional(text), tokens: optional(tokensCheck), date: optional(filledText), branch: optional(filledText),
  stamp: optional(filledText), expect: optional(filledText), request: optional(filledText),
})

function plainMap(value: unknown, field: string): { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, value, 'an object')
  return value as { readonly [key: string]: unknown }
}

export const add: Operation<AddInput, AddResult> = {
  name: 'add',
  summary: 'Record an ATOM',
  effect: 'write',
  errors: ['INPUT_INVALID', 'PATH_INVALID', 'PATH_NOT_FOUND', 'FILE_UNREADABLE', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'REF_NAME_INVALID', 'REF_MOVED', 'OPERATION_IN_PROGRESS', 'DATE_INVALID', 'FORGOTTEN', 'REQUEST_REUSED', 'STORE_FULL'],
  check: checkAddInput,
  run: (repo, input) => addAtom(repo, input, 'now'),
}

/** Records what happened already, and cannot be taken back: what a command did, what lies in the spool. A merge that waits is no reason to lose it, nor is a path that is gone and was tracked nowhere. */
export function recordPast(repo: Repo, input: AddInput): Promise<AddResult> {
  return addAtom(repo, input, 'past')
}

/** What its ops say they are. */
const COMMAND = 'add'

async function addAtom(repo: Repo, input: AddInput, kept: 'now' | 'past'): Promise<AddResult> {
  const request = input.request === undefined ? repo.request : requestId(input.request)
  const repeated = request === undefined ? undefined : await answerAgain(repo, request)
  if (repeated !== undefined) return repeated
  const ref = input.branch === undefined ? targetRef(repo) : fullRefName(HEADS, input.branch)
  if (kept === 'now') checkNoMerge(repo, input, ref)
  if (kept === 'now') checkDeletes(repo, input.deletes, ref)
  const context = revisionContext(repo)
  const draft = await makeDraft(repo, input, context)
  const expected = input.expect === undefined ? undefined : repo.index.node(await resolveAtom(context, input.expect)).id
  const place = { ref, command: COMMAND, request: request ?? newRequest(repo), ...(expected !== undefined && { expected }) }
  let recorded: RecordedAtom
  try {
    recorded = await recordDraft(repo, draft.draft, place)
  } catch (error) {
    const overtaken = isAtomError(error, 'REQUEST_REUSED') ? await answerLater(repo, place.request) : undefined
    if (overtaken === undefined) throw error
    return overtaken
  }
  if (draft.stampPath !== undefined) await writeStamped(repo, { path: draft.stampPath, tree: recorded.header.tree })
  const atom = await withTaint(repo, { ...recordOf(repo, recorded), files: recorded.changes })
  return { atom, ref, isNewBranch: recorded.isNewBranch, isRepeat: false }
}

/** Files that a merge waits with belong into its own ATOM. Those of another branch do not, as long as each is named. */
function checkNoMerge(repo: Repo, { all, files, deletes, stamp }: AddInput, ref: string): void {
  if (all === undefined && files.length + deletes.length === 0 && stamp === undefined) return
  if (all !== undefined || getMergeState(repo.store)?.ref === ref) checkNothingWaits(repo.store)
}

/** Throws `PATH_NOT_FOUND` for a path that is said to be gone and never was there. */
function checkDeletes(repo: Repo, deletes: readonly string[], ref: string): void {
  if (deletes.length === 0) return
  const tree = treeOf(repo.objects, resolveRef(repo.store, ref) ?? resolveRef(repo.store, 'HEAD'))
  for (const typed of deletes) readTracked(repo, tree, typed)
}

/**
 * Returns the 16 bytes, as hex, that stand for a request id in the op. Always a digest: the index holds the first half only, and ids that a program
 * counts up or takes from the time share it.
 */
export function requestId(request: string): string {
  return sha256Hex(utf8(request)).slice(0, 32)
}

function newRequest(repo: Repo): string {
  return toHex(repo.random.bytes(REQUEST_ID_BYTES))
}

/** Returns the answer of the same request that came in just before this one, once that is durable. */
async function answerLater(repo: Repo, request: string): Promise<AddResult | undefined> {
  await repo.writer.transact({ agent: repo.identity.agent, command: COMMAND }, () => undefined)
  return answerAgain(repo, request)
}

async function answerAgain(repo: Repo, request: string): Promise<AddResult | undefined> {
  const found = await findRequest(repo.store, request)
  if (found !== undefined && found.op.command !== COMMAND) {
    throw new AtomError('REQUEST_REUSED', `the request ${request} was a '${found.op.command}' before`, { data: { request }, hint: 'give each request an id of its own' })
  }
  const change = found?.op.changes.find(({ after }) => after?.is === 'object')
  if (change?.after?.is !== 'object') return undefined
  const seq = repo.index.getSeq(change.after.digest)
  if (seq === undefined) return undefined
  return { atom: await withTaint(repo, readRecord(repo, seq, { files: 'include' })), ref: change.ref, isNewBranch: false, isRepeat: true }
}

/** A session's branch that this ATOM will make is still HEAD to the revisions in its input. */
function revisionContext(repo: Repo): ResolveContext {
  const { branch, ...context } = resolveContext(repo)
  return branch === undefined || getRef(repo.store, branch) === undefined ? context : { ...context, branch }
}

interface PreparedDraft { readonly draft: Draft; readonly stampPath: string | undefined }

/** Reads and hashes everything that does not depend on the tip. */
async function makeDraft(repo: Repo, input: AddInput, context: ResolveContext): Promise<PreparedDraft> {
  const captured = await captureFiles(repo, input)
  const evidence = await sealEvidence(repo, input.evidence)
  const influencedBy: Influence[] = []
  for (const revision of input.influencedBy) influencedBy.push({ object: repo.index.node(await resolveAtom(context, revision)).digest })
  const project = input.project ?? getProject(repo)
  const stampPath = input.stamp === undefined ? undefined : repo.worktree.locate(input.stamp)
  const timeMs = input.date === undefined ? undefined : await parseDate(input.date, context.nowMs)
  const draft: Draft = {
    type: input.type,
    ...(input.operation !== undefined && { operation: input.operation }),
    agent: input.agent ?? repo.identity.agent,
    ...(timeMs !== undefined && { timeMs }),
    influencedBy: distinctInfluences(influencedBy),
    body: bodyOf(input, project, evidence.list),
    files: captured.files,
    objects: [...captured.objects, ...evidence.objects],
    layout: captured.layout,
  }
  if (stampPath === undefined) return { draft, stampPath }
  return { draft: { ...draft, stamp: await makeStamp(repo, { path: stampPath, type: input.type }) }, stampPath }
}

function bodyOf(input: AddInput, project: string | undefined, evidence: readonly Evidence[]): Draft['body'] {
  return {
    title: input.title,
    ...(input.reason !== undefined && input.reason !== '' && { reason: input.reason }),
    ...(project !== undefined && { project }),
    ...(input.metadata !== undefined && { metadata: toRecordedFields(input.metadata) }),
    ...(input.tokens !== undefined && { tokens: withoutUndefined(input.tokens) }),
    ...(input.contextSyncRef !== undefined && { contextSyncRef: input.contextSyncRef }),
    evidence,
  }
}

function withoutUndefined(tokens: TokensInput): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined))
}

function distinctInfluences(influences: readonly Influence[]): readonly Influence[] {
  return [...new Map(influences.map((influence) => [influence.object, influence])).values()]
}

/** Returns the project that recording writes: the one of the store's INIT. */
export function getProject(repo: Repo): string | undefined {
  const stored = repo.store.getRecord(META.project)
  return stored === undefined ? undefined : getText(stored)
}
