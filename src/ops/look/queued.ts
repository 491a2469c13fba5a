/** How much is not yet on the remotes that are sent to after every ATOM. */
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { range } from '../../history/graph/reachable.js'
import { HEADS, REMOTES } from '../../refs/name.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import { checkInput } from '../check.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

/** Returns the greatest number of ATOMs of this store's branches that one of the remotes lacks, as far as is known here. */
export const queued: Operation<object, number> = {
  name: 'queued',
  summary: 'Count what waits to be pushed',
  effect: 'read',
  errors: [],
  check: checkInput<object>({}),
  run: countQueued,
}

export async function countQueued({ store, index, outbox }: Repo): Promise<number> {
  if (outbox === undefined) return 0
  const seqOf = (id: ObjectId | undefined): readonly number[] => {
    const seq = id === undefined ? undefined : index.getSeq(digestOf(id))
    return seq === undefined ? [] : [seq]
  }
  const seqsBelow = async (prefix: string): Promise<readonly number[]> => (await listRefs(store, prefix)).flatMap(({ name }) => seqOf(resolveRef(store, name)))
  const heads = await seqsBelow(HEADS)
  const counts: number[] = []
  for (const remote of outbox.remotes) counts.push(range(index, heads, await seqsBelow(`${REMOTES}${remote}/`)).size)
  return Math.max(0, ...counts)
}
