import { workAhead } from '../../base/look-ahead.js'
import { rangeOf, type Space } from '../../store/keys.js'
import type { Repo } from '../repo.js'

/** One is made while another is written. */
const BATCHES_AT_ONCE = 2

/** Deletes all records of a space, in batches. */
export async function dropSpace({ store, signal }: Pick<Repo, 'store' | 'signal'>, space: Space): Promise<void> {
  await workAhead(store.scan(rangeOf(space)), BATCHES_AT_ONCE, (list) => {
    signal.throwIfAborted()
    return store.write({ puts: [], deletes: list.map(([key]) => key) }, 'sync')
  })
}
