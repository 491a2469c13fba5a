/** A store as an endpoint serves it, in short visits: for reading, and for pushes where there is an intake. */
import { compareText } from '../../base/bytes.js'
import { digestOf, getDigest, type Digest, type ObjectId } from '../../codec/object-id.js'
import { walk } from '../../history/graph/walk.js'
import { allTips } from '../../history/resolve.js'
import { invalid } from '../../ops/check.js'
import { stats as statsOf, type StatsResult } from '../../ops/look/stats.js'
import type { Repo } from '../../ops/repo.js'
import { resolveContext } from '../../ops/context.js'
import { getBody } from '../../store/body.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import { readObject } from '../../store/objects.js'
import { NAMED_MAX, type AtomQuery, type AtomRegister, type Place, type RegisteredAtom, type Window } from './place.js'
import { openStoreRemote, readFrom, type Intake, type Visit } from './store-remote.js'

/** Objects that one visit of a verification looks at: their bytes are read with them. */
const LISTED_MAX = 200
/** ATOMs that one visit of a count or a search looks at. */
const COUNTED_AT_ONCE = 10_000

export function openStorePlace(visit: Visit, location: string, intake?: Intake): Place {
  return { remote: openStoreRemote(visit, location, intake), register: storeRegister(visit), read: (ids) => readFrom(visit, ids), keeps: 'what refs reach' }
}

function storeRegister(visit: Visit): AtomRegister {
  return {
    atoms: (query, window) => visit((repo) => listAtoms(repo, query, window)),
    named: (name) => visit(async ({ index }) => {
      const seqs = 'object' in name ? [index.getSeq(name.object)].filter((seq) => seq !== undefined) : await index.withAtomId(name.atomId)
      return seqs.slice(0, NAMED_MAX).map((seq) => registered(digestOf(index.node(seq).id), index.orderMs(seq)))
    }),
    async objects({ after, limit }) {
      if (after !== undefined && !/^(?:55|71)[0-9a-f]{64}$/.test(after)) throw invalid('after', after, 'what next said')
      const items = await visit((repo) => listObjects(repo, { after: after as ObjectId | undefined, limit: Math.min(limit, LISTED_MAX) }))
      return { items, next: items.length < Math.min(limit, LISTED_MAX) ? undefined : items.at(-1) }
    },
    async stats() {
      const counted = await visit(async (repo) => await statsOf.run(repo, { revisions: [] }) as StatsResult)
      const { objects, bytes } = await countObjects(visit)
      return { atoms: counted.atoms, unverified: 0, objects, bytes, byType: inOrder(counted.types), byAgent: inOrder(counted.agents), lastSyncedAtMs: undefined }
    },
  }
}

/** A store knows when an ATOM was made, not when it came here. */
function registered(object: Digest, timeMs: number): RegisteredAtom {
  return { object, status: 'verified', syncedAtMs: timeMs }
}

async function listAtoms(repo: Repo, query: AtomQuery, { after, limit }: Window): Promise<{ readonly items: readonly RegisteredAtom[]; readonly next: string | undefined }> {
  const digest = after === undefined ? undefined : getDigest(after)
  const from = digest === undefined ? undefined : repo.index.getSeq(digest)
  if (after !== undefined && from === undefined) throw invalid('after', after, 'what next said')
  const items: RegisteredAtom[] = []
  let isBehind = from === undefined
  for (const seq of walk(repo.index, await allTips(resolveContext(repo)), {})) {
    repo.signal.throwIfAborted()
    if (isBehind && fits(repo, seq, query)) {
      if (items.length === limit) return { items, next: items.at(-1)?.object }
      items.push(registered(digestOf(repo.index.node(seq).id), repo.index.orderMs(seq)))
    }
    isBehind ||= seq === from
  }
  return { items, next: undefined }
}

function fits({ index, objects }: Repo, seq: number, { type, agent, sinceMs, words }: AtomQuery): boolean {
  if (type !== undefined && index.type(seq) !== type) return false
  if (agent === undefined && sinceMs === undefined && words === undefined) return true
  const header = readObject(objects, index.node(seq).id, 'atom')
  if ((agent !== undefined && header.agent !== agent) || (sinceMs !== undefined && header.timeMs < sinceMs)) return false
  if (words === undefined) return true
  const body = getBody(objects, header.body)
  return `${body?.title ?? ''}\n${body?.reason ?? ''}`.toLowerCase().includes(words.toLowerCase())
}

async function listObjects({ store }: Repo, { after, limit }: { readonly after: ObjectId | undefined; readonly limit: number }): Promise<readonly ObjectId[]> {
  const { gte, lt } = rangeOf('object')
  const ids: ObjectId[] = []
  for await (const records of store.scan({ gte: after === undefined ? gte : objectKey(after), lt }, { limit: limit + 1 })) {
    for (const [key] of records) {
      const id = getObjectKeyId(key)
      if (id !== undefined && id !== after && ids.length < limit) ids.push(id)
    }
  }
  return ids
}

async function countObjects(visit: Visit): Promise<{ readonly objects: number; readonly bytes: number }> {
  let [objects, bytes] = [0, 0]
  let last: ObjectId | undefined
  do {
    const after: ObjectId | undefined = last
    const part: CountedPart = await visit((repo) => countPart(repo, after))
    objects += part.objects
    bytes += part.bytes
    last = part.last
  } while (last !== undefined)
  return { objects, bytes }
}

interface CountedPart {
  readonly objects: number
  readonly bytes: number
  /** undefined at the end. */
  readonly last: ObjectId | undefined
}

async function countPart({ store }: Repo, after: ObjectId | undefined): Promise<CountedPart> {
  const { gte, lt } = rangeOf('object')
  let [objects, bytes, last] = [0, 0, undefined as ObjectId | undefined]
  for await (const records of store.scan({ gte: after === undefined ? gte : objectKey(after), lt }, { limit: COUNTED_AT_ONCE + 1 })) {
    for (const [key, value] of records) {
      const id = getObjectKeyId(key)
      if (id === undefined || id === after) continue
      objects++
      bytes += value.length
      last = id
    }
  }
  return { objects, bytes, last: objects < COUNTED_AT_ONCE ? undefined : last }
}

function inOrder(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([left], [right]) => compareText(left, right)))
}
