/**
 * `log`: the ATOMs that revisions lead to, newest first, one by one as they are asked for.
 *
 * Guarantees: the one total order; reads of each ATOM only what `detail` and the filters need, so `-n 20` touches about twenty. Refuses revisions
 * that name nothing.
 */
import { isAtomError } from '../base/errors.js'
import type { IndexNode } from '../index/node.js'
import { parseDate } from '../history/date.js'
import { walk } from '../history/graph/walk.js'
import { readPathHistory } from '../history/path-history.js'
import { allTips, resolveAtom } from '../history/resolve.js'
import { resolveRevisionSets, type WalkEnds } from '../history/revision-sets.js'
import { readLogState } from '../refs/log-state.js'
import { getEntry } from '../tree/read.js'
import { getTitle, readRecord, type AtomRecord } from '../trail/record.js'
import { readTaint, type Taint } from '../trail/taint.js'
import { shortIdDigits } from '../trail/short-id.js'
import { resolveContext, tipTree } from './context.js'
import { readDecorations, type Decoration, type Decorations } from './decorations.js'
import type { FileDiff, FileDiffOptions } from './file-diffs.js'
import { everyAtom, makeLogFilter, type LogFilter } from './log-filter.js'
import { checkLogInput, type FoundAtom, type LogInput } from './log-input.js'
import { followPath } from './log-follow.js'
import { drawnParents } from './log-graph.js'
import type { Operation } from './operation.js'
import type { Repo } from './repo.js'

export interface LogEntry {
  readonly seq: number
  readonly node: IndexNode
  /** How many hex digits tell ids apart here. */
  readonly shortDigits: number
  /** undefined where the body was forgotten, or was not asked for. */
  readonly title?: string | undefined
  readonly record?: AtomRecord
  readonly diffs?: readonly FileDiff[]
  readonly decorations: readonly Decoration[]
  /** With `graph`: the sequence numbers of the parents that come later in this log. */
  readonly drawnParents?: readonly number[]
  /** Ids of the parents. */
  readonly parents: readonly IndexNode[]
  readonly isTainted: boolean
  /** The ATOMs that reverted or refuted this one. */
  readonly takenBackBy: readonly string[]
}

export const log: Operation<LogInput, LogEntry> = {
  name: 'log',
  summary: 'Show the trail',
  effect: 'read',
  errors: ['INPUT_INVALID', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'DATE_INVALID', 'PATH_INVALID'],
  check: checkLogInput,
  run: streamLog,
}

const WALKED_BETWEEN_LOOKS = 1_024

async function* streamLog(repo: Repo, given: LogInput): AsyncGenerator<LogEntry> {
  const input = await withBarePaths(repo, given)
  const found = await findAtoms(repo, input)
  const read = await makeReader(repo, input, found.pathOf)
  let walked = 0
  for (const item of found.seqs) {
    if (++walked % WALKED_BETWEEN_LOOKS === 0) repo.signal.throwIfAborted()
    yield read(item)
  }
}

/** Takes words that name no revision but a tracked path for paths: `atom log gaming.env`. */
async function withBarePaths(repo: Repo, input: LogInput): Promise<LogInput> {
  const at = await firstBarePath(repo, input.revisions)
  return at === undefined ? input : { ...input, revisions: input.revisions.slice(0, at), paths: [...input.revisions.slice(at), ...input.paths] }
}

async function firstBarePath(repo: Repo, revisions: readonly string[]): Promise<number | undefined> {
  for (const [at, text] of revisions.entries()) {
    if (text.includes('..') && !text.startsWith('../') || text.startsWith('^')) continue
    try {
      await resolveAtom(resolveContext(repo), text)
    } catch (error) {
      if (!isAtomError(error, 'REVISION_NOT_FOUND') && !isAtomError(error, 'REVISION_SYNTAX')) throw error
      if (isTracked(repo, text)) return at
      throw error
    }
  }
  return undefined
}

function isTracked(repo: Repo, typed: string): boolean {
  try {
    return getEntry(repo.objects, tipTree({ ...repo.store, ...repo.objects }, 'HEAD'), repo.worktree.locate(typed)) !== undefined
  } catch (error) {
    if (isAtomError(error, 'PATH_INVALID')) return false
    throw error
  }
}

interface FoundAtoms {
  readonly seqs: Iterable<FoundAtom>
  /** The path that --follow looks at when it comes to an ATOM. */
  readonly pathOf: ((seq: number) => string | undefined) | undefined
}

async function findAtoms(repo: Repo, input: LogInput): Promise<FoundAtoms> {
  const context = resolveContext(repo)
  const ends = await resolveRevisionSets(context, input.revisions, { from: input.all === true ? 'all' : 'named' })
  const sinceMs = input.since === undefined ? undefined : await parseDate(input.since, context.nowMs)
  const untilMs = input.until === undefined ? undefined : await parseDate(input.until, context.nowMs)
  const filter = await makeLogFilter(repo, input, { sinceMs, untilMs })
  const paths = input.paths.map((typed) => trackedPathOf(repo, typed)).filter((path) => path !== '')
  const walkOptions = { hide: ends.hide, firstParent: input.firstParent === true, ...(sinceMs !== undefined && { since: sinceMs }) }
  if (input.follow === true && paths[0] !== undefined) {
    const followed = await followPath(repo, paths[0], walk(repo.index, ends.starts, walkOptions))
    return { seqs: plain(cut(keep(followed.seqs, filter), input)), pathOf: followed.pathOf }
  }
  if (paths.length === 0 && isWhole(input, filter, ends)) return { seqs: walkWithParents(repo, walk(repo.index, ends.starts, walkOptions)), pathOf: undefined }
  const history = paths.length === 0 ? undefined : await readPathHistory(repo, paths, { firstParent: input.firstParent === true })
  const graph = history?.graph ?? repo.index
  const walked = walk(graph, ends.starts, walkOptions)
  const kept = keep(walked, history === undefined ? filter : (seq) => history.touches(seq) && filter(seq))
  if (input.graph !== true) return { seqs: plain(cut(kept, input)), pathOf: undefined }
  const shown = [...cut(kept, { ...input, reverse: false })]
  return { seqs: drawnParents(graph, shown, input.firstParent === true ? 'first' : 'all'), pathOf: undefined }
}

