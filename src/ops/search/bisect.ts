/** `bisect`: finds the ATOM that broke something. The machine is `history/bisect.ts`; here its state is kept and its answers are told. */
import { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { digestOf } from '../../codec/object-id.js'
import { mapBisectState, mark, nextStep, readTerm, startBisect, type BisectState, type BisectStep, type BisectTerms } from '../../history/bisect.js'
import { walk } from '../../history/graph/walk.js'
import { getTip, resolveAtom, resolveRevision } from '../../history/resolve.js'
import { parseRevisionSet } from '../../history/revision-syntax.js'
import { META } from '../../store/objects.js'
import { checkType } from '../../trail/types.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { relevantIn } from './bisect-filter.js'
import { encodeSearch, readSearch, type Search } from './bisect-state.js'
import { checkInput, filledText, flag, optional, someOf, text } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { withTaint } from '../with-taint.js'

export { verdictOfExit } from '../../history/bisect.js'

export interface BisectReport {
  /** `waiting`: more has to be marked first. `stuck`: only skipped ones are left. `empty`: none that passes the filter can be the break. */
  readonly state: 'testing' | 'found' | 'waiting' | 'stuck' | 'empty'
  readonly candidate: AtomRecord | undefined
  /** A good one is no ancestor of the bad one: their base is tested first. */
  readonly isMergeBase: boolean
  /** Suspects after this one, at worst. */
  readonly remaining: number
  readonly stepsLeft: number
  readonly firstBad: AtomRecord | undefined
  /** Of `stuck`: the break is one of these. */
  readonly candidates: readonly AtomRecord[]
  readonly needs: readonly string[]
  readonly terms: BisectTerms
  /** Skipped merge bases: the break may lie before them. */
  readonly unsure: readonly string[]
  /** Of `empty`: how many that pass the filter were found to be good. With none, there was nothing to search. */
  readonly cleared: number
}

export interface BisectStartInput {
  readonly bad?: string | undefined
  readonly good: readonly string[]
  readonly types: readonly string[]
  /** As typed. */
  readonly paths: readonly string[]
  readonly termBad?: string | undefined
  readonly termGood?: string | undefined
  readonly firstParent: boolean
}

const ERRORS = ['REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'USAGE', 'INPUT_INVALID', 'BISECT_CONTRADICTION', 'PATH_INVALID', 'NO_OPERATION_IN_PROGRESS'] as const

const startCheck = checkInput<BisectStartInput>({
  bad: optional(filledText), good: someOf(filledText), types: someOf((value, field) => checkType(text(value, field))), paths: someOf(filledText),
  termBad: optional(filledText), termGood: optional(filledText), firstParent: flag,
})

export const bisectStart: Operation<BisectStartInput, BisectReport> = {
  name: 'bisect.start', summary: 'Start the search', effect: 'write', errors: ERRORS, check: startCheck, run: start,
}

async function start(repo: Repo, input: BisectStartInput): Promise<BisectReport> {
  const terms = input.termBad === undefined && input.termGood === undefined ? null : { bad: input.termBad ?? 'bad', good: input.termGood ?? 'good' }
  let search: Search = {
    marks: startBisect(terms), said: [],
    filter: { types: input.types, paths: input.paths.map((typed) => repo.worktree.locate(typed)), firstParent: input.firstParent },
  }
  const words = terms ?? { bad: 'bad', good: 'good' }
  if (input.bad !== undefined) search = say(search, words.bad, await idsOf(repo, [input.bad]))
  if (input.good.length > 0) search = say(search, words.good, await idsOf(repo, input.good))
  return keep(repo, search)
}

function say(search: Search, word: string, atoms: readonly ObjectId[]): Search {
  const { verdict, terms } = readTerm(word, search.marks.terms)
  return { ...search, marks: { ...mark(search.marks, verdict, atoms), terms }, said: [...search.said, { word, atoms }] }
}

/** Returns the ATOMs that revisions name; ranges name all in them. */
async function idsOf(repo: Repo, revisions: readonly string[]): Promise<readonly ObjectId[]> {
  const context = resolveContext(repo)
  const seqs: number[] = []
  for (const revision of revisions) {
    const set = parseRevisionSet(revision)
    if (set.is === 'range') seqs.push(...walk(repo.index, [await resolveRevision(context, set.to)], { hide: [await resolveRevision(context, set.from)] }))
    else seqs.push(await resolveAtom(context, revision))
  }
  return seqs.map((seq) => repo.index.node(seq).id)
}

/** Keeps a search unless its marks contradict each other. */
async function keep(repo: Repo, search: Search): Promise<BisectReport> {
  const report = await reportOf(repo, search)
  await repo.writer.transact({ agent: repo.identity.agent, command: 'bisect' }, (tx) => { tx.putRecord(META.bisect, encodeSearch(search)) })
  return report
}

/** Returns what to do next. Throws `BISECT_CONTRADICTION`. */
async function reportOf(repo: Repo, search: Search): Promise<BisectReport> {
  const step = await stepOf(repo, search)
  const terms = search.marks.terms ?? { bad: 'bad', good: 'good' }
  const record = (seq: number): Promise<AtomRecord> => withTaint(repo, readRecord(repo, seq, { files: 'include' }))
  const nothing = { candidate: undefined, isMergeBase: false, remaining: 0, stepsLeft: 0, firstBad: undefined, candidates: [], needs: [], unsure: [], cleared: 0, terms }
  const unsure = 'unsure' in step ? step.unsure.map((seq) => repo.index.node(seq).atomId) : []
  switch (step.state) {
    case 'testing': return { ...nothing, state: 'testing', candidate: await record(step.candidate), isMergeBase: step.because === 'merge-base', remaining: step.remaining, stepsLeft: step.stepsLeft, unsure }
    case 'found': return { ...nothing, state: 'found', firstBad: await record(step.firstBad), unsure }
    case 'stuck': return { ...nothing, state: 'stuck', candidates: await Promise.all(step.candidates.map(record)), remaining: step.candidates.length, unsure }
    case 'waiting': return { ...nothing, state: 'waiting', needs: step.needs.map((need) => terms[need]) }
    case 'empty': return { ...nothing, state: 'empty', cleared: await countCleared(repo, search) }
    case 'inverted': throw contradiction(repo, step, terms)
  }
}

/** The first good ones are where the search begins; those that were tested after them come later. */
async function countCleared(repo: Repo, { marks, filter, said }: Search): Promise<number> {
  const relevant = await relevantIn(repo, filter)
  const [, ...later] = said.filter(({ word }) => readTerm(word, marks.terms).verdict === 'good')
  return new Set(later.flatMap(({ atoms }) => atoms).filter((id) => relevant?.(repo.index.seqOf(id)) !== false)).size
}

async function stepOf(repo: Repo, { marks, filter }: Search): Promise<BisectStep> {
  const seqs: BisectState<number> = mapBisectState(marks, (id) => repo.index.seqOf(id))
  const relevant = await relevantIn(repo, filter)
  return nextStep(repo.index, seqs, { firstParent: filter.firstParent, ...(relevant && { relevant }) })
}

function contradiction(repo: Repo, step: Extract<BisectStep, { state: 'inverted' }>, terms: BisectTerms): AtomError<'BISECT_CONTRADICTION'> {
  const bad = repo.index.node(step.bad)
  const good = step.good.map((seq) => repo.index.node(seq))
  const isSame = good.some(({ id }) => id === bad.id)
  const what = isSame ? `${bad.atomId} cannot be both ${terms.bad} and ${terms.good}` : `${bad.atomId} is ${terms.bad}, and ${good.map(({ atomId }) => atomId).join(', ')} after it ${good.length === 1 ? 'is' : 'are'} ${terms.good}`
  return new AtomError('BISECT_CONTRADICTION', what, {
    data: { bad: digestOf(bad.id), good: good.map(({ id }) => digestOf(id)) },
    hint: isSame ? 'mark another one' : `the words were swapped, or it was mended in between; to search for the mending: atom bisect start --term-bad fixed --term-good broken`,
  })
}

export interface BisectMarkInput {
  /** bad, good, new, old, skip, or one of the terms. */
  readonly word: string
  /** Default: the candidate; before there is one, HEAD. */
  readonly revisions: readonly string[]
}

export const bisectMark: Operation<BisectMarkInput, BisectReport> = {
  name: 'bisect.mark', summary: 'Say how a candidate is', effect: 'write', errors: ERRORS,
  check: checkInput<BisectMarkInput>({ word: filledText, revisions: someOf(filledText) }), run: markRevisions,
}

async function markRevisions(repo: Repo, { word, revisions }: BisectMarkInput): Promise<BisectReport> {
  const search = readSearch(repo.store)
  readTerm(word, search.marks.terms)
  const ids = revisions.length > 0 ? await idsOf(repo, revisions) : [await implied(repo, search)]
  return keep(repo, say(search, word, ids))
}

async function implied(repo: Repo, search: Search): Promise<ObjectId> {
  const step = await stepOf(repo, search)
  if (step.state === 'testing') return repo.index.node(step.candidate).id
  const tip = step.state === 'waiting' ? getTip(resolveContext(repo)) : undefined
  if (tip === undefined) throw new AtomError('USAGE', 'there is no candidate to mark', { data: {}, hint: 'atom bisect log shows what was said; atom bisect reset ends it' })
  return tip
}

export const bisectNext: Operation<Record<never, never>, BisectReport> = {
  name: 'bisect.next', summary: 'Show what to test next', effect: 'read', errors: ERRORS, check: checkInput({}), run: (repo) => reportOf(repo, readSearch(repo.store)),
}

export interface BisectLog {
  /** Commands that lead to the same state, with what they are about. */
  readonly lines: readonly { readonly command: readonly string[]; readonly about: readonly string[] }[]
}

export const bisectLog: Operation<Record<never, never>, BisectLog> = {
  name: 'bisect.log', summary: 'Show what was said so far', effect: 'read', errors: ERRORS, check: checkInput({}), run: log,
}

async function log(repo: Repo): Promise<BisectLog> {
  const { marks, filter, said } = readSearch(repo.store)
  const { terms } = marks
  const isOwn = terms !== null && !(['bad', 'new'].includes(terms.bad) && ['good', 'old'].includes(terms.good))
  const begin = [
    'start', ...(isOwn ? ['--term-bad', terms.bad, '--term-good', terms.good] : []), ...(filter.firstParent ? ['--first-parent'] : []),
    ...(filter.types.length > 0 ? ['--type', filter.types.join(',')] : []), ...(filter.paths.length > 0 ? ['--', ...filter.paths.map((path) => repo.worktree.display(path))] : []),
  ]
  const about = (id: ObjectId): string => {
    const record = readRecord(repo, repo.index.seqOf(id))
    return `${record.header.atomId} ${record.body?.title ?? ''}`
  }
  return { lines: [{ command: begin, about: [] }, ...said.map(({ word, atoms }) => ({ command: [word, ...atoms.map(digestOf)], about: atoms.map(about) }))] }
}

export const bisectReset: Operation<Record<never, never>, { readonly wasSearching: boolean }> = {
  name: 'bisect.reset', summary: 'End the search', effect: 'write', errors: [], check: checkInput({}), run: end,
}

async function end(repo: Repo): Promise<{ readonly wasSearching: boolean }> {
  const wasSearching = repo.store.getRecord(META.bisect) !== undefined
  if (wasSearching) await repo.writer.transact({ agent: repo.identity.agent, command: 'bisect' }, (tx) => { tx.deleteRecord(META.bisect) })
  return { wasSearching }
}

export interface BisectReplayInput {
  readonly start: BisectStartInput
  readonly words: readonly BisectMarkInput[]
}

export const bisectReplay: Operation<BisectReplayInput, BisectReport> = {
  name: 'bisect.replay', summary: 'Say again what a log says', effect: 'write', errors: ERRORS,
  check: (value) => {
    const { start: begin, words } = value as { readonly start?: unknown; readonly words?: unknown }
    return { start: startCheck(begin), words: someOf((item) => bisectMark.check(item))(words, 'words') }
  },
  run: replay,
}

/** All of it or nothing: a line that cannot be followed leaves the search as it was. */
async function replay(repo: Repo, { start: begin, words }: BisectReplayInput): Promise<BisectReport> {
  const before = repo.store.getRecord(META.bisect)
  try {
    let report = await start(repo, begin)
    for (const word of words) report = await markRevisions(repo, word)
    return report
  } catch (error) {
    await repo.writer.transact({ agent: repo.identity.agent, command: 'bisect' }, (tx) => {
      if (before === undefined) tx.deleteRecord(META.bisect)
      else tx.putRecord(META.bisect, before)
    })
    throw error
  }
}

export const bisectSuspects: Operation<Record<never, never>, AtomRecord> = {
  name: 'bisect.suspects', summary: 'Show what can still be the break', effect: 'read', errors: ERRORS, check: checkInput({}), run: suspectRecords,
}

async function* suspectRecords(repo: Repo): AsyncIterable<AtomRecord> {
  const { marks, filter } = readSearch(repo.store)
  if (marks.bad === null) throw new AtomError('USAGE', 'nothing was marked bad yet', { data: {}, hint: `atom bisect ${marks.terms?.bad ?? 'bad'} REV` })
  const relevant = await relevantIn(repo, filter)
  const skipped = new Set(marks.skipped)
  const good = marks.good.map((id) => repo.index.seqOf(id))
  for (const seq of walk(repo.index, [repo.index.seqOf(marks.bad)], { hide: good, firstParent: filter.firstParent })) {
    if (skipped.has(repo.index.node(seq).id) || relevant?.(seq) === false) continue
    yield withTaint(repo, readRecord(repo, seq))
  }
}

/** A good ATOM of the search: what a test must be able to judge. */
export const bisectSource: Operation<Record<never, never>, { readonly object: string; readonly atomId: string }> = {
  name: 'bisect.source', summary: 'Name an ATOM that is good', effect: 'read', errors: ERRORS, check: checkInput({}), run: goodOne,
}

async function goodOne(repo: Repo): Promise<{ readonly object: string; readonly atomId: string }> {
  const [good] = readSearch(repo.store).marks.good
  if (good === undefined) throw new AtomError('USAGE', 'nothing was marked good yet', { data: {}, hint: 'atom bisect good REV' })
  return { object: digestOf(good), atomId: repo.index.node(repo.index.seqOf(good)).atomId }
}
