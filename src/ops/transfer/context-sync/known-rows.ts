/**
 * What a branch holds of a database's rows: the last ATOM of each. Of a row two small numbers are remembered, some 40 bytes; what its ATOM says is read again when it is asked for.
 */
import { utf8 } from '../../../base/bytes.js'
import { sha256Hex } from '../../../codec/hash.js'
import { digestOf, type Digest, type ObjectId } from '../../../codec/object-id.js'
import { reachable } from '../../../history/graph/reachable.js'
import { SeqSet } from '../../../history/graph/seq-set.js'
import { getBody } from '../../../store/body.js'
import { readObject } from '../../../store/objects.js'
import { endTurn } from '../../look/turn.js'
import type { Repo } from '../../repo.js'
import { getMark, type SyncedMark } from './synced-atom.js'

export interface RowName {
  readonly table: string
  readonly id: string
}

export interface KnownRow extends SyncedMark {
  /** The last ATOM of the row. */
  readonly object: Digest
}

export interface KnownRows {
  /** Returns what a row was in the end, and remembers that it is still there. */
  meet(row: RowName): KnownRow | undefined
  /** Tells whether an ATOM was made of a row. */
  has(row: RowName): boolean
  /** Yields the rows that were not met. */
  missed(): Iterable<KnownRow>
}

/** Numbers of 30 bits take no room of their own. */
const NUMBERS = 2 ** 30

export async function readKnownRows(repo: Repo, tip: ObjectId | undefined): Promise<KnownRows> {
  /** Rows that have one number in common are few. */
  const last = new Map<number, number | readonly number[]>()
  const met = new SeqSet()
  const read = (seq: number): KnownRow | undefined => {
    const { id, digest: object } = repo.index.node(seq)
    const mark = getMark(getBody(repo.objects, readObject(repo.objects, id, 'atom').body))
    return mark && { ...mark, object }
  }
  const find = (row: RowName): { readonly seq: number; readonly known: KnownRow } | undefined => {
    for (const seq of seqsOf(last.get(numberOf(row)))) {
      const known = read(seq)
      if (known?.table === row.table && known.id === row.id) return { seq, known }
    }
    return undefined
  }
  await eachReachable(repo, tip, (seq) => {
    const mark = read(seq)
    if (mark === undefined) return
    const number = numberOf(mark)
    const before = find(mark)?.seq
    const others = seqsOf(last.get(number)).filter((one) => one !== before)
    last.set(number, others.length === 0 ? seq : [...others, seq])
  })
  return {
    meet(row) {
      const found = find(row)
      if (found !== undefined) met.add(found.seq)
      return found?.known
    },
    has: (row) => find(row) !== undefined,
    *missed() {
      for (const seqs of last.values()) {
        for (const seq of seqsOf(seqs)) {
          const known = met.has(seq) ? undefined : read(seq)
          if (known !== undefined) yield known
        }
      }
    },
  }
}

function seqsOf(seqs: number | readonly number[] | undefined): readonly number[] {
  return seqs === undefined ? [] : typeof seqs === 'number' ? [seqs] : seqs
}

function numberOf({ table, id }: RowName): number {
  return Number.parseInt(sha256Hex(utf8(`${table}\n${id}`)).slice(0, 8), 16) % NUMBERS
}

/** Visits what a tip leads to, oldest first; others get a turn now and then. */
async function eachReachable(repo: Repo, tip: ObjectId | undefined, visit: (seq: number) => void): Promise<void> {
  const seq = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
  if (seq === undefined) return
  let looked = 0
  const all = reachable(repo.index, [seq])
  for (let at = 0; at <= seq; at++) {
    if (!all.has(at)) continue
    visit(at)
    if (++looked % 1_000 !== 0) continue
    repo.signal.throwIfAborted()
    await endTurn()
  }
}