/** A graph of everything there is needs no look ahead: each parent will be drawn. */
function isWhole(input: LogInput, filter: LogFilter, ends: WalkEnds): boolean {
  return input.graph === true && filter === everyAtom && ends.hide.length === 0 && input.limit === undefined && input.skip === undefined && input.since === undefined && input.firstParent !== true
}

function* walkWithParents(repo: Repo, seqs: Iterable<number>): Iterable<FoundAtom> {
  for (const seq of seqs) yield { seq, drawnParents: repo.index.parents(seq) }
}

function* plain(seqs: Iterable<number>): Iterable<FoundAtom> {
  for (const seq of seqs) yield { seq }
}

function trackedPathOf(repo: Repo, typed: string): string {
  const path = repo.worktree.locate(typed).replace(/\/+$/, '')
  return path
}

function* keep(seqs: Iterable<number>, filter: LogFilter): Iterable<number> {
  for (const seq of seqs) if (filter(seq)) yield seq
}

/** The newest are counted off first, then turned round: `-n 3 --reverse` is the last three, oldest first, as in git. */
function cut(seqs: Iterable<number>, { skip = 0, limit = Infinity, reverse = false }: { readonly skip?: number | undefined; readonly limit?: number | undefined; readonly reverse?: boolean | undefined }): Iterable<number> {
  const taken = slice(seqs, skip, limit)
  return reverse ? [...taken].reverse() : taken
}

function* slice(seqs: Iterable<number>, skip: number, limit: number): Iterable<number> {
  if (limit === 0) return
  let at = 0
  for (const seq of seqs) {
    if (at++ < skip) continue
    yield seq
    if (at - skip >= limit) return
  }
}

async function makeReader(repo: Repo, input: LogInput, pathOf: ((seq: number) => string | undefined) | undefined): Promise<(found: FoundAtom) => LogEntry> {
  const decorations: Decorations = input.decorate === true ? await readDecorations(repo) : new Map()
  const taint = await readTaint(repo, () => allTips(repo))
  const shortDigits = shortIdDigits(readLogState(repo.store).atoms)
  const diffs = input.detail === 'patches' ? await makeDiffs(repo, input, pathOf) : undefined
  return ({ seq, drawnParents: drawn }) => {
    const node = repo.index.node(seq)
    const isTainted = taint.isTainted(seq)
    const record = input.detail === 'node' || input.detail === 'title' ? undefined : readRecord(repo, seq, { files: input.detail === 'record' ? 'omit' : 'include', isTainted })
    return {
      seq, node, shortDigits, isTainted,
      takenBackBy: namesOf(repo, taint, seq),
      parents: node.parents.map((parent) => repo.index.node(parent)),
      decorations: decorations.get(seq) ?? NONE,
      ...(input.detail === 'title' && { title: getTitle(repo, seq) }),
      ...(record && { record, title: record.body?.title }),
      ...(record && diffs && { diffs: diffs(record, seq) }),
      ...(drawn && { drawnParents: drawn }),
    }
  }
}

const NONE: readonly never[] = []

function namesOf(repo: Repo, taint: Taint, seq: number): readonly string[] {
  const takers = taint.takenBackBy(repo.index.node(seq).digest)
  return takers.length === 0 ? NONE : takers.map((taker) => repo.index.node(taker).atomId)
}

async function makeDiffs(repo: Repo, input: LogInput, pathOf: ((seq: number) => string | undefined) | undefined): Promise<(record: AtomRecord, seq: number) => readonly FileDiff[]> {
  const [{ fileDiff }, { findRenames }] = [await import('./file-diffs.js'), await import('../history/renames.js')]
  const options: FileDiffOptions = { ...(input.contextLines !== undefined && { contextLines: input.contextLines }), ...(input.ignoreSpace === true && { comparison: 'ignore-space' }) }
  const paths = input.paths.map((typed) => trackedPathOf(repo, typed))
  const isWanted = (path: string, seq: number): boolean => {
    const followed = pathOf?.(seq)
    if (followed !== undefined) return path === followed
    return paths.length === 0 || paths.some((wanted) => path === wanted || path.startsWith(`${wanted}/`) || wanted === '')
  }
  return (record, seq) => {
    if (record.header.parents.length > 1) return []
    const files = record.files ?? []
    const changes = input.renames === true || input.follow === true ? findRenames(repo.objects, files) : files
    return changes.filter(({ path }) => isWanted(path, seq)).map((change) => fileDiff(repo.objects, change, options))
  }
}
