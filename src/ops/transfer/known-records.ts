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
const LOOKUPS_PER_ATOM = 50
/** One bit for each: at a million of ATOMs, one look-up of sixteen is for nothing. */
const BITS = 2 ** 24
/** A body that was forgotten on purpose says nothing of its source: what is equal in the rest is taken for it, or it would come back. */
const FORGOTTEN = 'forgotten'

export function createKnownRecords(repo: Repo): KnownRecords {
  const start = readLogState(repo.store).atoms
  const given = new SeqSet()
  const byAtomId = createBoundedCache<AtomId, ReadonlyMap<string, readonly number[]>>({ limit: IDS_REMEMBERED })
  let lookups = 0
  let mayHave: ((atomId: AtomId) => boolean) | undefined
  /** A look-up costs as much as going through fifty ATOMs: who has many to make goes through all of them once. */
  const isSurelyNew = (atomId: AtomId): boolean => {
    if (++lookups > start / LOOKUPS_PER_ATOM) mayHave ??= readIdBits(repo, start)
    return mayHave?.(atomId) === false
  }
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
      const read = byAtomId.peek(atomId)
      if (read === undefined && isSurelyNew(atomId)) return undefined
      const known = read ?? await load(atomId)
      const seqs = [...known.get(`${String(timeMs)}:${source}`) ?? [], ...known.get(`${String(timeMs)}:${FORGOTTEN}`) ?? []]
      const seq = seqs.find((one) => !given.has(one))
      if (seq === undefined) return undefined
      given.add(seq)
      const { id } = repo.index.node(seq)
      return { id, header: readObject(repo.objects, id, 'atom') }
    },
  }
}

/** Returns what tells of an atom id that no ATOM has it; seldom, it does not know. */
function readIdBits(repo: Repo, total: number): (atomId: AtomId) => boolean {
  const words = new Uint32Array(BITS / 32)
  for (let seq = 0; seq < total; seq++) {
    const bit = bitOf(repo.index.node(seq).atomId)
    words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }
  return (atomId) => {
    const bit = bitOf(atomId)
    return ((words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
  }
}

/** FNV-1a, folded. */
function bitOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return ((hash >>> 24) ^ hash) & (BITS - 1)
}

function keyOf(repo: Repo, seq: number): string {
  const header = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  const body = getBody(repo.objects, header.body)
  const source = body === undefined ? FORGOTTEN : body.evidence?.find(({ name }) => name === SOURCE_EVIDENCE)?.content ?? 'none'
  return `${String(header.timeMs)}:${source}`
}
