/** `export jsonl`: the trail as JSON lines from which `import jsonl` makes the same objects again. Streams; memory does not grow with the trail. */
import { createBoundedCache } from '../../../base/bounded-cache.js'
import { toBase64 } from '../../../base/base64.js'
import { digestOf, objectId, type ObjectId } from '../../../codec/object-id.js'
import { range, reachable } from '../../../history/graph/reachable.js'
import type { SeqSet } from '../../../history/graph/seq-set.js'
import { allTips, resolveAtom } from '../../../history/resolve.js'
import type { Tag } from '../../../object/tag.js'
import { formatTarget } from '../../../object/op.js'
import { FORGOTTEN, HEADS, REMOTES, TAGS } from '../../../refs/name.js'
import { getRef, listRefs, type Ref } from '../../../refs/ref.js'
import { readLogState } from '../../../refs/log-state.js'
import { contentChunks, contentSizeBytes } from '../../../store/content.js'
import { getObjectAs, readObject } from '../../../store/objects.js'
import { codecOf } from '../../../codec/object-id.js'
import { readRecord, type AtomRecord } from '../../../trail/record.js'
import { formatTime, type Json } from '../../../trail/atom-json.js'
import { checkInput, filledText, someOf } from '../../check.js'
import { resolveContext } from '../../context.js'
import { atomLine, contentLine, fileLine, type JsonMap } from './jsonl-form.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'

export interface ExportJsonlInput {
  /** `REV` (with all before it) and `A..B`; none = everything that refs reach, with the refs. */
  readonly revisions: readonly string[]
}

export const exportJsonl: Operation<ExportJsonlInput, JsonMap> = {
  name: 'export.jsonl',
  summary: 'Write the trail as JSON lines',
  effect: 'read',
  errors: ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'OBJECT_NOT_FOUND', 'DATE_INVALID', 'INPUT_INVALID'],
  check: checkInput<ExportJsonlInput>({ revisions: someOf(filledText) }),
  run: exportLines,
}

/** Contents that are known to be written; older ones may be written again. */
const CONTENTS_REMEMBERED = 400_000
/** About so many characters of files stand in one line. */
const FILES_CHARACTERS = 1_000_000
/** A body whose large values take more than that together is written as its exact bytes, and the values as contents. */
const VALUES_MAX_BYTES = 1_000_000
const VALUE_SHOWN_CHARACTERS = 1_000

async function* exportLines(repo: Repo, { revisions }: ExportJsonlInput): AsyncIterable<JsonMap> {
  const chosen = await chooseAtoms(repo, revisions)
  let atoms = 0
  yield { kind: 'trail', version: 1 }
  if (revisions.length === 0) yield* receiptLines(repo)
  const written = createBoundedCache<ObjectId, true>({ limit: CONTENTS_REMEMBERED })
  const total = readLogState(repo.store).atoms
  for (let seq = 0; seq < total; seq++) {
    if (!chosen.has(seq)) continue
    repo.signal.throwIfAborted()
    const record = readRecord(repo, seq, { files: 'include' })
    yield* atomLines(repo, record, (id) => written.peek(id) === undefined && (written.set(id, true), true))
    repo.reporter.progress('export jsonl', ++atoms)
  }
  yield* refLines(repo, { chosen, isWhole: revisions.length === 0 })
  yield { kind: 'end', atoms }
}

/** Returns the ATOMs that revisions stand for: everything that refs reach where there is none. */
export async function chooseAtoms(repo: Repo, revisions: readonly string[]): Promise<SeqSet> {
  const context = resolveContext(repo)
  if (revisions.length === 0) return reachable(repo.index, await allTips(context))
  const include: number[] = []
  const exclude: number[] = []
  for (const revision of revisions) {
    const [from, to] = revision.includes('..') && !revision.includes('...') && !revision.startsWith(':/') ? splitRange(revision) : [undefined, revision]
    if (from !== undefined) exclude.push(await resolveAtom(context, from))
    include.push(await resolveAtom(context, to))
  }
  return exclude.length === 0 ? reachable(repo.index, include) : range(repo.index, include, exclude)
}

function splitRange(revision: string): [from: string, to: string] {
  const at = revision.indexOf('..')
  return [revision.slice(0, at) || 'HEAD', revision.slice(at + 2) || 'HEAD']
}

type IsFirst = (id: ObjectId) => boolean

/** Yields an ATOM's line after those that it needs: contents, and files where they are too many for one line. */
function* atomLines(repo: Repo, record: AtomRecord, isFirst: IsFirst): Iterable<JsonMap> {
  const { body } = record
  for (const id of linkedContents(record)) yield* contentLines(repo, id, isFirst)
  const shown = largeBytes(repo, record) > VALUES_MAX_BYTES ? withShortValues(record) : record
  const lists = splitFiles((record.files ?? []).map(fileLine))
  for (const files of lists.slice(0, -1)) yield { kind: 'files', files }
  const line = atomLine(shown, repo.objects.getObject(record.header.body), lists.at(-1) ?? [])
  if (line['body_cbor'] !== undefined) for (const id of Object.values(body?.large ?? {})) yield* contentLines(repo, id, isFirst)
  yield lists.length > 1 ? { ...line, files_before: lists.slice(0, -1).reduce((sum, files) => sum + files.length, 0) } : line
}

