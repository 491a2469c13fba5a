/**
 * `import jsonl`: lines that `export jsonl` wrote become the same objects again; lines of one's own are recorded. docs/spec/jsonl.md says how.
 *
 * Guarantees: a line that is wrong is named by its number, kept as it stands and costs no other line; what a line's fields give is compared with the id that it names;
 * objects before refs, so a killed import is gone on with; importing twice adds nothing. Memory does not grow with the file.
 */
import { AtomError } from '../../../base/errors.js'
import { createBoundedCache, type BoundedCache } from '../../../base/bounded-cache.js'
import { getBase64 } from '../../../base/base64.js'
import { digestOf, objectId, type ObjectId } from '../../../codec/object-id.js'
import { encodeFile } from '../../../object/file.js'
import { ownedLinks } from '../../../object/links.js'
import { openAs } from '../../../object/open.js'
import { seal, type SealedObject } from '../../../object/seal.js'
import { encodeTag } from '../../../object/tag.js'
import { FORGOTTEN } from '../../../refs/name.js'
import { pointAt } from '../../../refs/ref.js'
import { readObject } from '../../../store/objects.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import { getPathProblem } from '../../../trail/paths.js'
import type { Json } from '../../../trail/atom-json.js'
import { checkInput } from '../../check.js'
import { createImportedTrail, type ImportedTrail } from '../imported-trail.js'
import { createRefusedBranch, type KeptRefusals, type RefusedBranch } from '../refused-branch.js'
import { changesOf } from './jsonl-changes.js'
import { asDigest, asMap, readBytes, readDigest, readFileEdit, readHeader, readList, readSealedBody, readText, readTimeMs, type FileEdit, type JsonMap } from './jsonl-form.js'
import { numberedLines, type NumberedLine } from './jsonl-lines.js'
import { getProblem, type LineProblem } from './jsonl-problem.js'
import { recordLine, type PendingRecording } from './jsonl-recording.js'
import { landRefLines, type RefLine } from './jsonl-refs.js'
import type { ImportedRef } from '../git/import-git.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'

export interface ImportJsonlResult {
  readonly lines: number
  /** ATOMs that lines named, and how many of them are new. */
  readonly atoms: number
  readonly added: number
  /** ATOMs recorded from lines of one's own; `repeated` were there from an earlier import of the same line. */
  readonly recorded: number
  readonly repeated: number
  readonly refs: readonly ImportedRef[]
  readonly head: string | undefined
  /** The first 1,000. */
  readonly problems: readonly LineProblem[]
  readonly problemCount: number
  /** Where the lines with problems are kept. */
  readonly kept: KeptRefusals
  /** The file begins as an export and has no end. */
  readonly isCutOff: boolean
}

const COMMAND = 'import jsonl'
const PROBLEMS_MAX = 1_000
const TREES_REMEMBERED = 200_000
const FILES_MAX = 4_000_000
const RECORDINGS_AT_ONCE = 256

/** Returns the use case over the bytes of a file, and what it is called. */
export function importJsonl(open: () => AsyncIterable<Uint8Array>, file: string): Operation<object, ImportJsonlResult> {
  return {
    name: 'import.jsonl',
    summary: 'Take in JSON lines',
    effect: 'write',
    errors: ['SOURCE_UNREADABLE', 'REF_MOVED', 'STORE_FULL'],
    check: checkInput<object>({}),
    run: (repo) => importLines(repo, open(), file),
  }
}

interface Importing {
  readonly repo: Repo
  readonly file: string
  readonly trail: ImportedTrail
  readonly refused: RefusedBranch
  /** Staged ATOMs' trees: parents of what comes. */
  readonly trees: BoundedCache<ObjectId, ObjectId>
  readonly staged: Set<ObjectId>
  readonly refs: RefLine[]
  readonly receipts: { readonly ref: string; readonly object: SealedObject }[]
  readonly recordings: PendingRecording[]
  readonly problems: LineProblem[]
  files: FileEdit[]
  problemCount: number
  lines: number
  atoms: number
  added: number
  recorded: number
  repeated: number
  isExport: boolean
  hasEnd: boolean
}

