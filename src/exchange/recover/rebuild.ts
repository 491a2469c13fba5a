/**
 * Fills an empty store with what a remote has, and with what can still be read of the store that was lost; the lost store's operation log goes on.
 *
 * Guarantees: no ref is there before all of the remote was judged, so one that lies leaves a store without refs (`OBJECT_CORRUPT`, `LINK_MISSING`), which the caller throws away; what was
 * salvaged is taken ATOM by ATOM, as far as it is whole. In the end one operation moves the refs from where the log left them to where they are. The caller sees to it that the store counts only then.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { fromHex } from '../../base/bytes.js'
import { STORE_ID_BYTES } from '../../base/limits.js'
import { digestOf, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import { getObjectAs, META } from '../../store/objects.js'
import { objectKey, rangeOf, refKey } from '../../store/keys.js'
import { encodeLogState, readLogState } from '../../refs/log-state.js'
import { encodeTarget, pointAt } from '../../refs/ref.js'
import { FORGOTTEN, HEADS, OPS, TAGS } from '../../refs/name.js'
import { rebuildRequests } from '../../ops/keep/reindex-log.js'
import type { Repo } from '../../ops/repo.js'
import type { ObjectReader, StoreRecord } from '../../store/types.js'
import { followLinks } from '../follow-links.js'
import type { Remote } from '../remote.js'
import { accept, judgeTrees, peelToAtom, stagedOver } from '../sync/accept.js'
import { sortRefs, type OddRef, type SortedRefs } from '../sync/known-refs.js'
import { receive } from '../sync/receive.js'
import type { ObjectSource, Root } from '../sync/received.js'
import { createStaging, stageInStore, type OpenScratch } from '../sync/staging.js'
import { editsTo, planRefs, type Goal } from './goal.js'
import { latestTip, namedIn, readLog, type LostLog } from './lost-log.js'
import type { Salvage } from './salvage.js'

export interface Rebuilding {
  readonly remote: Remote
  readonly salvage: Salvage | undefined
  readonly openScratch: OpenScratch
  /** Which store's log goes on, where the remote has several and nothing was salvaged that says it. */
  readonly log?: string | undefined
  /** Which store was lost, where that is known: its log goes on if the remote has it. */
  readonly preferLog?: string | undefined
  /** What the remote is called here. */
  readonly remoteName: string
}

export interface Rebuilt {
  readonly location: string
  /** Whose log goes on; undefined: the store begins one of its own. */
  readonly log: LostLog | undefined
  /** Stores whose logs the remote has. */
  readonly logs: readonly string[]
  readonly name: string
  readonly goal: Goal
  /** `other`: the remote has none of the ATOMs that could be salvaged. */
  readonly trail: 'same' | 'other'
  /** ATOMs that the remote did not have. */
  readonly salvaged: number
  readonly odd: readonly OddRef[]
}

/** Everything but the worktree and what lies beside the store. */
export type RebuildParts = Pick<Repo, 'store' | 'objects' | 'index' | 'writer' | 'reporter' | 'signal' | 'random' | 'identity'>

export async function rebuild(parts: RebuildParts, rebuilding: Rebuilding): Promise<Rebuilt> {
  const { remote, salvage, openScratch } = rebuilding
  const state = await remote.refs()
  const { odd, ...sorted } = sortRefs(state)
  if (sorted.heads.length === 0 && sorted.logs.length === 0) throw new AtomError('REF_NOT_FOUND', `${remote.location} is not there, or has no branch: nothing can be recovered from it`, { data: { name: 'main' }, hint: 'name another remote: atom recover --from URL' })
  const stamp = { agent: parts.identity.agent, command: 'recover' }
  const source = joined(salvage, remote)
  await using staging = stageInStore(parts.store)
  const named = [...sorted.heads, ...sorted.tags]
  const chosen = chooseLog(rebuilding, sorted)
  const received = await receive({ ...parts, staging, source, have: [], follow: (store) => chosen?.ref === OPS + store }, [sorted.receipts, named, sorted.logs])
  const reader = stagedOver(staging, parts.objects)
  const log = chosen && readLog(reader, chosen.id)
  await staging.settle()
  await keepForgotten(parts, reader, { log, sorted })
  const atoms = [...named.map(({ id }) => id), ...received.references]
  await accept(parts, { staged: staging, arrived: received.atoms, location: remote.location, roots: atoms, stamp })
  const before = readLogState(parts.store).atoms
  const trail = salvage === undefined || salvage.atomCount === 0 || await hasSome(parts, salvage) ? 'same' : 'other'
  const latest = salvage === undefined ? log : await takeSalvaged(parts, { salvage, source, openScratch, known: log })
  const salvaged = readLogState(parts.store).atoms - before
  const name = rebuilding.remoteName
  const goal = planRefs({ objects: parts.objects, index: parts.index, log: latest, salvaged: salvage?.refs ?? new Map(), state, sorted, name })
  await parts.store.write({ puts: [[META.store, latest === undefined ? parts.random.bytes(STORE_ID_BYTES) : fromHex(latest.store)]], deletes: [] }, 'sync')
  await moveRefs(parts, { log: latest, goal, stamp })
  await rebuildRequests(parts)
  return { location: remote.location, log: latest, logs: sorted.logs.map(({ ref }) => ref.slice(OPS.length)), name, goal, trail, salvaged, odd }
}

