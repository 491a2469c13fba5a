/**
 * `import kenl`: what KENL and its siblings wrote becomes ATOMs, one behind the other in the order of the source. docs/spec/import-kenl.md says how.
 *
 * Guarantees: the same source gives the same object ids everywhere; importing it again adds what is new in it; every ATOM carries the bytes that it was made of; what is strange or
 * cannot be taken is named by file and line, and the bytes of what cannot are kept. Objects before refs, so a killed import is gone on with. What is remembered of a source is bounded.
 */
import { AtomError } from '../../../base/errors.js'
import { digestOf, getDigest, type ObjectId } from '../../../codec/object-id.js'
import type { AtomHeader } from '../../../object/atom.js'
import { typeOf } from '../../../object/atom-id.js'
import type { Body } from '../../../object/body.js'
import { sealBody } from '../../../store/body.js'
import { sealContent } from '../../../store/content.js'
import { defaultOperation } from '../../../trail/types.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import { checkInput, filledText, optional, someOf } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import { createImportedTrail, type ImportedTrail } from '../imported-trail.js'
import { createKnownRecords, SOURCE_EVIDENCE, type KnownRecords } from '../known-records.js'
import { chainAbove, checkKenlBranch, landKenl, type LandedKenl } from './kenl-refs.js'
import { createRefusedBytes, type RefusedBytes } from '../refused-bytes.js'
import type { KenlAside, KenlItem, KenlPlace, KenlRecord, KenlRefusal, OpenKenl, SignatureResult } from './kenl-source.js'

export interface ImportKenlInput {
  /** Files and folders, in this order. */
  readonly paths: readonly string[]
  /** The zone of times that name none (default: UTC, so that every machine says the same). */
  readonly timeZone?: string | undefined
  /** The branch that they become (default: that of a store which holds nothing but its INIT, else `kenl`). */
  readonly branch?: string | undefined
}

/** A record that was taken, and what is strange about it. */
export interface OddRecord extends KenlPlace {
  readonly atomId: string
  readonly reasons: readonly string[]
}

/** Something that was not taken, and the ATOM that keeps its bytes; none where it could not be read. */
export interface KeptRefusal extends Omit<KenlRefusal, 'is' | 'raw'> {
  atomId?: string
}

export interface ImportKenlResult {
  /** Records found: each is taken or was known. */
  readonly records: number
  readonly taken: number
  readonly known: number
  /** Records whose tag another one before it has too: both are kept. */
  readonly repeatedTags: number
  readonly oddCount: number
  /** The first 1,000. */
  readonly odd: readonly OddRecord[]
  readonly refusedCount: number
  /** The first 1,000. */
  readonly refused: readonly KeptRefusal[]
  /** ATOMs that keep the bytes of what was refused, and how many of them are new. */
  readonly refusedAtoms: number
  readonly refusedTaken: number
  readonly asideCount: number
  /** Counters, comments and other files: the first 1,000. */
  readonly asides: readonly KenlAside[]
  readonly signatures: { readonly [Result in SignatureResult]: number }
  readonly timeZone: string
  /** Records whose time named no zone. */
  readonly assumedTimes: number
  /** Where they are; absent where there was no record. */
  readonly branch: LandedKenl | undefined
}

const COMMAND = 'import kenl'
const ITEMS_MAX = 1_000
/** Those that `influenced_by` can name: the rule is part of docs/spec/import-kenl.md. */
const TAGS_REMEMBERED = 20_000
const DEFAULT_ZONE = 'UTC'

/** Returns the use case over what reads the sources. */
export function importKenl(open: OpenKenl): Operation<ImportKenlInput, ImportKenlResult> {
  return {
    name: 'import.kenl',
    summary: 'Take in logs, decisions and databases of KENL',
    effect: 'write',
    errors: ['SOURCE_UNREADABLE', 'INPUT_INVALID', 'REF_NAME_INVALID', 'REF_EXISTS', 'REF_MOVED', 'STORE_FULL', 'FORGOTTEN'],
    check: checkInput<ImportKenlInput>({ paths: someOf(filledText), timeZone: optional(filledText), branch: optional(filledText) }),
    async run(repo, input) {
      if (input.paths.length === 0) throw new AtomError('INPUT_INVALID', 'there is nothing to read', { data: { field: 'paths' }, hint: 'atom import kenl ~/.config/atom-sage' })
      if (input.branch !== undefined) await checkKenlBranch(repo, input.branch)
      return await importItems(repo, input, open({ paths: input.paths, timeZone: input.timeZone ?? DEFAULT_ZONE }))
    },
  }
}

