/** What resolving a revision needs to know, and what its parts share. */
import { AtomError } from '../base/errors.js'
import type { Reporter } from '../base/ports.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'
import type { TrailIndex } from '../index/trail-index.js'
import { getHeadBranch } from '../refs/ref.js'
import { objectsOf, readObject } from '../store/objects.js'
import type { RecordReader } from '../store/types.js'

export interface ResolveContext {
  readonly store: RecordReader
  readonly index: TrailIndex
  /** The branch that commands work on; absent = HEAD's. Full ref name. */
  readonly branch?: string
  readonly nowMs: number
  readonly reporter?: Reporter
}

/** Returns the full name of the current branch's ref, or undefined when HEAD is detached. */
export function currentBranch(context: Pick<ResolveContext, 'store' | 'branch'>): string | undefined {
  return context.branch ?? getHeadBranch(context.store)
}

/** Returns the ATOM that an object is or, through annotated tags, leads to. */
export function getAtomSeq(context: Pick<ResolveContext, 'store' | 'index'>, id: ObjectId): number | undefined {
  const reader = objectsOf(context.store)
  for (let at = id; ;) {
    const seq = context.index.getSeq(digestOf(at))
    if (seq !== undefined || !at.startsWith('71') || reader.getObject(at) === undefined) return seq
    try {
      at = readObject(reader, at, 'tag').target
    } catch (error) {
      if (error instanceof AtomError) return undefined
      throw error
    }
  }
}

export function revisionNotFound(revision: string, why: string): AtomError<'REVISION_NOT_FOUND'> {
  return new AtomError('REVISION_NOT_FOUND', `no such revision: ${revision} (${why})`, { data: { revision }, hint: 'atom log --oneline shows what there is' })
}
