/** `add`: records one ATOM with its files, evidence and reasons. */
import { AtomError } from '../base/errors.js'
import { getText, toHex, utf8 } from '../base/bytes.js'
import type { CborValue } from '../codec/cbor.js'
import { sha256Hex } from '../codec/hash.js'
import type { ObjectId } from '../codec/object-id.js'
import type { Influence } from '../object/atom.js'
import type { AtomId } from '../object/atom-id.js'
import type { Evidence, EvidencePhase, Tokens } from '../object/body.js'
import type { SealedObject } from '../object/seal.js'
import type { TreeEntry } from '../object/tree.js'
import { getExactDate, parseDate } from '../history/date.js'
import { resolveAtom } from '../history/resolve.js'
import { HEADS, fullRefName } from '../refs/name.js'
import { findRequest } from '../refs/operation-log.js'
import { readContent, sealContent } from '../store/content.js'
import { worktreeKey } from '../store/keys.js'
import { META } from '../store/objects.js'
import { getEntry } from '../tree/read.js'
import { BATCH_MAX_BYTES, REQUEST_ID_BYTES } from '../base/limits.js'
import { readRecord, recordOf, type AtomRecord } from '../trail/record.js'
import { checkType } from '../trail/types.js'
import { toRecorded } from '../trail/recorded-value.js'
import { amount, bytes, checkInput, count, filledText, invalid, listOf, oneOf, optional, record, someOf, text } from './check.js'
import { resolveContext, targetRef } from './context.js'
import type { Operation } from './operation.js'
import type { CapturedFile, LayoutRecord } from './ports.js'
import { layoutTree, recordDraft, type Draft } from './record-draft.js'
import type { Repo } from './repo.js'

export interface EvidenceInput {
  readonly name: string
  readonly phase: EvidencePhase
  readonly command?: readonly string[] | undefined
  readonly path?: string | undefined
  readonly exitCode?: number | undefined
  readonly durationMs?: number | undefined
  readonly content?: Uint8Array | undefined
  readonly value?: number | string | undefined
  readonly unit?: string | undefined
}

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

const evidenceCheck = record<EvidenceInput>({
  name: filledText, phase: oneOf('before', 'after', 'other'), command: optional(listOf(text)), path: optional(text), exitCode: optional(integer),
  durationMs: optional(count), content: optional(bytes), value: optional(textOrNumber), unit: optional(text),
})

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
  evidence: someOf(evidenceCheck),
  contextSyncRef: optional(text), tokens: optional(tokensCheck), date: optional(filledText), branch: optional(filledText),
  stamp: optional(filledText), expect: optional(filledText), request: optional(filledText),
})

function integer(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(field, value, 'a whole number')
  return value
}

function textOrNumber(value: unknown, field: string): string | number {
  return typeof value === 'number' && Number.isFinite(value) ? value : text(value, field)
}

function plainMap(value: unknown, field: string): { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, value, 'an object')
  return value as { readonly [key: string]: unknown }
}

export const add: Operation<AddInput, AddResult> = {
  name: 'add',
  summary: 'Record an ATOM',
  effect: 'write',
  errors: ['INPUT_INVALID', 'PATH_INVALID', 'PATH_NOT_FOUND', 'FILE_UNREADABLE', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'REF_NAME_INVALID', 'REF_MOVED', 'DATE_INVALID', 'FORGOTTEN', 'STORE_FULL'],
  check: checkAddInput,
  run: addAtom,
}

async function addAtom(repo: Repo, input: AddInput): Promise<AddResult> {
  const request = input.request === undefined ? undefined : requestId(input.request)
  const repeated = request === undefined ? undefined : await answerAgain(repo, request)
  if (repeated !== undefined) return repeated
  const ref = input.branch === undefined ? targetRef(repo) : fullRefName(HEADS, input.branch)
  const context = resolveContext(repo)
  const draft = await makeDraft(repo, input)
  const expected = input.expect === undefined ? undefined : repo.index.node(await resolveAtom(context, input.expect)).id
  const recorded = await recordDraft(repo, draft.draft, {
    ref, command: 'add', request: request ?? newRequest(repo), ...(expected !== undefined && { expected }),
  })
  if (draft.stampPath !== undefined) await writeStamped(repo, { path: draft.stampPath, tree: recorded.header.tree })
  const atom = recordOf(repo, recorded, {})
  return { atom: { ...atom, files: recorded.changes }, ref, isNewBranch: recorded.isNewBranch, isRepeat: false }
}

