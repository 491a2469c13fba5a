/**
 * `import claude-code` and its like: the sessions of an agent become ATOMs. docs/transcripts.md says which.
 *
 * Guarantees: the same files give the same object ids everywhere; an ATOM that is there is not made again; each API response is counted once; what a line
 * says is taken or reported; objects before refs, so a killed import is gone on with. Refuses: a folder without transcripts. The files are only read.
 */
import { isAtomError } from '../../../base/errors.js'
import type { ObjectId } from '../../../codec/object-id.js'
import { fullRefName, HEADS } from '../../../refs/name.js'
import { checkNesting } from '../../../refs/name-folders.js'
import { listRefs, resolveRef } from '../../../refs/ref.js'
import { checkInput, filledText, flag, optional, someOf } from '../../check.js'
import type { Operation } from '../../operation.js'
import type { Repo } from '../../repo.js'
import type { Bill } from './transcript-bill.js'
import { keepDocument, landSessions, readLanded, type ReadFile } from './transcript-landing.js'
import { readSession, type SessionContext } from './transcript-session.js'
import type { OpenTranscripts, TranscriptFile, TranscriptLine, TranscriptSource } from './transcript-source.js'
import { createTranscriptTrail, type TranscriptTrail } from './transcript-trail.js'

export interface ImportTranscriptsInput {
  /** A name of the table of sources. */
  readonly source: string
  /** Files and folders; none = where the agent keeps those of this project. */
  readonly paths: readonly string[]
  /** Default: sessions/AGENT. */
  readonly branch?: string | undefined
  /** Takes also a turn that is going on, as far as it has come. */
  readonly open?: boolean | undefined
}

export interface TranscriptProblem {
  readonly file: string
  /** Absent where the whole file is meant. */
  readonly line?: number
  readonly message: string
}

export interface ImportTranscriptsResult {
  readonly agent: string
  readonly files: number
  readonly sessions: number
  readonly lines: number
  /** ATOMs made, and those that were there. */
  readonly added: number
  readonly known: number
  /** Of the ATOMs made. */
  readonly types: ReadonlyMap<string, number>
  /** Counted in the ATOMs made. */
  readonly tokens: { readonly input: number; readonly output: number; readonly cacheRead: number; readonly cacheWrite: number; readonly responses: number }
  /** Kinds of lines that are not known, with how many there were: kept as they are, and nothing is made of them. */
  readonly odd: ReadonlyMap<string, number>
  /** Lines that cannot be read: kept as they are. The first 1,000. */
  readonly broken: readonly TranscriptProblem[]
  readonly brokenCount: number
  /** Files whose last line is not at its end: it is taken when it is. */
  readonly cutOff: readonly string[]
  /** Files whose last turn is going on: it is taken when it is at its end. */
  readonly open: readonly string[]
  readonly refused: readonly { readonly name: string; readonly reason: string }[]
  /** Full name of the branch. */
  readonly ref: string
  readonly object: ObjectId | undefined
}

const PROBLEMS_MAX = 1_000
const ODD_KINDS_MAX = 1_000

/** Returns the use case over what opens transcripts. */
export function importTranscripts(open: OpenTranscripts): Operation<ImportTranscriptsInput, ImportTranscriptsResult> {
  return {
    name: 'import.transcripts',
    summary: 'Import the sessions of an agent',
    effect: 'write',
    errors: ['SOURCE_UNREADABLE', 'UNSUPPORTED', 'REF_NAME_INVALID', 'REF_EXISTS', 'REF_MOVED', 'INPUT_INVALID', 'STORE_FULL', 'FORGOTTEN'],
    check: checkInput<ImportTranscriptsInput>({ source: filledText, paths: someOf(filledText), branch: optional(filledText), open: flag }),
    async run(repo, input) {
      const source = await open({ source: input.source, paths: input.paths, root: repo.worktree.root })
      const ref = fullRefName(HEADS, input.branch ?? `sessions/${source.agent}`)
      if (resolveRef(repo.store, ref) === undefined) checkNesting([ref], new Set((await listRefs(repo.store, HEADS)).map(({ name }) => name)))
      return importSource(repo, { source, ref, command: `import ${input.source}`, waits: input.open === true ? 'for nothing' : 'for open turns' })
    },
  }
}

interface Importing {
  readonly source: TranscriptSource
  readonly ref: string
  readonly command: string
  readonly waits: 'for open turns' | 'for nothing'
}

/** Of a session that was written to within it the last turn may be going on. */
const OPEN_MAX_MS = 86_400_000
/** Pieces of one response are not further apart. */
const MOMENTS_MS = 60_000