interface Importing {
  readonly repo: Repo
  readonly trail: ImportedTrail
  readonly known: KnownRecords
  /** Tag → the newest ATOM of that tag, in the order in which they were recorded. */
  readonly tags: Map<string, ObjectId>
  readonly odd: OddRecord[]
  readonly refused: KeptRefusal[]
  readonly refusedBytes: RefusedBytes
  /** Of `refused`, those whose ATOM comes. */
  unkept: KeptRefusal[]
  readonly asides: KenlAside[]
  readonly counts: { records: number; taken: number; repeatedTags: number; odd: number; refused: number; refusedAtoms: number; refusedTaken: number; asides: number; assumedTimes: number }
  readonly signatures: { [Result in SignatureResult]: number }
  /** The last ATOM of the chain, and the ref that was found at its end. */
  tip: ObjectId | undefined
  ref: string | undefined
  /** The last record of the file. */
  last: { readonly file: string; readonly timeMs: number } | undefined
}

async function importItems(repo: Repo, input: ImportKenlInput, items: AsyncIterable<KenlItem>): Promise<ImportKenlResult> {
  const [trail, known] = [createImportedTrail(repo, COMMAND), createKnownRecords(repo)]
  const importing: Importing = {
    repo, trail, known, tags: new Map(),
    odd: [], refused: [], refusedBytes: createRefusedBytes(trail, known), unkept: [], asides: [], signatures: { match: 0, mismatch: 0, absent: 0 },
    counts: { records: 0, taken: 0, repeatedTags: 0, odd: 0, refused: 0, refusedAtoms: 0, refusedTaken: 0, asides: 0, assumedTimes: 0 }, tip: undefined, ref: undefined, last: undefined,
  }
  for await (const item of items) {
    repo.signal.throwIfAborted()
    await takeItem(importing, item)
    if (importing.trail.isFull) await importing.trail.flush()
    repo.reporter.progress(COMMAND, importing.counts.records)
  }
  await keepRefused(importing)
  await importing.trail.flush()
  const branch = importing.tip === undefined ? undefined : await landKenl(repo, { target: importing.tip, ref: importing.ref, branch: input.branch, command: COMMAND })
  const { counts, odd, refused, asides, signatures } = importing
  return {
    records: counts.records, taken: counts.taken, known: counts.records - counts.taken, repeatedTags: counts.repeatedTags, oddCount: counts.odd, odd, refusedCount: counts.refused, refused,
    refusedAtoms: counts.refusedAtoms, refusedTaken: counts.refusedTaken,
    asideCount: counts.asides, asides, signatures, timeZone: input.timeZone ?? DEFAULT_ZONE, assumedTimes: counts.assumedTimes, branch,
  }
}

async function takeItem(importing: Importing, item: KenlItem): Promise<void> {
  const { counts } = importing
  switch (item.is) {
    case 'record':
      await takeRecord(importing, item)
      break
    case 'part':
      if (importing.refusedBytes.file !== undefined) await keepRefused(importing)
      importing.refusedBytes.addPart(item.bytes)
      break
    case 'refused':
      await takeRefusal(importing, item)
      break
    case 'aside':
      if (++counts.asides <= ITEMS_MAX) importing.asides.push(item)
  }
}

async function takeRefusal(importing: Importing, { file, line, reason, text, raw }: KenlRefusal): Promise<void> {
  const { counts, refusedBytes } = importing
  if (refusedBytes.isFull || refusedBytes.file !== file) await keepRefused(importing)
  const bytes = refusedBytes.add({ file, line, reason, raw })
  if (++counts.refused > ITEMS_MAX) return
  const refusal: KeptRefusal = { file, ...(line !== undefined && { line }), reason, ...(text !== undefined && { text }) }
  importing.refused.push(refusal)
  if (bytes === 'kept') importing.unkept.push(refusal)
}

