/** Where the trail stands: its refs, its root, its operation log. What a view compares with what it followed last. */
import { toHex } from '../../base/bytes.js'
import { digestOf, objectId } from '../../codec/object-id.js'
import { getAtomSeq } from '../../history/resolve-context.js'
import type { FollowSource } from '../../ops/ports.js'
import { HEADS, REMOTES, TAGS } from '../../refs/name.js'
import { readLogState, type LogState } from '../../refs/log-state.js'
import { listRefs, getRef, type Ref } from '../../refs/ref.js'
import { trailRoot } from '../../refs/trail-root.js'
import { META } from '../../store/objects.js'
import type { SqlRow } from './database.js'
import { RECIPE } from './schema.js'

export interface TrailState {
  readonly log: LogState
  /** Rows of `refs`, by name. */
  readonly refs: readonly SqlRow[]
  /** The ATOMs that they lead to, by number of arrival. */
  readonly tips: readonly number[]
  /** Values of `about` by key. */
  readonly about: ReadonlyMap<string, string>
}

/** Returns the state at one moment: read again when something moved meanwhile. */
export async function readTrailState(source: FollowSource): Promise<TrailState> {
  for (;;) {
    const state = await readOnce(source)
    if (readLogState(source.store).tip === state.log.tip) return state
  }
}

async function readOnce(source: FollowSource): Promise<TrailState> {
  const { store, index } = source
  const log = readLogState(store)
  const head = getRef(store, 'HEAD')
  const refs: Ref[] = head === undefined ? [] : [{ name: 'HEAD', target: head }]
  for (const prefix of [HEADS, REMOTES, TAGS]) refs.push(...await listRefs(store, prefix))
  const seqs = new Map(refs.map(({ name, target }) => [name, target.is === 'object' ? getAtomSeq({ store, index }, objectId(target.digest, 'dag-cbor')) : undefined]))
  const atomOf = (ref: string): string | null => {
    const seq = seqs.get(ref)
    return seq === undefined ? null : index.node(seq).digest
  }
  const root = trailRoot(refs)
  return {
    log,
    refs: refs.map(({ name, target }) => target.is === 'object' ? [name, target.digest, null, atomOf(name)] : [name, null, target.ref, atomOf(target.ref)]),
    tips: [...new Set([...seqs.values()].filter((seq) => seq !== undefined))],
    about: new Map([
      ['recipe', String(RECIPE)], ['store', storeIdOf(source)], ['root', digestOf(root.id)], ['refs', toHex(root.bytes)],
      ['op', log.tip === undefined ? '' : digestOf(log.tip)], ['ops', String(log.ops)], ['atoms', String(log.atoms)],
    ]),
  }
}

export function storeIdOf({ store }: Pick<FollowSource, 'store'>): string {
  return toHex(store.getRecord(META.store) ?? new Uint8Array(0))
}
