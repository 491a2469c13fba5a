/**
 * `import context-sync`: rows that its servers wrote become ATOMs. docs/context-sync.md says which row becomes what.
 *
 * Guarantees: a row is known by table, id and content, so that importing again adds what is new or changed and nothing else; the same file gives the same object ids
 * everywhere; what a store exported and nobody changed is not taken; the row itself is kept as evidence. The database is only read.
 */
import { isAtomError } from '../../../base/errors.js'
import { getDigest, type Digest, type ObjectId } from '../../../codec/object-id.js'
import { fullRefName, HEADS } from '../../../refs/name.js'
import { checkNesting } from '../../../refs/name-folders.js'
import { getHeadBranch, getRef, listRefs, pointAt, resolveRef } from '../../../refs/ref.js'
import { isForgotten } from '../../../refs/transaction.js'
import { sealBody } from '../../../store/body.js'
import { readObject } from '../../../store/objects.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import { checkInput, filledText, flag, optional } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import { importedAgent } from '../git/imported-commit.js'
import { getInitBranch } from '../imported-refs.js'
import { createImportedTrail, type ImportedTrail } from '../imported-trail.js'
import { readKnownRows, type KnownRows, type RowName } from './known-rows.js'
import { syncedAtomId, syncedBody, syncedTimeMs, type SyncedBody } from './synced-atom.js'
import type { LeftOut, OpenSynced, SyncedRecord, SyncedSource } from './synced-source.js'

export interface ImportContextSyncInput {
  /** Path of the database. */
  readonly file: string
  /** The branch that the rows come to. Default: context-sync. */
  readonly branch?: string | undefined
  /** Takes also what another store exported into the database. */
  readonly exported?: boolean | undefined
  /** Only says what would be taken. */
  readonly dryRun?: boolean | undefined
}

export interface TakenRows {
  readonly table: string
  readonly rows: number
  /** Rows that no ATOM was made of before. */
  readonly added: number
  /** Rows whose ATOM follows one of another content. */
  readonly changed: number
  /** Rows that were taken before and are as they were. */
  readonly known: number
  /** Rows that a store exported and nobody changed. */
  readonly exported: number
}

export interface ImportContextSyncResult {
  readonly file: string
  readonly schema: string
  readonly tables: readonly TakenRows[]
  readonly added: number
  readonly changed: number
  readonly known: number
  readonly exported: number
  /** Rows that are not there any more, with the ATOM that still says what they said. The first 1,000. */
  readonly deleted: readonly (RowName & { readonly object: Digest })[]
  readonly deletedCount: number
  /** Rows that are strange in some way; they were taken. The first 1,000. */
  readonly odd: readonly (RowName & { readonly reason: string })[]
  readonly oddCount: number
  /** Rows that were not taken. The first 1,000. */
  readonly refused: readonly (RowName & { readonly reason: string })[]
  readonly refusedCount: number
  /** Tables and the like that hold no rows that this program knows. */
  readonly leftOut: readonly LeftOut[]
  /** Full name of the branch. */
  readonly ref: string
  /** Its tip; absent where nothing was ever taken. */
  readonly object: ObjectId | undefined
  /** Full name of the branch of HEAD, where that held nothing of its own and moved to what was imported. */
  readonly head: string | undefined
}

const COMMAND = 'import context-sync'
const BRANCH = 'context-sync'
const NAMED_MAX = 1_000
/** Another import that was faster: what it took is known then. */
const ATTEMPTS = 5

/** Returns the use case over what opens a database. */
export function importContextSync(open: OpenSynced): Operation<ImportContextSyncInput, ImportContextSyncResult> {
  return {
    name: 'import.context-sync',
    summary: 'Take in what context-sync servers wrote',
    effect: 'write',
    errors: ['SOURCE_UNREADABLE', 'VIEW_LOCKED', 'UNSUPPORTED', 'REF_NAME_INVALID', 'REF_EXISTS', 'REF_MOVED', 'OBJECT_INVALID', 'STORE_FULL'],
    check: checkInput<ImportContextSyncInput>({ file: filledText, branch: optional(filledText), exported: flag, dryRun: flag }),
    async run(repo, input) {
      const ref = fullRefName(HEADS, input.branch ?? BRANCH)
      if (resolveRef(repo.store, ref) === undefined) checkNesting([ref], new Set((await listRefs(repo.store, HEADS)).map(({ name }) => name)))
      using source = await open(input.file)
      for (let attempt = 1; ; attempt++) {
        try {
          return await importRows(repo, source, { ...input, ref })
        } catch (error) {
          if (!isAtomError(error, 'REF_MOVED') || attempt === ATTEMPTS) throw error
        }
      }
    },
  }
}

interface Importing {
  readonly repo: Repo
  readonly source: SyncedSource
  readonly trail: ImportedTrail
  readonly known: KnownRows
  readonly isDry: boolean
  readonly takesExported: boolean
  readonly tables: Map<string, { -readonly [Key in keyof TakenRows]: TakenRows[Key] }>
  readonly odd: (RowName & { readonly reason: string })[]
  readonly refused: (RowName & { readonly reason: string })[]
  oddCount: number
  refusedCount: number
  tip: { readonly id: ObjectId; readonly tree: ObjectId } | undefined
}

