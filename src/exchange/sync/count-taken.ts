/** Sets a new store's counters of atom ids behind those that it took over, so that it does not give the same ones out again. */
import { getText, utf8 } from '../../base/bytes.js'
import type { Repo } from '../../ops/repo.js'
import { countKey, rangeOf } from '../../store/keys.js'

const COUNTED = /-(\d{8})-(\d{3,11})$/
/** The NUL and the number behind an atom id in its key, and the letter before it. */
const AFTER_BYTES = 5

export async function countTaken(repo: Pick<Repo, 'store' | 'signal'>): Promise<void> {
  const greatest = new Map<string, number>()
  for await (const list of repo.store.scan(rangeOf('atomId'))) {
    repo.signal.throwIfAborted()
    for (const [key] of list) {
      const [, day, digits] = COUNTED.exec(getText(key.subarray(1, key.length - AFTER_BYTES)) ?? '') ?? []
      if (day !== undefined) greatest.set(day, Math.max(greatest.get(day) ?? 0, Number(digits)))
    }
  }
  await repo.store.write({ puts: [...greatest].map(([day, count]) => [countKey(day), utf8(String(count))] as const), deletes: [] }, 'sync')
}