/** Returns the contents that an ATOM is the first on its line to link: of its files and its evidence. */
function linkedContents({ files = [], body }: AtomRecord): readonly ObjectId[] {
  return [...files.map(({ after }) => after?.link), ...(body?.evidence ?? []).map(({ content }) => content)].filter((id) => id !== undefined)
}

function largeBytes(repo: Repo, { body }: AtomRecord): number {
  let sizeBytes = 0
  for (const id of Object.values(body?.large ?? {})) if (repo.objects.getObject(id) !== undefined) sizeBytes += contentSizeBytes(repo.objects, id)
  return sizeBytes
}

/** Cuts what would make the line too long; its exact bytes stand beside it. */
function withShortValues(record: AtomRecord): AtomRecord {
  const { body } = record
  if (body === undefined) return record
  const short = (text: string): string => text.length > VALUE_SHOWN_CHARACTERS ? `${text.slice(0, VALUE_SHOWN_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}…` : text
  const large = Object.keys(body.large ?? {})
  const metadata = Object.fromEntries(Object.entries(body.metadata ?? {}).filter(([key]) => !large.includes(`metadata.${key}`)))
  return { ...record, body: { ...body, title: short(body.title), ...(body.reason !== undefined && { reason: short(body.reason) }), metadata } }
}

function splitFiles(files: readonly JsonMap[]): readonly (readonly Json[])[] {
  const lists: Json[][] = [[]]
  let size = 0
  for (const file of files) {
    size += 250 + String(file['path']).length
    if (size > FILES_CHARACTERS) {
      lists.push([])
      size = 0
    }
    lists.at(-1)?.push(file)
  }
  return lists
}

/** Yields a content once: whole, or chunk by chunk and then what names them. Nothing where it was forgotten. */
function* contentLines(repo: Repo, id: ObjectId, isFirst: IsFirst): Iterable<JsonMap> {
  if (!isFirst(id)) return
  if (codecOf(id) === 'raw') {
    const bytes = repo.objects.getObject(id)
    if (bytes !== undefined) yield contentLine(id, bytes)
    return
  }
  const file = getObjectAs(repo.objects, id, 'file')
  if (file === undefined) return
  for (const chunk of file.chunks) for (const bytes of contentChunks(repo.objects, chunk)) yield contentLine(chunk, bytes)
  yield { kind: 'file', object: digestOf(id), size: file.sizeBytes, digest: file.digest, chunks: file.chunks.map(digestOf) }
}

/** What was forgotten on purpose goes first: it explains what is missing after it. */
async function* receiptLines(repo: Repo): AsyncIterable<JsonMap> {
  for (const { name, target } of await listRefs(repo.store, FORGOTTEN)) {
    const bytes = target.is === 'object' ? repo.objects.getObject(objectId(target.digest, 'dag-cbor')) : undefined
    if (bytes !== undefined) yield { kind: 'receipt', ref: name, object: formatTarget(target), receipt_cbor: toBase64(bytes) }
  }
}

interface RefChoice { readonly chosen: SeqSet; readonly isWhole: boolean }

async function* refLines(repo: Repo, choice: RefChoice): AsyncIterable<JsonMap> {
  const refs: Ref[] = []
  for (const prefix of [HEADS, TAGS, REMOTES]) refs.push(...await listRefs(repo.store, prefix))
  const lines: JsonMap[] = []
  const tags = new Set<ObjectId>()
  for (const { name, target } of refs) {
    if (target.is === 'symbolic') {
      if (choice.isWhole) lines.push({ kind: 'ref', ref: name, symbolic: target.ref })
      continue
    }
    const chain = tagChain(repo, objectId(target.digest, 'dag-cbor'))
    const seq = repo.index.getSeq(digestOf(chain.atom))
    if (seq === undefined || !choice.chosen.has(seq)) continue
    for (const { id, tag } of chain.tags.reverse()) {
      if (!tags.has(id)) yield { kind: 'tag', object: digestOf(id), name: tag.name, target: digestOf(tag.target), agent: tag.agent, timestamp: formatTime(tag.timeMs), message: tag.message }
      tags.add(id)
    }
    lines.push({ kind: 'ref', ref: name, object: target.digest })
  }
  yield* lines
  const head = choice.isWhole ? getRef(repo.store, 'HEAD') : undefined
  if (head !== undefined) yield head.is === 'symbolic' ? { kind: 'ref', ref: 'HEAD', symbolic: head.ref } : { kind: 'ref', ref: 'HEAD', object: head.digest }
}

/** Returns the annotated tags on the way to an ATOM, the outermost first. */
function tagChain(repo: Repo, start: ObjectId): { readonly tags: { readonly id: ObjectId; readonly tag: Tag }[]; readonly atom: ObjectId } {
  const tags: { readonly id: ObjectId; readonly tag: Tag }[] = []
  let id = start
  while (repo.index.getSeq(digestOf(id)) === undefined) {
    const tag = readObject(repo.objects, id, 'tag')
    tags.push({ id, tag })
    id = tag.target
  }
  return { tags, atom: id }
}
