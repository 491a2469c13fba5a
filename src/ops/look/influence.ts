/** `why` and `impact`: what an ATOM was built on, near and far, and what was built on it. */
import { isAtomError } from '../../base/errors.js'
import { readPathHistory } from '../../history/path-history.js'
import { walk } from '../../history/graph/walk.js'
import { allTips, getTip, resolveAtom } from '../../history/resolve.js'
import { readObject } from '../../store/objects.js'
import type { Digest } from '../../codec/object-id.js'
import { readLogState } from '../../refs/log-state.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { shortIdDigits } from '../../trail/short-id.js'
import { readTaint, type Taint } from '../../trail/taint.js'
import { checkInput, count, filledText, flag, oneOf, optional } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'

export interface InfluenceInput {
  /** A revision; for `why` also a path as typed. */
  readonly target: string
  /** Steps away at most. */
  readonly depth?: number | undefined
  /** ATOMs at most. */
  readonly limit?: number | undefined
  /** Goes to parents too. */
  readonly parents?: boolean | undefined
  /** `near`: the nearest first, each with its least depth. `tree`: each below what led to it, for indenting. */
  readonly order?: 'near' | 'tree' | undefined
}

export interface InfluenceStep {
  readonly depth: number
  /** null for the ATOM that was asked about. */
  readonly via: 'influenced_by' | 'parent' | 'path' | null
  /** null where it is not in this store: then `object` is all that is known. */
  readonly atom: AtomRecord | null
  readonly object: Digest
  readonly takenBackBy: readonly string[]
  readonly shortDigits: number
  /** With `tree`: it was shown above already, and is not gone into again. */
  readonly isRepeat: boolean
}

const check = checkInput<InfluenceInput>({
  target: filledText, depth: optional(count), limit: optional(count), parents: optional(flag), order: optional(oneOf('near', 'tree')),
})

export const why: Operation<InfluenceInput, InfluenceStep> = {
  name: 'why',
  summary: 'Show what an ATOM, or a file, was built on',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'PATH_INVALID'],
  check,
  run: streamWhy,
}

export const impact: Operation<InfluenceInput, InfluenceStep> = {
  name: 'impact',
  summary: 'Show what was built on an ATOM',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS'],
  check,
  run: streamImpact,
}

type Via = InfluenceStep['via']
interface Reached { readonly digest: Digest; readonly via: Via; readonly depth: number }

async function* streamWhy(repo: Repo, input: InfluenceInput): AsyncGenerator<InfluenceStep> {
  const starts = await findStarts(repo, input.target)
  yield* cone(repo, { starts, input, next: (seq) => Promise.resolve(backFrom(repo, seq, input)) })
}

async function* streamImpact(repo: Repo, input: InfluenceInput): AsyncGenerator<InfluenceStep> {
  const seq = await resolveAtom(resolveContext(repo), input.target)
  yield* cone(repo, { starts: [{ digest: repo.index.node(seq).digest, via: null }], input, next: (from) => forthFrom(repo, from) })
}

function backFrom(repo: Repo, seq: number, { parents }: InfluenceInput): readonly Omit<Reached, 'depth'>[] {
  const header = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  return [
    ...header.influencedBy.map(({ object }) => ({ digest: object, via: 'influenced_by' as const })),
    ...(parents === true ? repo.index.parents(seq).map((parent) => ({ digest: repo.index.node(parent).digest, via: 'parent' as const })) : []),
  ]
}

async function forthFrom(repo: Repo, seq: number): Promise<readonly Omit<Reached, 'depth'>[]> {
  const seqs = await repo.index.influencedBy(repo.index.node(seq).digest)
  return seqs.map((child) => ({ digest: repo.index.node(child).digest, via: 'influenced_by' as const }))
}

/** A revision first; a word that is none is a path, whose changes are where it starts, newest first. */
async function findStarts(repo: Repo, target: string): Promise<readonly Omit<Reached, 'depth'>[]> {
  const context = resolveContext(repo)
  try {
    return [{ digest: repo.index.node(await resolveAtom(context, target)).digest, via: null }]
  } catch (error) {
    if (!isAtomError(error, 'REVISION_NOT_FOUND') && !isAtomError(error, 'REVISION_SYNTAX')) throw error
    const starts = await changesOf(repo, target)
    if (starts.length === 0) throw error
    return starts
  }
}

async function changesOf(repo: Repo, typed: string): Promise<readonly Omit<Reached, 'depth'>[]> {
  let path: string
  try {
    path = trackedPathOf(repo, typed)
  } catch (error) {
    if (isAtomError(error, 'PATH_INVALID')) return []
    throw error
  }
  const tip = getTip(resolveContext(repo))
  if (tip === undefined) return []
  const history = await readPathHistory(repo, [path])
  const seqs = [...walk(history.graph, [repo.index.seqOf(tip)])].filter((seq) => history.touches(seq))
  return seqs.map((seq) => ({ digest: repo.index.node(seq).digest, via: 'path' as const }))
}

interface Cone {
  readonly starts: readonly Omit<Reached, 'depth'>[]
  readonly input: InfluenceInput
  readonly next: (seq: number) => Promise<readonly Omit<Reached, 'depth'>[]>
}

/** Yields each ATOM as it is reached. Each is gone into once, so the cone's size bounds the work, however many ways lead there. */
async function* cone(repo: Repo, { starts, input, next }: Cone): AsyncGenerator<InfluenceStep> {
  const { depth: deepest = Infinity, limit = Infinity, order = 'near' } = input
  const taint = await readTaint(repo, () => allTips(repo))
  const shortDigits = shortIdDigits(readLogState(repo.store).atoms)
  const seen = new Set<Digest>()
  let waiting: Reached[] = starts.map((start) => ({ ...start, depth: 0 }))
  if (order === 'tree') waiting.reverse()
  let shown = 0
  let at = 0
  const take = (): Reached | undefined => order === 'tree' ? waiting.pop() : waiting[at++]
  for (let reached = take(); reached !== undefined && shown < limit; reached = take()) {
    repo.signal.throwIfAborted()
    const isRepeat = seen.has(reached.digest)
    if (isRepeat && order === 'near') continue
    seen.add(reached.digest)
    const seq = repo.index.getSeq(reached.digest)
    yield { ...stepOf(repo, reached, { seq, taint, shortDigits }), isRepeat }
    shown++
    if (isRepeat || seq === undefined || reached.depth >= deepest) continue
    const depth = reached.depth + 1
    const more = (await next(seq)).filter(({ digest }) => order === 'tree' || !seen.has(digest)).map((step) => ({ ...step, depth }))
    waiting.push(...order === 'tree' ? more.reverse() : more)
    // What was taken from the front is let go of now and then.
    if (order === 'near' && at > 10_000) {
      waiting = waiting.slice(at)
      at = 0
    }
  }
}

interface StepFacts { readonly seq: number | undefined; readonly taint: Taint; readonly shortDigits: number }

function stepOf(repo: Repo, { digest, via, depth }: Reached, { seq, taint, shortDigits }: StepFacts): Omit<InfluenceStep, 'isRepeat'> {
  const atom = seq === undefined ? null : readRecord(repo, seq, { files: 'include', isTainted: taint.isTainted(seq) })
  return { depth, via, atom, object: digest, takenBackBy: taint.takenBackBy(digest).map((taker) => repo.index.node(taker).atomId), shortDigits }
}