async function importLines(repo: Repo, chunks: AsyncIterable<Uint8Array>, file: string): Promise<ImportJsonlResult> {
  const trail = createImportedTrail(repo, COMMAND)
  const importing: Importing = {
    repo, file, trail, refused: createRefusedBranch(repo, { trail, name: 'jsonl', command: COMMAND }), trees: createBoundedCache({ limit: TREES_REMEMBERED }), staged: new Set(),
    refs: [], receipts: [], recordings: [], problems: [], files: [], problemCount: 0, lines: 0, atoms: 0, added: 0, recorded: 0, repeated: 0, isExport: false, hasEnd: false,
  }
  for await (const line of numberedLines(chunks)) {
    repo.signal.throwIfAborted()
    if (line.isOpen) {
      await importing.refused.addPart(line.raw)
      continue
    }
    importing.lines++
    await takeLine(importing, line)
    await importing.refused.settle()
    if (importing.trail.isFull) await flush(importing)
    if (importing.recordings.length >= RECORDINGS_AT_ONCE) await settle(importing)
    repo.reporter.progress('import jsonl', importing.lines)
  }
  await settle(importing)
  await flush(importing)
  const landed = await landRefLines(repo, { lines: importing.refs, command: COMMAND, refuse: (line, error) => { refuse(importing, line, error) } })
  const kept = await importing.refused.land()
  const { lines, atoms, added, recorded, repeated, problems, problemCount, isExport, hasEnd } = importing
  return { lines, atoms, added, recorded, repeated, ...landed, problems: [...problems].sort((left, right) => left.line - right.line), problemCount, kept, isCutOff: isExport && !hasEnd }
}

async function flush(importing: Importing): Promise<void> {
  await importing.trail.flush()
  importing.staged.clear()
  if (importing.receipts.length === 0) return
  await importing.repo.writer.transact({ agent: importing.repo.identity.agent, command: COMMAND }, (tx) => {
    for (const { ref, object } of importing.receipts.splice(0)) {
      tx.put(object)
      tx.edit({ ref, expected: 'any', next: pointAt(object.id) })
    }
  })
}

/** Waits for the recordings under way: each is a transaction of its own, many share a write. */
async function settle(importing: Importing): Promise<void> {
  for (const { done, ...line } of importing.recordings.splice(0)) {
    try {
      importing[(await done) === 'recorded' ? 'recorded' : 'repeated']++
    } catch (error) {
      refuse(importing, line, error)
    }
  }
}

function refuse(importing: Importing, { number, raw }: { readonly number: number; readonly raw: Uint8Array }, error: unknown): void {
  const problem = getProblem(number, error)
  if (problem === undefined) throw error
  importing.problemCount++
  importing.refused.add({ file: importing.file, line: number, reason: problem.message, raw })
  if (importing.problems.length < PROBLEMS_MAX) importing.problems.push(problem)
}

async function takeLine(importing: Importing, { number, text, problem, raw }: NumberedLine): Promise<void> {
  try {
    if (text === undefined) throw wrong(problem ?? '')
    const line = asMap(JSON.parse(text) as Json, 'a line')
    await takeValue(importing, { line, number, text, raw })
  } catch (error) {
    refuse(importing, { number, raw }, error)
  }
}

interface ParsedLine { readonly line: JsonMap; readonly number: number; readonly text: string; readonly raw: Uint8Array }

async function takeValue(importing: Importing, parsed: ParsedLine): Promise<void> {
  const { line, number, raw } = parsed
  const kind = line['kind'] ?? 'atom'
  switch (kind) {
    case 'atom':
      await (line['object'] === undefined ? takeOwn(importing, parsed) : takeAtom(importing, line))
      break
    case 'ref':
      importing.refs.push({ number, raw, ref: readText(line, 'ref'), ...(typeof line['symbolic'] === 'string' ? { symbolic: line['symbolic'] } : { object: asDigest(line['object'], 'object') }) })
      break
    case 'end':
      importing.hasEnd = true
      break
    default: {
      const take = typeof kind === 'string' && Object.hasOwn(TAKERS, kind) ? TAKERS[kind] : undefined
      if (take === undefined) throw wrong(`its kind ${JSON.stringify(kind).slice(0, 80)} is unknown`)
      take(importing, line)
    }
  }
}

const TAKERS: Readonly<Record<string, (importing: Importing, line: JsonMap) => void>> = {
  trail: takeTrail, file: takeFile, files: takeFiles, receipt: takeReceipt, tag: takeTag,
  content: (importing, line) => { takeObject(importing, line, seal(readBytes(line), 'raw')) },
}

/** Starts to record a line of one's own. */
async function takeOwn(importing: Importing, parsed: ParsedLine): Promise<void> {
  // What it builds on may be in a line before.
  if (readList(parsed.line, 'influenced_by').length > 0) {
    await flush(importing)
    await settle(importing)
  }
  importing.recordings.push(await recordLine(importing.repo, parsed))
}

function wrong(reason: string): AtomError<'INPUT_INVALID'> {
  return new AtomError('INPUT_INVALID', reason, { data: { field: 'line' } })
}

function takeTrail(importing: Importing, line: JsonMap): void {
  if (line['version'] !== 1) throw new AtomError('FORMAT_NEWER', `the lines have version ${String(line['version'])}, and this program reads version 1`, { data: { found: Number(line['version']), known: 1 }, hint: 'install a newer atom' })
  importing.isExport = true
}

function takeObject(importing: Importing, line: JsonMap, object: SealedObject): void {
  checkDigest(line, object.id)
  importing.trail.keep(object)
}

