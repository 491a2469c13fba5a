/** Says of single ATOMs whether they build on something that was taken back, as lists do. */
import { allTips } from '../history/resolve.js'
import type { AtomRecord } from '../trail/record.js'
import { readTaint } from '../trail/taint.js'
import type { Repo } from './repo.js'

/** Returns a record that says whether it is tainted. Looks at nothing where the ATOM builds on nothing. */
export async function withTaint(repo: Repo, record: AtomRecord): Promise<AtomRecord> {
  if (record.header.influencedBy.length === 0) return record
  const taint = await readTaint(repo, () => allTips(repo))
  return { ...record, isTainted: taint.isTainted(record.seq) }
}
