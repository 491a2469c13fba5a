/**
 * Brings a view from where it is to where the trail is. Its cursor is what it says of itself: the refs that it followed, and the last operation.
 *
 * What the refs lead to now and did not before comes in, what they led to and do not any more goes out: so a branch that was reset, forked or deleted is followed
 * like one that grew, and the cost is the difference. One transaction: killed in the middle, the view is as it was.
 */
import { getDigest, type Digest } from '../../codec/object-id.js'
import { symmetricDifference, type SymmetricDifference } from '../../history/graph/reachable.js'
import type { FollowSource } from '../../ops/ports.js'
import { FORGOTTEN } from '../../refs/name.js'
import { operations, type LoggedOp } from '../../refs/operation-log.js'
import { digestOf } from '../../codec/object-id.js'
import { readTaint, type Taint } from '../../trail/taint.js'
import { BrokenView, type Connection } from './database.js'
import { createAtomSource } from './read-atom.js'
import { RECIPE } from './schema.js'
import { readTrailState, storeIdOf, type TrailState } from './trail-state.js'
import { createRowWriter, sinkOf } from './write.js'
import { putOperation, writeState } from './write-state.js'

export type CaughtUp =
  | { readonly is: 'current' }
  | { readonly is: 'caught-up'; readonly added: number; readonly removed: number }
  /** It is of another recipe or store, something was erased, or so much is new that making it again takes less time. */
  | { readonly is: 'to-rebuild' }

/** More new ATOMs than this are put into a new view: there the indexes are made once, at the end. */
const ADDED_MAX = 50_000

export async function catchUp(connection: Connection, source: FollowSource): Promise<CaughtUp> {
  const known = readAbout(connection)
  if (known.get('recipe') !== String(RECIPE) || known.get('store') !== storeIdOf(source)) return { is: 'to-rebuild' }
  const state = await readTrailState(source)
  if (known.get('op') === state.about.get('op')) return known.get('atoms') === state.about.get('atoms') ? { is: 'current' } : { is: 'to-rebuild' }
  const ops = newOperations(source, state, known.get('op') ?? '')
  const tips = tipsOf(connection, source)
  if (ops === undefined || tips === undefined) return { is: 'to-rebuild' }
  const { left: lost, right: gained } = symmetricDifference(source.index, tips, state.tips)
  if (gained.size > ADDED_MAX) return { is: 'to-rebuild' }
  const taint = await readTaint(source, () => Promise.resolve(state.tips))
  connection.exec('BEGIN IMMEDIATE')
  try {
    // Somebody else in this process may have been faster.
    const isMoved = readAbout(connection).get('op') !== known.get('op')
    if (!isMoved) apply(connection, { source, state, taint, ops, moved: { left: lost, right: gained }, hadNul: known.get('nul') === '1' })
    connection.exec('COMMIT')
    return isMoved ? await catchUp(connection, source) : { is: 'caught-up', added: gained.size, removed: lost.size }
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

/** Returns what a view says of itself; throws `BrokenView` where it says nothing. */
export function readAbout(connection: Connection): ReadonlyMap<string, string> {
  const about = new Map(connection.prepare('SELECT key, value FROM about').all().map(([key, value]) => [String(key), String(value)]))
  if (!about.has('recipe')) throw new BrokenView('it does not say what it is of')
  return about
}

/** Returns the operations behind the last one that was followed, newest first; undefined where that one is not in the log, or bytes were erased since. */
function newOperations({ store }: FollowSource, state: TrailState, last: string): readonly LoggedOp[] | undefined {
  const found: LoggedOp[] = []
  for (const logged of operations(store, state.log.tip)) {
    if (digestOf(logged.id) === last) return found
    if (logged.op.pruned !== undefined || logged.op.changes.some(({ ref }) => ref.startsWith(FORGOTTEN))) return undefined
    found.push(logged)
  }
  return last === '' ? found : undefined
}

/** Returns the ATOMs that the refs led to; undefined where one is gone from the store. */
function tipsOf(connection: Connection, { index }: FollowSource): readonly number[] | undefined {
  const tips: number[] = []
  for (const [atom] of connection.prepare('SELECT DISTINCT atom FROM refs WHERE atom IS NOT NULL').all()) {
    const digest: Digest | undefined = getDigest(String(atom))
    const seq = digest === undefined ? undefined : index.getSeq(digest)
    if (seq === undefined) return undefined
    tips.push(seq)
  }
  return tips
}

interface Step {
  readonly source: FollowSource
  readonly state: TrailState
  readonly taint: Taint
  readonly ops: readonly LoggedOp[]
  readonly moved: SymmetricDifference
  readonly hadNul: boolean
}

function apply(connection: Connection, { source, state, taint, ops, moved: { left: lost, right: gained }, hadNul }: Step): void {
  const atoms = createAtomSource(source, taint)
  const rows = createRowWriter(connection, atoms.objects)
  const sink = sinkOf(connection)
  for (const seq of lost.descending()) rows.remove(seq)
  for (const seq of [...gained.descending()].reverse()) rows.put(atoms.read(seq))
  rows.finish()
  markTainted(connection, taint)
  for (const logged of ops) putOperation(sink, logged)
  writeState(sink, state, { taint, source, hasNul: hadNul || rows.hasNul })
}

/** A revert changes what was recorded before it. */
function markTainted(connection: Connection, taint: Taint): void {
  const before = new Set(connection.prepare('SELECT seq FROM atom_trail WHERE tainted = 1').all().map(([seq]) => Number(seq)))
  const mark = connection.prepare('UPDATE atom_trail SET tainted = ? WHERE seq = ?')
  for (const seq of before) if (!taint.isTainted(seq)) mark.run([0, seq])
  for (const seq of taint.tainted.descending()) if (!before.has(seq)) mark.run([1, seq])
}
