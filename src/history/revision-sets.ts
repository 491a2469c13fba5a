/** Several revisions and ranges, as `log` takes them, become where a walk begins and what it leaves out. */
import { AtomError } from '../base/errors.js'
import { mergeBases } from './graph/merge-base.js'
import type { ResolveContext } from './resolve-context.js'
import { allTips, getTip, resolveRevision } from './resolve.js'
import { parseRevisionSet, type Revision } from './revision-syntax.js'

export interface WalkEnds {
  readonly starts: readonly number[]
  readonly hide: readonly number[]
}

export interface RevisionSetOptions {
  /** `all`: from every branch, tag and remote branch too. */
  readonly from?: 'named' | 'all'
}

/** Returns the ends of a walk. Without anything to begin at: HEAD. Throws `REVISION_SYNTAX`, `REVISION_NOT_FOUND`, `ID_AMBIGUOUS`. */
export async function resolveRevisionSets(context: ResolveContext, texts: readonly string[], options: RevisionSetOptions = {}): Promise<WalkEnds> {
  const starts = new Set<number>(options.from === 'all' ? await allTips(context) : [])
  const hide = new Set<number>()
  for (const text of texts) {
    const ends = await resolveSet(context, text)
    for (const seq of ends.starts) starts.add(seq)
    for (const seq of ends.hide) hide.add(seq)
  }
  if (starts.size === 0 && options.from !== 'all') starts.add(headOf(context))
  return { starts: [...starts], hide: [...hide] }
}

async function resolveSet(context: ResolveContext, text: string): Promise<WalkEnds> {
  const set = parseRevisionSet(text)
  const seqOf = (revision: Revision): Promise<number> => {
    if (revision.path !== null) throw new AtomError('REVISION_SYNTAX', `'${text}' names a path where an ATOM is needed`, { data: { revision: text }, hint: 'put the path after --' })
    return resolveRevision(context, revision)
  }
  switch (set.is) {
    case 'one': return { starts: [await seqOf(set.revision)], hide: [] }
    case 'not': return { starts: [], hide: [await seqOf(set.revision)] }
    case 'range': return { starts: [await seqOf(set.to)], hide: [await seqOf(set.from)] }
    case 'symmetric': {
      const [left, right] = [await seqOf(set.left), await seqOf(set.right)]
      return { starts: [left, right], hide: mergeBases(context.index, left, [right]) }
    }
    case 'parents': return { starts: context.index.parents(await seqOf(set.revision)), hide: [] }
    case 'alone': {
      const seq = await seqOf(set.revision)
      return { starts: [seq], hide: context.index.parents(seq) }
    }
  }
}

function headOf(context: ResolveContext): number {
  const tip = getTip(context)
  if (tip === undefined) throw new AtomError('REVISION_NOT_FOUND', 'there is no ATOM on this branch yet', { data: { revision: 'HEAD' }, hint: 'atom add DECISION "Why we do this", or name another branch' })
  return context.index.seqOf(tip)
}