async function hasSome({ index }: RebuildParts, salvage: Salvage): Promise<boolean> {
  for await (const { id } of salvage.atoms()) if (index.getSeq(digestOf(id)) !== undefined) return true
  return false
}

/** Gives what was salvaged first, and asks the remote for the rest only. */
function joined(salvage: Salvage | undefined, remote: Remote): ObjectSource {
  if (salvage === undefined) return remote
  return {
    location: remote.location,
    async* get(ids, options) {
      const asked = new Set(ids)
      for await (const object of followLinks({ read: async (id) => salvage.getObject(id), isHere: (id) => options.isHere(id) }, ids)) {
        asked.delete(object.id)
        yield object
      }
      if (asked.size > 0) yield* remote.get([...asked], options)
    },
  }
}

/** Returns the log that goes on: the salvaged store's, else the one that was named, else the only one that the remote has. */
function chooseLog({ salvage, log, preferLog, remote }: Rebuilding, { logs }: Omit<SortedRefs, 'odd'>): Root | undefined {
  const [only, second] = logs
  const store = log ?? salvage?.store ?? preferLog ?? (second === undefined ? only?.ref.slice(OPS.length) : undefined)
  const found = logs.find(({ ref }) => ref === OPS + (store ?? ''))
  if (log !== undefined && found === undefined) throw new AtomError('REF_NOT_FOUND', `${remote.location} has no operation log of the store ${log}`, { data: { name: OPS + log }, hint: `there are: ${logs.map(({ ref }) => ref.slice(OPS.length)).join(', ') || 'none'}` })
  return found
}

interface Receipts { readonly log: LostLog | undefined; readonly sorted: Omit<SortedRefs, 'odd'> }

/** What the lost store had forgotten is refused from now on, before anything is taken. */
async function keepForgotten({ store }: RebuildParts, reader: ObjectReader, { log, sorted }: Receipts): Promise<void> {
  const forgotten = [...log?.refs ?? []].filter(([ref, target]) => ref.startsWith(FORGOTTEN) && target !== undefined)
  const own = forgotten.flatMap(([ref, target]): StoreRecord[] => target === undefined ? [] : [[refKey(ref), encodeTarget(target)]])
  // A remote that still has the bytes gave them.
  const deletes = forgotten.flatMap(([ref]) => (['dag-cbor', 'raw'] as const).map((codec) => objectKey(objectId(ref.slice(FORGOTTEN.length) as Digest, codec)))).filter((key) => store.getRecord(key) !== undefined)
  const others = sorted.receipts.flatMap(({ ref, id }): StoreRecord[] => {
    const receipt = getObjectAs(reader, id, 'receipt')
    return log?.refs.has(ref) === true || receipt === undefined || reader.getObject(receipt.object) !== undefined ? [] : [[refKey(ref), encodeTarget(pointAt(id))]]
  })
  if (own.length + others.length > 0) await store.write({ puts: [...own, ...others, [META.receipts, Uint8Array.of(1)]], deletes }, 'sync')
  // A database keeps what was deleted in its files until it merges them.
  if (deletes.length > 0) await store.compact(rangeOf('object'))
}