function checkDigest(line: JsonMap, id: ObjectId): void {
  const named = readDigest(line, 'object')
  if (named === digestOf(id)) return
  throw new AtomError('OBJECT_CORRUPT', `what the line says gives ${digestOf(id)}, and it names ${named}`, { data: { id: named, reason: 'digest' }, hint: 'to record it as something new, leave out "object"' })
}

function takeFile(importing: Importing, line: JsonMap): void {
  const chunks = readList(line, 'chunks').map((chunk) => objectId(asDigest(chunk, 'chunks'), 'raw'))
  for (const chunk of chunks) checkHas(importing, chunk, 'chunk')
  takeObject(importing, line, seal(encodeFile({ sizeBytes: Number(line['size']), digest: readDigest(line, 'digest'), chunks })))
}

function takeFiles(importing: Importing, line: JsonMap): void {
  const files = readList(line, 'files').map(readFileEdit)
  if (importing.files.length + files.length > FILES_MAX) throw wrong(`one ATOM changes more than ${String(FILES_MAX)} files`)
  importing.files = [...importing.files, ...files]
}

/** A receipt explains an absence; it makes nothing here be refused that is here. */
function takeReceipt(importing: Importing, line: JsonMap): void {
  const bytes = getBase64(readText(line, 'receipt_cbor'))
  if (bytes === undefined) throw wrong('receipt_cbor is not base64')
  const { object } = openAs(bytes, 'receipt')
  const sealed = seal(bytes)
  checkDigest(line, sealed.id)
  if (importing.repo.objects.getObject(object) === undefined) importing.receipts.push({ ref: FORGOTTEN + digestOf(object), object: sealed })
}

function takeTag(importing: Importing, line: JsonMap): void {
  const target = objectId(readDigest(line, 'target'), 'dag-cbor')
  if (!importing.staged.has(target)) checkHas(importing, target, 'target')
  takeObject(importing, line, seal(encodeTag({ name: readText(line, 'name'), target, agent: readText(line, 'agent'), timeMs: readTimeMs(line, 'timestamp'), message: readText(line, 'message') })))
}

function checkHas(importing: Importing, id: ObjectId, role: string): void {
  if (importing.trail.has(id)) return
  throw new AtomError('LINK_MISSING', `its ${role} ${digestOf(id)} is neither here nor in a line before`, { data: { from: '', id: digestOf(id), role } })
}

async function takeAtom(importing: Importing, line: JsonMap): Promise<void> {
  const files = [...importing.files, ...readList(line, 'files').map(readFileEdit)]
  importing.files = []
  const named = objectId(readDigest(line, 'object'), 'dag-cbor')
  importing.atoms++
  if (importing.staged.has(named) || importing.repo.index.getSeq(digestOf(named)) !== undefined) return
  // Receipts have to be there before what they explain.
  if (importing.receipts.length > 0) await flush(importing)
  const header = readHeader(line)
  for (const parent of header.parents) if (!importing.staged.has(parent) && importing.repo.index.getSeq(digestOf(parent)) === undefined) checkHas(importing, parent, 'parent')
  const base = header.parents[0] === undefined ? EMPTY_TREE.id : treeOf(importing, header.parents[0])
  const body = readSealedBody(line)
  checkBody(importing, line, body)
  const built = importing.trail.build({ header, body, base, files: new Map(files.map(({ path, entry }) => [checkPath(path), entry])), changes: changesOf(importing.trail.reader, base, files) })
  checkDigest(line, built.object.id)
  for (const { entry } of files) if (entry !== undefined) checkHas(importing, entry.link, 'content')
  importing.trail.add(built)
  importing.trees.set(built.object.id, built.header.tree)
  importing.staged.add(built.object.id)
  importing.added++
}

/** A body must be there unless a receipt explains its absence; so must what it links beside what the line itself makes. */
function checkBody(importing: Importing, line: JsonMap, body: ReturnType<typeof readSealedBody>): void {
  const whole = body.objects.at(-1)
  if (whole === undefined) {
    checkHas(importing, body.id, 'body')
    return
  }
  if (line['body_cbor'] === undefined && readList(line, 'evidence').length === 0) return
  const made = new Set(body.objects.map(({ id }) => id))
  for (const { id, role } of ownedLinks({ kind: 'body', value: openAs(whole.bytes, 'body') })) if (!made.has(id)) checkHas(importing, id, role)
}

function treeOf(importing: Importing, atom: ObjectId): ObjectId {
  return importing.trees.get(atom, () => readObject(importing.repo.objects, atom, 'atom').tree)
}

function checkPath(path: string): string {
  const problem = getPathProblem(path)
  const isScoped = /^(?:project|home|system)\//.test(path)
  if (problem === undefined && isScoped) return path
  throw new AtomError('PATH_INVALID', `cannot record ${JSON.stringify(path.slice(0, 200))}: ${problem ?? 'it has no scope'}`, { data: { path, reason: problem ?? 'scope' } })
}