/** What was refused in a row becomes one ATOM, in the place where it stood. */
async function keepRefused(importing: Importing): Promise<void> {
  const { refusedBytes, last, counts } = importing
  const timeMs = last !== undefined && last.file === refusedBytes.file ? last.timeMs : 0
  const made = await refusedBytes.close({ parent: importing.tip, timeMs, metadata: { kenl: { format: 'refused' } } })
  if (made === undefined) return
  for (const refusal of importing.unkept) refusal.atomId = made.atomId
  importing.unkept = []
  counts.refusedAtoms++
  if (made.known !== undefined) {
    await goOnFrom(importing, made.known)
    return
  }
  counts.refusedTaken++
  importing.tip = made.id
}

async function takeRecord(importing: Importing, record: KenlRecord): Promise<void> {
  const { counts, signatures, repo } = importing
  if (importing.refusedBytes.file !== undefined) await keepRefused(importing)
  importing.last = { file: record.file, timeMs: record.timeMs }
  counts.records++
  signatures[record.signature]++
  const kenl = record.metadata['kenl'] as { readonly [key: string]: unknown } | undefined
  if (kenl?.['time_zone_assumed'] === true) counts.assumedTimes++
  if (record.odd.length > 0 && ++counts.odd <= ITEMS_MAX) importing.odd.push({ file: record.file, ...(record.line !== undefined && { line: record.line }), atomId: record.atomId, reasons: record.odd })
  if ([kenl?.['object'], ...record.objects ?? []].some((object) => isOwn(repo, object))) return
  const source = sealContent(record.raw)
  const known = await importing.known.take({ atomId: record.atomId, timeMs: record.timeMs, source: source.id })
  if (known !== undefined) {
    await goOnFrom(importing, known)
    remember(importing, record, known.id)
    return
  }
  for (const object of source.objects) importing.trail.keep(object)
  const id = addAtom(importing, record, source.id)
  importing.tip = id
  counts.taken++
  remember(importing, record, id)
}

/** A row that was written from this store, as `export context-sync` does, names the ATOM that it is. */
function isOwn(repo: Repo, object: unknown): boolean {
  const digest = typeof object === 'string' ? getDigest(object) : undefined
  return digest !== undefined && repo.index.getSeq(digest) !== undefined
}

/** What is new comes behind all that came before, also where the source has it between them. */
async function goOnFrom(importing: Importing, { id, header }: { readonly id: ObjectId; readonly header: AtomHeader }): Promise<void> {
  if (importing.tip === undefined) {
    const above = await chainAbove(importing.repo, id)
    importing.tip = above?.tip ?? id
    importing.ref = above?.ref
  } else if (header.parents[0] === importing.tip) importing.tip = id
}

function remember({ tags, counts }: Importing, { tag, atomId }: KenlRecord, id: ObjectId): void {
  if (tags.has(tag)) counts.repeatedTags++
  for (const name of new Set([tag, atomId])) {
    tags.delete(name)
    tags.set(name, id)
  }
  for (const name of tags.keys()) {
    if (tags.size <= TAGS_REMEMBERED) break
    tags.delete(name)
  }
}

function addAtom({ trail, tags, tip }: Importing, record: KenlRecord, source: ObjectId): ObjectId {
  const { body, contents } = sealBody(bodyOf(record, source))
  const influences = new Set(record.influencedBy.flatMap((tag) => {
    const id = tags.get(tag)
    return id === undefined ? [] : [digestOf(id)]
  }))
  const built = trail.build({
    header: {
      atomId: record.atomId,
      operation: record.operation ?? defaultOperation(typeOf(record.atomId), []),
      agent: record.agent,
      timeMs: record.timeMs,
      parents: tip === undefined ? [] : [tip],
      influencedBy: [...influences].map((object) => ({ object })),
    },
    body: { id: body.id, objects: [...contents, body] },
    base: EMPTY_TREE.id,
    files: new Map(),
    changes: [],
  })
  trail.add(built)
  return built.object.id
}

/** Without a salt: the same line gives the same body on every machine. */
function bodyOf(record: KenlRecord, source: ObjectId): Body {
  return {
    title: record.title,
    ...(record.reason !== undefined && { reason: record.reason }),
    ...(record.project !== undefined && { project: record.project }),
    metadata: record.metadata,
    ...(record.tokens !== undefined && { tokens: record.tokens }),
    ...(record.contextSyncRef !== undefined && { contextSyncRef: record.contextSyncRef }),
    evidence: [{ name: SOURCE_EVIDENCE, phase: 'other', content: source }],
  }
}
