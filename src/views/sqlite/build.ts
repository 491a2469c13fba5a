/** Fills an empty database with the whole trail: rows in order of arrival, indexes last, so that none is kept up row by row. */
import type { FollowSource } from '../../ops/ports.js'
import { createTrailIndex } from '../../index/trail-index.js'
import { reachable } from '../../history/graph/reachable.js'
import { operations } from '../../refs/operation-log.js'
import { readTaint } from '../../trail/taint.js'
import type { Loader } from './loader.js'
import { createAtomSource } from './read-atom.js'
import { indexesDdl, SEARCH_DDL, tablesDdl, viewsDdl } from './schema.js'
import { readTrailState, type TrailState } from './trail-state.js'
import { createRowPutter, SUMMARIES } from './write.js'
import { putOperation, writeState } from './write-state.js'

export interface BuiltView {
  /** How many ATOMs went in. */
  readonly atoms: number
  /** Of what trail. */
  readonly state: TrailState
}

/** Others that this process serves get a turn after so long. */
const TURN_MS = 50
/** New words gather in memory up to so much before they are written; with four times as much it takes as long. */
const HASH_BYTES = 4_194_304
/** ATOMs whose objects are looked up together. */
const LIST_ATOMS = 16_384
/** Of 16 ATOMs each. */
const INDEX_BLOCKS = 256
/** ATOMs between two looks at the clock. */
const SLICE = 100
/** Nobody else reads it yet, and it is thrown away when anything goes wrong. What is sorted goes to files: memory stays bounded. */
const WHILE_BUILDING = 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4096; PRAGMA temp_store = FILE; PRAGMA foreign_keys = OFF; PRAGMA locking_mode = EXCLUSIVE'

/** Gives the loader all that a view has. The caller closes it. */
export async function buildView(loader: Loader, trail: FollowSource): Promise<BuiltView> {
  // Every ATOM is met twice, in order: what the store's own index would remember of them is memory for nothing.
  const source = { ...trail, index: createTrailIndex(trail.store, { cacheBlocks: INDEX_BLOCKS }) }
  const state = await readTrailState(source)
  const taint = await readTaint(source, () => Promise.resolve(state.tips))
  loader.exec(WHILE_BUILDING)
  loader.exec(`BEGIN; ${tablesDdl()}\n${viewsDdl()}\n${SEARCH_DDL}; INSERT INTO search(search, rank) VALUES ('hashsize', ${String(HASH_BYTES)})`)
  const atoms = createAtomSource(source, taint)
  const rows = createRowPutter(loader, source.objects)
  const chosen = reachable(source.index, state.tips)
  const turn = createTurns(loader, source)
  let done = 0
  const turnAtAtoms = (): Promise<void> => turn('making the view', done, chosen.size)
  for await (const list of atoms.readLists(lists(chosen, state.log.atoms), turnAtAtoms)) {
    for (const atom of list) {
      rows.put(atom)
      if (++done % SLICE === 0) await turnAtAtoms()
    }
  }
  writeState(loader, state, { taint, source, hasNul: rows.hasNul })
  let ops = 0
  for (const logged of operations(source.store, state.log.tip)) {
    putOperation(loader, logged)
    if (++ops % SLICE === 0) await turn('writing operations', ops, state.log.ops)
  }
  loader.exec('COMMIT')
  for (const index of indexesDdl()) loader.exec(index)
  loader.exec(`BEGIN; ${SUMMARIES}; COMMIT; PRAGMA analysis_limit = 400; ANALYZE`)
  return { atoms: done, state }
}

/** Yields the numbers of ATOMs in order of arrival, in lists. */
function* lists(chosen: { has(seq: number): boolean }, end: number): Iterable<readonly number[]> {
  let list: number[] = []
  for (let seq = 0; seq < end; seq++) {
    if (!chosen.has(seq)) continue
    list.push(seq)
    if (list.length < LIST_ATOMS) continue
    yield list
    list = []
  }
  if (list.length > 0) yield list
}

/** Returns what waits for room, and gives others a turn where it is time. */
function createTurns(loader: Loader, { signal, reporter }: FollowSource): (label: string, done: number, total: number) => Promise<void> {
  let turnMs = performance.now()
  return async (label, done, total) => {
    await loader.room()
    if (performance.now() - turnMs < TURN_MS) return
    signal.throwIfAborted()
    reporter.progress(label, done, total)
    await new Promise((resolve) => { setTimeout(resolve, 0) })
    turnMs = performance.now()
  }
}