async function importRows(repo: Repo, source: SyncedSource, input: ImportContextSyncInput & { readonly ref: string }): Promise<ImportContextSyncResult> {
  const before = getRef(repo.store, input.ref)
  const tip = resolveRef(repo.store, input.ref)
  const importing: Importing = {
    repo, source,
    trail: createImportedTrail(repo, COMMAND),
    known: await readKnownRows(repo, tip),
    isDry: input.dryRun === true, takesExported: input.exported === true,
    tables: new Map(source.tables.map(({ name, rows }) => [name, { table: name, rows, added: 0, changed: 0, known: 0, exported: 0 }])),
    odd: [], refused: [], oddCount: 0, refusedCount: 0,
    tip: tip && { id: tip, tree: readObject(repo.objects, tip, 'atom').tree },
  }
  const total = source.tables.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  for (const record of source.records()) {
    repo.signal.throwIfAborted()
    takeRecord(importing, record)
    if (importing.trail.isFull) await importing.trail.flush()
    repo.reporter.progress(COMMAND, ++done, total)
  }
  await importing.trail.flush()
  const head = importing.isDry ? undefined : await land(importing, { ref: input.ref, before, tip })
  return { ...reportOf(importing), ref: input.ref, object: importing.isDry ? tip : importing.tip?.id, head }
}

function takeRecord(importing: Importing, record: SyncedRecord): void {
  const { source, known } = importing
  const counts = importing.tables.get(record.table)
  if (counts === undefined) return
  const body = syncedBody(record)
  const before = known.meet(record)
  if (before?.digest === body.digest) {
    counts.known++
    return
  }
  const exported = source.exported(record.table, record.id)
  if (before === undefined && exported.some(({ digest }) => digest === body.digest) && !importing.takesExported) {
    counts.exported++
    return
  }
  const follows = before?.object ?? getDigest(exported[0]?.object ?? '')
  if (!addAtom(importing, { record, body, follows })) return
  counts[before === undefined && exported.length === 0 ? 'added' : 'changed']++
  noteOdd(importing, record)
}

function noteOdd(importing: Importing, { table, id, odd }: SyncedRecord): void {
  for (const reason of odd) {
    importing.oddCount++
    if (importing.odd.length < NAMED_MAX) importing.odd.push({ table, id, reason })
  }
}

interface NewAtom { readonly record: SyncedRecord; readonly body: SyncedBody; readonly follows: Digest | undefined }

/** Stages the ATOM of a row; false where the row was refused. */
function addAtom(importing: Importing, { record, body, follows }: NewAtom): boolean {
  const { repo, trail, tip } = importing
  const sealed = sealBody(body.value)
  if ([sealed.body, ...body.row.objects].some(({ id }) => isForgotten(repo.store, id))) {
    importing.refusedCount++
    if (importing.refused.length < NAMED_MAX) importing.refused.push({ table: record.table, id: record.id, reason: 'it was forgotten here' })
    return false
  }
  if (importing.isDry) return true
  const built = trail.build({
    header: {
      atomId: syncedAtomId(record, body.digest, follows === undefined ? 'nothing' : 'another'),
      operation: record.operation,
      agent: importedAgent(record.agent),
      timeMs: syncedTimeMs(record),
      parents: tip === undefined ? [] : [tip.id],
      influencedBy: follows === undefined ? [] : [{ object: follows }],
    },
    body: { id: sealed.body.id, objects: [...body.row.objects, ...sealed.contents, sealed.body] },
    base: tip?.tree ?? EMPTY_TREE.id,
    files: new Map(),
    changes: [],
  })
  trail.add(built)
  importing.tip = { id: built.object.id, tree: built.header.tree }
  return true
}

interface ToLand { readonly ref: string; readonly before: ReturnType<typeof getRef>; readonly tip: ObjectId | undefined }

/** Moves the branch, and with it the one of HEAD where that holds nothing but the INIT, or what was imported before. */
async function land({ repo, tip }: Importing, { ref, before, tip: old }: ToLand): Promise<string | undefined> {
  if (tip === undefined || tip.id === old) return undefined
  const own = getHeadBranch(repo.store)
  const isOnlyImported = own !== undefined && old !== undefined && resolveRef(repo.store, own) === old
  const head = await getInitBranch(repo) ?? (isOnlyImported ? own : undefined)
  const headBefore = head === undefined ? undefined : getRef(repo.store, head)
  await repo.writer.transact({ agent: repo.identity.agent, command: COMMAND }, (tx) => {
    tx.edit({ ref, expected: before, next: pointAt(tip.id) })
    if (head !== undefined && head !== ref) tx.edit({ ref: head, expected: headBefore, next: pointAt(tip.id) })
  })
  return head
}

function reportOf({ source, tables, known, odd, refused, oddCount, refusedCount }: Importing): Omit<ImportContextSyncResult, 'ref' | 'object' | 'head'> {
  const counted = [...tables.values()]
  const sum = (key: 'added' | 'changed' | 'known' | 'exported'): number => counted.reduce((total, table) => total + table[key], 0)
  const deleted: (RowName & { readonly object: Digest })[] = []
  let deletedCount = 0
  for (const row of deletedRows(source, known)) if (++deletedCount <= NAMED_MAX) deleted.push(row)
  return {
    file: source.location, schema: source.schema, tables: counted,
    added: sum('added'), changed: sum('changed'), known: sum('known'), exported: sum('exported'),
    deleted, deletedCount,
    odd, oddCount, refused, refusedCount, leftOut: source.leftOut,
  }
}

/** Yields rows that are gone: those taken from projects that are still there, and those that were exported. */
function* deletedRows(source: SyncedSource, known: KnownRows): Iterable<RowName & { readonly object: Digest }> {
  for (const { table, id, object, projectId } of known.missed()) if (projectId !== undefined && source.projectIds.has(projectId)) yield { table, id, object }
  for (const { table, id, object } of source.lost()) {
    const digest = getDigest(object)
    if (digest !== undefined && !known.has({ table, id })) yield { table, id, object: digest }
  }
}