/** Returns the 16 bytes, as hex, that stand for a request id in the op. */
export function requestId(request: string): string {
  return /^[0-9a-f]{32}$/.test(request) ? request : sha256Hex(utf8(request)).slice(0, 32)
}

function newRequest(repo: Repo): string {
  return toHex(repo.random.bytes(REQUEST_ID_BYTES))
}

async function answerAgain(repo: Repo, request: string): Promise<AddResult | undefined> {
  const found = await findRequest(repo.store, request)
  const change = found?.op.changes.find(({ after }) => after?.is === 'object')
  if (change?.after?.is !== 'object') return undefined
  const seq = repo.index.getSeq(change.after.digest)
  if (seq === undefined) return undefined
  return { atom: readRecord(repo, seq, { files: 'include' }), ref: change.ref, isNewBranch: false, isRepeat: true }
}

interface PreparedDraft { readonly draft: Draft; readonly stampPath: string | undefined }

/** Reads and hashes everything that does not depend on the tip. */
async function makeDraft(repo: Repo, input: AddInput): Promise<PreparedDraft> {
  const context = resolveContext(repo)
  const captured = await captureFiles(repo, input)
  const evidence = await sealEvidence(repo, input.evidence)
  const influencedBy: Influence[] = []
  for (const revision of input.influencedBy) influencedBy.push({ object: repo.index.node(await resolveAtom(context, revision)).digest })
  const project = input.project ?? getProject(repo)
  const stampPath = input.stamp === undefined ? undefined : repo.worktree.locate(input.stamp)
  const timeMs = input.date === undefined ? undefined : getExactDate(input.date) ?? await parseDate(input.date, context.nowMs)
  const draft: Draft = {
    type: input.type,
    ...(input.operation !== undefined && { operation: input.operation }),
    agent: input.agent ?? repo.identity.agent,
    ...(timeMs !== undefined && { timeMs }),
    influencedBy: distinctInfluences(influencedBy),
    body: {
      title: input.title,
      ...(input.reason !== undefined && input.reason !== '' && { reason: input.reason }),
      ...(project !== undefined && { project }),
      ...(input.metadata !== undefined && Object.keys(input.metadata).length > 0 && { metadata: toRecorded(input.metadata) as { readonly [key: string]: CborValue } }),
      ...(input.tokens !== undefined && Object.values(input.tokens).some((value) => value !== undefined) && { tokens: withoutUndefined(input.tokens) }),
      ...(input.contextSyncRef !== undefined && { contextSyncRef: input.contextSyncRef }),
      ...(evidence.list.length > 0 && { evidence: evidence.list }),
    },
    files: captured.files,
    objects: [...captured.objects, ...evidence.objects],
    layout: captured.layout,
  }
  if (stampPath === undefined) return { draft, stampPath }
  return { draft: { ...draft, stamp: await makeStamp(repo, { path: stampPath, type: input.type }) }, stampPath }
}

function withoutUndefined(tokens: TokensInput): Tokens {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined)) as Tokens
}

function distinctInfluences(influences: readonly Influence[]): readonly Influence[] {
  return [...new Map(influences.map((influence) => [influence.object, influence])).values()]
}

/** Returns the project that recording writes: the one of the store's INIT. */
export function getProject(repo: Repo): string | undefined {
  const stored = repo.store.getRecord(META.project)
  return stored === undefined ? undefined : getText(stored)
}

export interface Captured {
  readonly files: ReadonlyMap<string, TreeEntry | undefined>
  readonly objects: readonly SealedObject[]
  readonly layout: readonly LayoutRecord[]
}

type CaptureInput = Pick<AddInput, 'files' | 'deletes' | 'all'>