interface Report {
  readonly odd: Map<string, number>
  readonly broken: TranscriptProblem[]
  readonly cutOff: string[]
  readonly open: string[]
  readonly refused: { readonly name: string; readonly reason: string }[]
  lines: number
  brokenCount: number
}

async function importSource(repo: Repo, importing: Importing): Promise<ImportTranscriptsResult> {
  const { source, ref, command } = importing
  const there = readLanded(repo, ref)
  const types = new Map<string, number>()
  const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, responses: 0 }
  const trail = createTranscriptTrail(repo, source.agent, command)
  const counting: TranscriptTrail = {
    ...trail,
    async add(unit, place) {
      types.set(unit.type, (types.get(unit.type) ?? 0) + 1)
      tokens.input += unit.tokens?.input ?? 0
      tokens.output += unit.tokens?.output ?? 0
      tokens.cacheRead += unit.tokens?.cacheRead ?? 0
      tokens.cacheWrite += unit.tokens?.cacheWrite ?? 0
      tokens.responses += (unit.metadata['responses'] as readonly unknown[] | undefined)?.length ?? 0
      return trail.add(unit, place)
    },
  }
  const report: Report = { odd: new Map(), broken: [], cutOff: [], open: [], refused: [...source.refused], lines: 0, brokenCount: 0 }
  const read: ReadFile[] = []
  const nowMs = repo.clock.nowMs()
  const age: SessionContext['age'] = (timeMs) => {
    const passedMs = Math.abs(nowMs - timeMs)
    return importing.waits === 'for nothing' || passedMs >= OPEN_MAX_MS ? 'ages' : passedMs < MOMENTS_MS ? 'moments' : 'hours'
  }
  const refused: ReadFile[] = []
  for (const file of source.files) {
    const result = await readFile(repo, file, { trail: counting, bill: there.bill, age, report })
    if ('added' in result) read.push(result)
    else refused.push(...await keepRefused(repo, file))
  }
  await trail.flush()
  const landed = await landSessions(repo, { agent: source.agent, ref, command, read: [...read, ...refused], landed: there })
  if (landed.added > 0) types.set('IMPORT', landed.added)
  return {
    agent: source.agent, files: source.files.length, sessions: new Set(read.map(({ session }) => session)).size, lines: report.lines,
    added: read.reduce((sum, { added }) => sum + added, landed.added), known: read.reduce((sum, { known }) => sum + known, 0),
    types, tokens, odd: report.odd, broken: report.broken, brokenCount: report.brokenCount, cutOff: report.cutOff, open: report.open, refused: report.refused, ref, object: landed.tip,
  }
}

interface Reading {
  readonly trail: TranscriptTrail
  readonly bill: Bill
  readonly age: SessionContext['age']
  readonly report: Report
}

/** Returns what became of a file, or why it could not be read, which is reported. */
async function readFile(repo: Repo, file: TranscriptFile, { trail, bill, age, report }: Reading): Promise<ReadFile | { readonly reason: string }> {
  const see = (line: TranscriptLine): void => {
    repo.signal.throwIfAborted()
    note(report, file, line)
    repo.reporter.progress('reading transcripts', report.lines)
  }
  try {
    const result = await readSession(file, trail, { bill, age, see })
    if (result.isOpen) report.open.push(file.shown)
    return { ...result, name: file.name, document: file.document }
  } catch (error) {
    if (!isAtomError(error, 'SOURCE_UNREADABLE')) throw error
    report.refused.push({ name: file.shown, reason: error.data.reason })
    return { reason: error.data.reason }
  }
}

/** Keeps a document that could not be read as a session, where its bytes can be read. */
async function keepRefused(repo: Repo, { name, sessionId, document }: TranscriptFile): Promise<readonly ReadFile[]> {
  if (document === undefined) return []
  try {
    const content = await keepDocument(repo, document)
    return [{ session: sessionId, tip: undefined, added: 0, known: 0, timeMs: 0, rest: { content, from: 0, to: 0 }, isOpen: false, name, document: undefined }]
  } catch (error) {
    // Why is in the report already.
    if (isAtomError(error, 'SOURCE_UNREADABLE')) return []
    throw error
  }
}

function note(report: Report, file: TranscriptFile, line: TranscriptLine): void {
  if (line.isOpen === true) return
  report.lines++
  if (line.standing === 'torn') report.cutOff.push(file.shown)
  if (line.standing === 'unknown') {
    const kind = report.odd.size < ODD_KINDS_MAX ? line.type ?? '' : 'others'
    report.odd.set(kind, (report.odd.get(kind) ?? 0) + 1)
  }
  if (line.standing !== 'broken') return
  report.brokenCount++
  if (report.broken.length < PROBLEMS_MAX) report.broken.push({ file: file.shown, line: line.number, message: line.problem ?? '' })
}
