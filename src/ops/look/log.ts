/**
 * `log`: the ATOMs that revisions lead to, newest first, one by one as they are asked for.
 *
 * Guarantees: the one total order; reads of each ATOM only what `detail` and the filters need, so `-n 20` touches about twenty. Refuses revisions
 * that name nothing.
 */
import { parseDate } from '../../history/date.js'
import { walk } from '../../history/graph/walk.js'
import { readPathHistory } from '../../history/path-history.js'
import { resolveRevisionSets, type WalkEnds } from '../../history/revision-sets.js'
import { splitBarePaths } from './bare-paths.js'
import { resolveContext } from '../context.js'
import { makeEntryReader, type LogEntry } from './log-entry.js'
import { everyAtom, makeLogFilter, type LogFilter } from './log-filter.js'
import { checkLogInput, type FoundAtom, type LogInput } from './log-input.js'
import { followPath } from './log-follow.js'
import { drawnParents } from './log-graph.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'
import { endTurn } from './turn.js'

export const log: Operation<LogInput, LogEntry> = {
  name: 'log',
  summary: 'Show the trail',
  effect: 'read',
  errors: ['INPUT_INVALID', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'DATE_INVALID', 'PATH_INVALID'],
  check: checkLogInput,
  run: streamLog,
}

/** ATOMs walked without one to show, after which an interrupt is looked for and others have their turn. */
const FRUITLESS_MAX = 2_048

async function* streamLog(repo: Repo, given: LogInput): AsyncGenerator<LogEntry> {
  const words = await splitBarePaths(repo, given.revisions)
  const input = words.paths.length === 0 ? given : { ...given, revisions: words.revisions, paths: [...words.paths, ...given.paths] }
  const found = await findAtoms(repo, input)
  const read = await makeEntryReader(repo, {
    ...input, hasAllRenames: input.renames === true || input.follow === true,
    paths: input.paths.map((typed) => trackedPathOf(repo, typed)), ...(found.pathOf && { pathOf: found.pathOf }),
  })
  for (const item of found.atoms) {
    if (item === undefined) {
      repo.signal.throwIfAborted()
      await endTurn()
    } else yield read(item)
  }
}

/** undefined: nothing for a while. */
type Found<Value> = Iterable<Value | undefined>

interface FoundAtoms {
  readonly atoms: Found<FoundAtom>
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
    return { atoms: plain(cut(keep(followed.seqs, filter), input)), pathOf: followed.pathOf }
  }
  if (paths.length === 0 && isWhole(input, filter, ends)) return { atoms: walkWithParents(repo, walk(repo.index, ends.starts, walkOptions)), pathOf: undefined }
  const history = paths.length === 0 ? undefined : await readPathHistory(repo, paths, { firstParent: input.firstParent === true })
  const graph = history?.graph ?? repo.index
  const walked = walk(graph, ends.starts, walkOptions)
  const kept = keep(walked, history === undefined ? filter : (seq) => history.touches(seq) && filter(seq))
  if (input.graph !== true) return { atoms: plain(cut(kept, input)), pathOf: undefined }
  const shown = listed(cut(kept, { ...input, reverse: false }))
  return { atoms: drawnParents(graph, shown, input.firstParent === true ? 'first' : 'all'), pathOf: undefined }
}

/** A graph of everything there is needs no look ahead: each parent will be drawn. */
function isWhole(input: LogInput, filter: LogFilter, ends: WalkEnds): boolean {
  return input.graph === true && filter === everyAtom && ends.hide.length === 0 && input.limit === undefined && input.skip === undefined && input.since === undefined && input.firstParent !== true
}

function* walkWithParents(repo: Repo, seqs: Iterable<number>): Iterable<FoundAtom> {
  for (const seq of seqs) yield { seq, drawnParents: repo.index.parents(seq) }
}

function* plain(seqs: Found<number>): Found<FoundAtom> {
  for (const seq of seqs) yield seq === undefined ? undefined : { seq }
}

function listed(seqs: Found<number>): readonly number[] {
  const list: number[] = []
  for (const seq of seqs) if (seq !== undefined) list.push(seq)
  return list
}

function* keep(seqs: Iterable<number>, filter: LogFilter): Found<number> {
  let fruitless = 0
  for (const seq of seqs) {
    if (filter(seq)) {
      fruitless = 0
      yield seq
    } else if (++fruitless % FRUITLESS_MAX === 0) yield undefined
  }
}

interface Cut {
  readonly skip?: number | undefined
  readonly limit?: number | undefined
  readonly reverse?: boolean | undefined
}

/** The newest are counted off first, then turned round: `-n 3 --reverse` is the last three, oldest first, as in git. */
function cut(seqs: Found<number>, { skip = 0, limit = Infinity, reverse = false }: Cut): Found<number> {
  const taken = slice(seqs, skip, limit)
  return reverse ? [...listed(taken)].reverse() : taken
}

function* slice(seqs: Found<number>, skip: number, limit: number): Found<number> {
  if (limit === 0) return
  let at = 0
  for (const seq of seqs) {
    if (seq !== undefined && at++ < skip) continue
    yield seq
    if (seq !== undefined && at - skip >= limit) return
  }
}
