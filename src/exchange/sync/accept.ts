/**
 * Takes what was received and judged into the store: objects, then ATOMs with their index records, parents first, many in a batch.
 *
 * Guarantees: whatever is in the store owns nothing that is not; cut off anywhere, what was taken lies there without a ref, and the next attempt goes on from it. Moves no ref.
 */
import { codecOf, type ObjectId } from '../../codec/object-id.js'
import { openAny } from '../../object/open.js'
import type { OpStamp } from '../../refs/transaction.js'
import { getObjectAs, readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import type { Repo } from '../../ops/repo.js'
import type { ArrivedAtoms } from './arrived-atoms.js'
import { changesIn } from './atom-changes.js'
import { indexArrived } from './index-arrived.js'
import type { Staging } from './staging.js'
import { takeAside } from './take-aside.js'

export type AcceptParts = Pick<Repo, 'store' | 'objects' | 'writer' | 'reporter' | 'signal'>

export interface Judging {
  readonly staged: Staging
  readonly arrived: ArrivedAtoms
  /** How errors call the source. */
  readonly location: string
}

export interface Accepting extends Judging {
  /** What refs are to point at. */
  readonly roots: readonly ObjectId[]
  readonly stamp: OpStamp
}

export interface Accepted {
  /** ATOMs that are new here. */
  readonly atoms: number
}

const BETWEEN_TURNS = 500

/**
 * Checks what only shows ATOM by ATOM: that no tree claims more than it can hold. Throws `OBJECT_CORRUPT` before anything is taken. A store that is the staging area
 * itself does not count yet: there it shows when the ATOMs are indexed.
 */
export async function judgeTrees(parts: AcceptParts, { staged, arrived, location }: Judging, tips: readonly ObjectId[]): Promise<void> {
  if (staged.place === 'in the store') return
  const reader = stagedOver(staged, parts.objects)
  const changes = changesIn(reader, location)
  let count = 0
  for (const id of arrived.parentsFirst(tips)) {
    parts.signal.throwIfAborted()
    changes.of(id, readObject(reader, id, 'atom'))
    if (++count % BETWEEN_TURNS !== 0) continue
    parts.reporter.progress('checking', count)
    await new Promise<void>((resolve) => { setImmediate(resolve) })
  }
}

/** Takes the ATOMs that the roots reach, and what else they own. */
export async function accept(parts: AcceptParts, { staged, arrived, roots, stamp, location }: Accepting): Promise<Accepted> {
  const reader = stagedOver(staged, parts.objects)
  const tips = roots.flatMap((root) => peelToAtom(reader, root) ?? [])
  if (staged.place === 'aside') return { atoms: await takeAside(parts, { reader, atoms: arrived.parentsFirst(tips), roots, stamp }) }
  await staged.settle()
  if (tips.length === 0) return { atoms: 0 }
  // No ATOM may lie there without its index records, whoever named it.
  return { atoms: await indexArrived(parts, { atoms: arrived.parentsFirst(tips, 'and the others'), stamp, location }) }
}

export function stagedOver(staged: ObjectReader, below: ObjectReader): ObjectReader {
  return { getObject: (id) => staged.getObject(id) ?? below.getObject(id) }
}

function getKind(reader: ObjectReader, id: ObjectId): string | undefined {
  const bytes = codecOf(id) === 'raw' ? undefined : reader.getObject(id)
  return bytes === undefined ? undefined : openAny(bytes).kind
}

/** Returns the ATOM that a tag names in the end, or the ATOM itself; undefined for anything else. */
export function peelToAtom(reader: ObjectReader, id: ObjectId): ObjectId | undefined {
  for (let at = id, depth = 0; depth < 64; depth++) {
    const kind = getKind(reader, at)
    if (kind === 'atom') return at
    const tag = kind === 'tag' ? getObjectAs(reader, at, 'tag') : undefined
    if (tag === undefined) return undefined
    at = tag.target
  }
  return undefined
}
