/** Which records of a source were imported before: told by atom id, time and the bytes that they were made of. */
import { createBoundedCache } from '../../base/bounded-cache.js'
import type { ObjectId } from '../../codec/object-id.js'
import { SeqSet } from '../../history/graph/seq-set.js'
import type { AtomHeader } from '../../object/atom.js'
import type { AtomId } from '../../object/atom-id.js'
import { readLogState } from '../../refs/log-state.js'
import { getBody } from '../../store/body.js'
import { readObject } from '../../store/objects.js'
import type { Repo } from '../repo.js'

/** The evidence of an imported ATOM that holds the bytes that it was made of; where there are several, the first tells it. */
export const SOURCE_EVIDENCE = 'source'

export interface RecordKey {
  readonly atomId: AtomId
  readonly timeMs: number
  /** The content of the bytes. */
  readonly source: ObjectId
}

export interface KnownRecord {
  readonly id: ObjectId
  readonly header: AtomHeader
}

export interface KnownRecords {
  /** Returns the ATOM that was made of a record before now. Each is given once: two equal lines are two records. */
  take(key: RecordKey): Promise<KnownRecord | undefined>
}

const IDS_REMEMBERED = 1_000
/** A body that was forgotten on purpose says nothing of its source: what is equal in the rest is taken for it, or it would come back. */
const FORGOTTEN = 'forgotten'

export function createKnownRecords(repo: Repo): KnownRecords {
  const start = readLogState(repo.store).atoms
  const given = new SeqSet()
  const byAtomId = createBoundedCache<AtomId, ReadonlyMap<string, readonly number[]>>({ limit: IDS_REMEMBERED })
  const load = async (atomId: AtomId): Promise<ReadonlyMap<string, readonly number[]>> => {
    const found = new Map<string, number[]>()
    for (const seq of await repo.index.withAtomId(atomId)) {
      if (seq >= start) continue
      const key = keyOf(repo, seq)
      const same = found.get(key)
      if (same === undefined) found.set(key, [seq])
      else same.push(seq)
    }
    byAtomId.set(atomId, found)
    return found
  }
  return {
    async take({ atomId, timeMs, source }) {
      // A store with its INIT alone knows nothing.
      if (start <= 1) return undefined
      const known = byAtomId.peek(atomId) ?? await load(atomId)
      const seqs = [...known.get(`${String(timeMs)}:${source}`) ?? [], ...known.get(`${String(timeMs)}:${FORGOTTEN}`) ?? []]
      const seq = seqs.find((one) => !given.has(one))
      if (seq === undefined) return undefined
      given.add(seq)
      const { id } = repo.index.node(seq)
      return { id, header: readObject(repo.objects, id, 'atom') }
    },
  }
}

function keyOf(repo: Repo, seq: number): string {
  const header = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  const body = getBody(repo.objects, header.body)
  const source = body === undefined ? FORGOTTEN : body.evidence?.find(({ name }) => name === SOURCE_EVIDENCE)?.content ?? 'none'
  return `${String(header.timeMs)}:${source}`
}