/** Captures the files that an input names, each read once. Throws `PATH_NOT_FOUND` for a typed path that is neither on disk nor tracked. */
export async function captureFiles(repo: Repo, input: CaptureInput): Promise<Captured> {
  const files = new Map<string, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  const layout: LayoutRecord[] = []
  const tree = layoutTree(repo.store)
  const source = { ...repo.store, ...repo.objects }
  const take = async (path: string): Promise<boolean> => {
    const file: CapturedFile | undefined = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    files.set(path, file?.entry)
    objects.push(...file?.objects ?? [])
    layout.push(file?.layout ?? { path, bytes: undefined })
    return file !== undefined
  }
  for (const typed of input.files) {
    const path = repo.worktree.locate(typed)
    const found = await repo.worktree.list(path)
    for (const file of found) await take(file)
    if (found.length > 0) continue
    const gone = await repo.worktree.changes(source, tree, { untracked: 'hide', paths: [path] })
    if (gone.length === 0) throw new AtomError('PATH_NOT_FOUND', `there is no file ${typed}`, { data: { path: typed }, hint: 'to record that a tracked file is gone: --delete PATH' })
    for (const { path: file } of gone) await take(file)
  }
  for (const typed of input.deletes) {
    const path = repo.worktree.locate(typed)
    files.set(path, undefined)
    layout.push({ path, bytes: undefined })
  }
  if (input.all !== undefined) {
    const untracked = input.all === 'new' ? 'show' : 'hide'
    for (const { path } of await repo.worktree.changes(source, tree, { untracked })) if (!files.has(path)) await take(path)
  }
  return { files, objects, layout }
}

async function sealEvidence(repo: Repo, inputs: readonly EvidenceInput[]): Promise<{ readonly list: readonly Evidence[]; readonly objects: readonly SealedObject[] }> {
  const list: Evidence[] = []
  const objects: SealedObject[] = []
  for (const { content, ...rest } of inputs) {
    const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<Evidence, 'content'>
    if (content === undefined) {
      list.push(known)
      continue
    }
    const sealed = sealContent(content)
    if (sealed.objects.length > 1) await putAheadInBatches(repo, sealed.objects)
    else objects.push(...sealed.objects)
    list.push({ ...known, content: sealed.id })
  }
  return { list, objects }
}

/** Writes contents ahead of their ATOM in synced batches of at most 8 MiB. */
export async function putAheadInBatches(repo: Repo, objects: readonly SealedObject[]): Promise<void> {
  let batch: SealedObject[] = []
  let sizeBytes = 0
  for (const object of objects) {
    if (sizeBytes + object.bytes.length > BATCH_MAX_BYTES && batch.length > 0) {
      await repo.writer.putAhead(batch)
      batch = []
      sizeBytes = 0
    }
    batch.push(object)
    sizeBytes += object.bytes.length
  }
  if (batch.length > 0) await repo.writer.putAhead(batch)
}

/** Returns what puts the new atom id in place of `ATOM-<TYPE>-@` in a file: the stamped bytes are the ones hashed, under the lock. */
async function makeStamp(repo: Repo, { path, type }: { readonly path: string; readonly type: string }): Promise<NonNullable<Draft['stamp']>> {
  const file = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
  const mark = `ATOM-${type}-@`
  if (file === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no file ${repo.worktree.display(path)} to stamp`, { data: { path: repo.worktree.display(path) } })
  const made = new Map(file.objects.map((object) => [object.id, object.bytes]))
  const content = readContent({ getObject: (id) => made.get(id) ?? repo.objects.getObject(id) }, file.entry.link)
  const source = getText(content)
  if (source === undefined || !source.includes(mark)) {
    throw new AtomError('INPUT_INVALID', `${repo.worktree.display(path)} has no ${mark} to put the atom id in place of`, { data: { field: 'stamp', value: repo.worktree.display(path) }, hint: `write ${mark} where the id shall stand` })
  }
  return (atomId: AtomId) => {
    const sealed = sealContent(utf8(source.replaceAll(mark, atomId)))
    return { path, entry: { mode: file.entry.mode, link: sealed.id }, objects: sealed.objects }
  }
}

async function writeStamped(repo: Repo, { path, tree }: { readonly path: string; readonly tree: ObjectId }): Promise<void> {
  const entry = getEntry(repo.objects, tree, path)
  if (entry === undefined) return
  const layout = await repo.worktree.write(path, readContent(repo.objects, entry.link))
  await repo.writer.transact({ agent: repo.identity.agent, command: 'add' }, (tx) => { if (layout.bytes !== undefined) tx.putRecord(worktreeKey(path), layout.bytes) })
}
