/**
 * `doctor --reindex`: makes every index record again from the objects and the operation log. Nobody else may write meanwhile; the caller sees to that.
 *
 * Guarantees: objects, refs and the log are not touched, and no operation is written. Cut short, the indexes are incomplete, and a mark in the store says so:
 * `app/mend.ts` finishes it before anybody reads them. Who calls it takes the mark away once all that follows from the indexes is made again too.
 */
import { encodeLogState } from '../../refs/log-state.js'
import { FORGOTTEN } from '../../refs/name.js'
import { listRefs } from '../../refs/ref.js'
import type { Space } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import { checkInput } from '../check.js'
import type { Operation } from '../operation.js'
import { dropSpace } from './drop-space.js'
import { indexAtoms } from './reindex-atoms.js'
import { createDayNumbers } from './reindex-days.js'
import { findLog, rebuildRequests } from './reindex-log.js'
import type { ReindexParts } from './reindex-parts.js'

export interface ReindexResult {
  readonly atoms: number
  readonly ops: number
  /** ATOMs that could not be indexed, because they or what they build on cannot be read: 64 hex digits. */
  readonly left: readonly string[]
}

export const reindex: Operation<object, ReindexResult> = {
  name: 'reindex',
  summary: 'Make all indexes again',
  effect: 'write',
  errors: [],
  check: checkInput<object>({}),
  run: rebuildIndexes,
}

/** All but the nodes, whose order is read and which are written over. */
const DROPPED: readonly Space[] = ['title', 'seq', 'atomId', 'path', 'influence', 'refutation']

export async function rebuildIndexes(repo: ReindexParts): Promise<ReindexResult> {
  const log = await findLog(repo)
  await repo.store.write({ puts: [[META.reindex, Uint8Array.of(1)], [META.log, encodeLogState({ ...log, atoms: 0 })]], deletes: [] }, 'sync')
  for (const space of DROPPED) await dropSpace(repo, space)
  const days = await createDayNumbers(repo.store)
  const { atoms, left } = await indexAtoms(repo, log, days)
  await rebuildRequests(repo)
  await repo.store.write(days.corrections(), 'sync')
  if ((await listRefs(repo.store, FORGOTTEN)).length > 0) await repo.store.write({ puts: [[META.receipts, Uint8Array.of(1)]], deletes: [] }, 'sync')
  return { atoms, ops: log.ops, left }
}
