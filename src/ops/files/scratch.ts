/** Trees laid out in a folder of their own, one after the other: where `bisect run` tests and `replay` shows. */
import { getDigest, objectId, type ObjectId } from '../../codec/object-id.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { checkInput, filledText, flag, invalid, optional } from '../check.js'
import { treeOf } from '../context.js'
import type { Operation } from '../operation.js'
import type { LayoutPlan, Scope, TrackedPath } from '../ports.js'
import type { Repo } from '../repo.js'

const ALL_SCOPES: readonly Scope[] = ['project', 'home', 'system']

export interface ScratchInput {
  /** Absolute. */
  readonly folder: string
  /** The ATOM whose tree is to lie there: 64 hex digits. */
  readonly object: string
  /** The ATOM whose tree was laid out there before. */
  readonly previous?: string | undefined
  /** Overwrites files that differ and are no part of the previous tree. */
  readonly force: boolean
}

export interface ScratchResult {
  readonly tree: ObjectId
  readonly written: number
  readonly removed: number
  /** What could not be laid out, with the reason. */
  readonly left: readonly { readonly path: TrackedPath; readonly reason: string; readonly isInTheWay: boolean }[]
}

export const scratchLayOut: Operation<ScratchInput, ScratchResult> = {
  name: 'scratch.lay-out',
  summary: 'Lay out an ATOM in a folder of its own',
  effect: 'files',
  errors: ['INPUT_INVALID', 'OBJECT_NOT_FOUND', 'PATH_INVALID', 'FILE_UNWRITABLE', 'STORE_FULL'],
  check: checkInput<ScratchInput>({ folder: filledText, object: digest, previous: optional(digest), force: flag }),
  run: layOutScratch,
}

function digest(value: unknown, field: string): string {
  const found = typeof value === 'string' ? getDigest(value) : undefined
  if (found === undefined) throw invalid(field, value, 'an object id of 64 hex digits')
  return found
}

function treeAt(repo: Repo, object: string | undefined): ObjectId {
  return object === undefined ? EMPTY_TREE.id : treeOf(repo.objects, objectId(object as never, 'dag-cbor'))
}

/** Brings every file of both trees to what the new one says, whatever was done to it meanwhile; files of neither stay. */
async function layOutScratch(repo: Repo, { folder, object, previous, force }: ScratchInput): Promise<ScratchResult> {
  const to = treeAt(repo, object)
  const plan = await planIn(repo, { folder, from: treeAt(repo, previous), to, force })
  const left = plan.steps.filter(({ obstacle }) => obstacle !== undefined)
  const isInTheWay = left.some(({ obstacle }) => obstacle !== 'not-writable')
  // What is in the way is the caller's to clear: half a tree would only mislead.
  if (!isInTheWay) await repo.worktree.apply(sourceOf(repo), plan, { target: folder, signal: repo.signal })
  return {
    tree: to,
    written: isInTheWay ? 0 : plan.steps.filter(({ work, obstacle }) => work === 'write' && obstacle === undefined).length,
    removed: isInTheWay ? 0 : plan.steps.filter(({ work, obstacle }) => work === 'remove' && obstacle === undefined).length,
    left: left.map((step) => ({ path: step.path, reason: step.reason ?? 'another file is there', isInTheWay: step.obstacle !== 'not-writable' })),
  }
}

interface PlanPlace { readonly folder: string; readonly from: ObjectId; readonly to: ObjectId; readonly force: boolean }

function planIn(repo: Repo, { folder, from, to, force }: PlanPlace): Promise<LayoutPlan> {
  return repo.worktree.plan(sourceOf(repo), { from, to, files: 'every', scopes: ALL_SCOPES, force, target: folder })
}

function sourceOf(repo: Repo): Repo['store'] & Repo['objects'] {
  return { ...repo.store, ...repo.objects }
}

export interface ScratchCompareInput {
  readonly folder: string
  /** What ought to lie there. */
  readonly object: string
  /** Whose files must be gone, beside. */
  readonly previous?: string | undefined
}

export interface ScratchDifferences {
  readonly expected: ObjectId
  /** Files that are not as they ought to be. */
  readonly different: readonly TrackedPath[]
}

export const scratchCompare: Operation<ScratchCompareInput, ScratchDifferences> = {
  name: 'scratch.compare',
  summary: 'Compare a folder with what an ATOM has',
  effect: 'read',
  errors: ['INPUT_INVALID', 'OBJECT_NOT_FOUND', 'PATH_INVALID', 'FILE_UNREADABLE'],
  check: checkInput<ScratchCompareInput>({ folder: filledText, object: digest, previous: optional(digest) }),
  run: compareScratch,
}

async function compareScratch(repo: Repo, { folder, object, previous }: ScratchCompareInput): Promise<ScratchDifferences> {
  const to = treeAt(repo, object)
  const { steps } = await planIn(repo, { folder, from: treeAt(repo, previous), to, force: true })
  return { expected: to, different: steps.filter(({ work }) => work !== 'none').map(({ path }) => path) }
}