/** Returns the ATOMs among what refs and logs name, as far as they are there. */
function tipsOf(reader: ObjectReader, ids: readonly ObjectId[]): readonly ObjectId[] {
  return [...new Set(ids)].flatMap((id) => (reader.getObject(id) === undefined ? [] : peelToAtom(reader, id) ?? []))
}

interface Salvaging {
  readonly salvage: Salvage
  readonly source: ObjectSource
  readonly openScratch: OpenScratch
  readonly known: LostLog | undefined
}

/** Takes what goes beyond the remote; returns the log as it goes on then. */
async function takeSalvaged(parts: RebuildParts, salvaging: Salvaging): Promise<LostLog | undefined> {
  const { salvage, known } = salvaging
  const log = await takeLog(parts, salvaging)
  for (const [ref, target] of salvage.refs) if (target.is === 'object') await takeRoot(parts, salvaging, { ref, id: objectId(target.digest, 'dag-cbor'), kinds: kindsAt(ref) })
  for (const id of log === undefined ? [] : namedIn(parts.objects, log.tip)) {
    if (parts.index.getSeq(digestOf(id)) === undefined && salvage.isAtom(id)) await takeRoot(parts, salvaging, { ref: 'the operation log', id, kinds: ['atom'] })
  }
  return log ?? known
}

async function takeLog(parts: RebuildParts, salvaging: Salvaging): Promise<LostLog | undefined> {
  const { salvage, known } = salvaging
  const isOurs = known === undefined || known.store === salvage.store
  const tip = isOurs ? latestTip({ reader: parts.objects, salvage, known: known?.tip }) : known.tip
  if (tip === undefined || tip === known?.tip) return known
  await takeRoot(parts, salvaging, { ref: OPS + (salvage.store ?? ''), id: tip, kinds: ['op'] })
  return readLog(parts.objects, tip)
}

function kindsAt(ref: string): Root['kinds'] {
  if (ref.startsWith(HEADS)) return ['atom']
  return ref.startsWith(TAGS) ? ['atom', 'tag'] : ['atom', 'op', 'receipt']
}

/** Takes one thing with all that it owns, where all of it is there; nothing otherwise. */
async function takeRoot(parts: RebuildParts, { source, openScratch }: Salvaging, root: Root): Promise<void> {
  if (parts.index.getSeq(digestOf(root.id)) !== undefined) return
  await using staging = createStaging(openScratch)
  try {
    const { atoms: arrived } = await receive({ ...parts, staging, source, have: [], follow: () => false }, [[root]])
    const judging = { staged: staging, arrived, location: source.location }
    await judgeTrees(parts, judging, tipsOf(stagedOver(staging, parts.objects), [root.id]))
    await accept(parts, { ...judging, roots: [root.id], stamp: { agent: parts.identity.agent, command: 'recover' } })
  } catch (error) {
    // Damage is what this is for: what is not whole is counted as lost by who asked.
    if (!isAtomError(error, 'LINK_MISSING') && !isAtomError(error, 'OBJECT_CORRUPT')) throw error
  }
}

interface Moving { readonly log: LostLog | undefined; readonly goal: Goal; readonly stamp: { readonly agent: string; readonly command: string } }

/** First the refs are as the log left them, then one operation of the log moves them. */
async function moveRefs({ store, writer }: RebuildParts, { log, goal, stamp }: Moving): Promise<void> {
  const { atoms } = readLogState(store)
  const puts = [...log?.refs ?? []].flatMap(([ref, target]): StoreRecord[] => (target === undefined ? [] : [[refKey(ref), encodeTarget(target)]]))
  if (log !== undefined) await store.write({ puts: [...puts, [META.log, encodeLogState({ atoms, ops: log.ops, tip: log.tip })]], deletes: [] }, 'sync')
  const edits = editsTo(goal, log)
  // A receipt that no operation of this log named was noted before: it is made again by this one.
  const noted = edits.filter(({ ref, expected }) => ref.startsWith(FORGOTTEN) && expected === undefined)
  await store.write({ puts: [], deletes: noted.map(({ ref }) => refKey(ref)) }, 'sync')
  await writer.transact(stamp, (tx) => { for (const edit of edits) tx.edit(edit) })
}
