/** Finishes work on a whole store that was interrupted: indexes and trail.log made again, tables rewritten. Nobody else has the store yet, or may enter meanwhile. */
import { isAtomError } from '../../base/errors.js'
import type { Digest } from '../../codec/object-id.js'
import { createTrailIndex } from '../../index/trail-index.js'
import { scrubStore } from '../../ops/keep/forget.js'
import { rebuildIndexes, type ReindexResult } from '../../ops/keep/reindex.js'
import type { ReindexParts } from '../../ops/keep/reindex-parts.js'
import { readLogState } from '../../refs/log-state.js'
import { createWriter } from '../../refs/transaction.js'
import { META, objectsOf } from '../../store/objects.js'
import type { Store } from '../../store/types.js'
import { getTitle } from '../../trail/record.js'
import { rewriteTrailLog } from '../../views/trail-log/follow.js'
import type { AppContext } from '../context.js'
import { createClock } from '../node-ports.js'
import { createSideFiles } from '../side-files.js'
import { createViews } from '../data/views.js'

/** Makes all indexes and trail.log again, has the views made again when they are read, then takes away the mark that they are incomplete. */
export async function mendStore(folder: string, parts: ReindexParts): Promise<ReindexResult> {
  const result = await rebuildIndexes(parts)
  await createViews(folder).drop()
  await rewriteTrailLog(folder, parts)
  await parts.store.write({ puts: [], deletes: [META.reindex] }, 'sync')
  return result
}

/** Finishes what a `forget` or a `doctor --reindex` that was killed began. */
export async function finishInterrupted(folder: string, store: Store, context: AppContext): Promise<void> {
  if (store.getRecord(META.scrub) !== undefined) {
    context.reporter.warn('an erasure was interrupted: finishing it')
    await createViews(folder).drop()
    // Made again below where the indexes are: then they cannot say which titles are gone.
    if (store.getRecord(META.reindex) === undefined) await createSideFiles(folder).erase({ atoms: withoutTitle(store, context), texts: [] })
    await scrubStore(store)
  }
  if (store.getRecord(META.reindex) !== undefined) await finishReindex(folder, store, context)
}

/** Returns the ATOMs whose words are gone. A store too damaged to say is left to `verify`. */
function withoutTitle(store: Store, { reporter }: AppContext): ReadonlySet<Digest> {
  const source = { objects: objectsOf(store), index: createTrailIndex(store) }
  const found = new Set<Digest>()
  try {
    for (let seq = 0; seq < readLogState(store).atoms; seq++) if (getTitle(source, seq) === undefined) found.add(source.index.node(seq).digest)
  } catch (error) {
    if (!isAtomError(error) || error.kind !== 'integrity') throw error
    reporter.warn(`trail.log may still have a title that was erased: ${error.message}`)
  }
  return found
}

/** Finishes what a `doctor --reindex` that was killed began. A store too damaged for that is opened as it is: `verify` and `doctor` say what is wrong. */
async function finishReindex(folder: string, store: Store, { reporter, signal }: AppContext): Promise<void> {
  reporter.warn('making the indexes again was interrupted: finishing it')
  try {
    await mendStore(folder, { store, objects: objectsOf(store), writer: createWriter({ store, clock: createClock({}) }), reporter, signal })
  } catch (error) {
    if (!isAtomError(error) || error.kind !== 'integrity') throw error
    reporter.warn(`the indexes are incomplete: ${error.message}`)
  }
}
