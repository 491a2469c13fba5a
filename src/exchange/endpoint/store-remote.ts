/** A store as a remote: each call is a short visit, so that others have it in between. What is pushed into it, if anybody may, is judged like what a fetch brings. */
import { toHex } from '../../base/bytes.js'
import { codecOf, digestOf, type ObjectId } from '../../codec/object-id.js'
import { range } from '../../history/graph/reachable.js'
import { openAny } from '../../object/open.js'
import type { Repo } from '../../ops/repo.js'
import { FORGOTTEN, HEADS, OPS, TAGS } from '../../refs/name.js'
import { readLogState } from '../../refs/log-state.js'
import { getHeadBranch, listRefs, resolveRef } from '../../refs/ref.js'
import { META } from '../../store/objects.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { GetOptions, Remote, RemoteObject, RemoteState } from '../remote.js'
import { followLinks } from '../follow-links.js'
import { takePush } from '../sync/incoming.js'
import { outgoingAtoms } from '../sync/outgoing.js'
import type { OpenScratch } from '../sync/staging.js'
import type { Quarantine } from './quarantine.js'
import { readOnly } from './remote-calls.js'

/** Runs work on a store and lets go of it again. */
export type Visit = <Result>(work: (repo: Repo) => Promise<Result>) => Promise<Result>

/** What one visit reads: more would keep others waiting. */
const VISIT_BYTES = 4_194_304
const VISIT_OBJECTS = 2_000

/** How pushes are taken. */
export interface Intake {
  readonly quarantine: Quarantine
  readonly openScratch: OpenScratch
  /** Visits that may write. */
  readonly visit: Visit
}

/** Without an intake it can only be read. */
export function openStoreRemote(visit: Visit, location: string, intake?: Intake): Remote {
  const refuse = async (): Promise<never> => { throw readOnly() }
  const remote: Remote = {
    location,
    refs: () => visit(readState),
    missing: (ids) => visit(async ({ objects }) => ids.filter((id) => id !== EMPTY_TREE.id && objects.getObject(id) === undefined)),
    get: (ids, options) => getWithOwned(visit, ids, options),
    put: refuse, updateRefs: refuse, forget: refuse,
    async [Symbol.asyncDispose]() {
      // Nothing is held between two visits.
    },
  }
  return intake === undefined ? remote : withIntake(remote, intake)
}

/** What was pushed and no ref leads to yet is here for whoever asks, so that a push which was cut off goes on. */
function withIntake(remote: Remote, { quarantine, openScratch, visit }: Intake): Remote {
  return {
    ...remote,
    missing: async (ids) => (await remote.missing(ids)).filter((id) => quarantine.getObject(id) === undefined),
    async* get(ids, options) {
      const left = new Set(ids)
      for await (const object of remote.get(ids, options)) {
        left.delete(object.id)
        yield object
      }
      for (const id of left) {
        const bytes = quarantine.getObject(id)
        if (bytes !== undefined && !options.isHere(id)) yield { id, bytes }
      }
    },
    put: (objects) => quarantine.put(objects),
    updateRefs: (updates) => visit(async (repo) => {
      const read = async (id: ObjectId): Promise<Uint8Array | undefined> => (id === EMPTY_TREE.id ? EMPTY_TREE.bytes : quarantine.getObject(id) ?? repo.objects.getObject(id))
      const source = { location: 'what was pushed', get: (ids: readonly ObjectId[], { isHere }: GetOptions) => followLinks({ read, isHere }, ids) }
      const outcomes = await takePush(repo, { source, openScratch, updates })
      await quarantine.dropKnown(repo.objects)
      return outcomes
    }),
    // Nothing is erased because somebody else did: whoever works here is offered the receipt.
    forget: async () => undefined,
  }
}

async function readState({ store }: Repo): Promise<RemoteState> {
  const refs = new Map<string, ObjectId>()
  for (const prefix of [HEADS, TAGS, FORGOTTEN, OPS]) {
    for (const { name } of await listRefs(store, prefix)) {
      const id = resolveRef(store, name)
      if (id !== undefined) refs.set(name, id)
    }
  }
  const { tip } = readLogState(store)
  if (tip !== undefined) refs.set(OPS + toHex(store.getRecord(META.store) ?? new Uint8Array(0)), tip)
  const head = getHeadBranch(store)
  return { refs, head: head !== undefined && refs.has(head) ? head : undefined }
}

/** Yields those of the objects that are there, once each. */
export async function* readFrom(visit: Visit, ids: Iterable<ObjectId>): AsyncIterable<RemoteObject> {
  const left = [...new Set(ids)].reverse()
  while (left.length > 0) yield* await visit(async ({ objects }) => takePart(objects, left))
}

/** Takes from the end of the list until a visit has enough. */
function takePart(objects: Repo['objects'], left: ObjectId[]): readonly RemoteObject[] {
  const taken: RemoteObject[] = []
  let sizeBytes = 0
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    const bytes = id === EMPTY_TREE.id ? EMPTY_TREE.bytes : objects.getObject(id)
    if (bytes === undefined) continue
    taken.push({ id, bytes: bytes.slice() })
    sizeBytes += bytes.length
    if (sizeBytes >= VISIT_BYTES || taken.length >= VISIT_OBJECTS) break
  }
  return taken
}

/** What was asked for; then what the ATOMs among it lead to, newest first, each with what it changed; then older operations. */
async function* getWithOwned(visit: Visit, ids: readonly ObjectId[], { have, isHere }: GetOptions): AsyncIterable<RemoteObject> {
  const starts: ObjectId[] = []
  for await (const object of readFrom(visit, ids)) {
    if (!isHere(object.id)) yield object
    if (codecOf(object.id) === 'dag-cbor') starts.push(object.id)
  }
  // Oldest first: taken from its end.
  const chosen = await visit(async ({ index }) => {
    const seqs = (list: readonly ObjectId[]): readonly number[] => list.flatMap((id) => index.getSeq(digestOf(id)) ?? [])
    return [...range(index, seqs(starts), seqs(have)).ascending()]
  })
  while (chosen.length > 0) yield* unlessHere(readFrom(visit, await visit(async (repo) => idsOf(repo, chosen))), isHere)
  yield* olderOps(visit, starts, isHere)
}

/** Returns the ids of what the last ATOMs of a list own, each after its owner. */
function idsOf(repo: Repo, chosen: number[]): readonly ObjectId[] {
  const ids: ObjectId[] = []
  for (let seq = chosen.pop(); seq !== undefined; seq = chosen.pop()) {
    // They come with what is owned before its owner.
    ids.push(...[...outgoingAtoms(repo, { include: [seq], exclude: repo.index.parents(seq) })].map(({ id }) => id).reverse())
    if (ids.length >= VISIT_OBJECTS) break
  }
  return ids
}

async function* olderOps(visit: Visit, starts: readonly ObjectId[], isHere: (id: ObjectId) => boolean): AsyncIterable<RemoteObject> {
  for (let from: readonly ObjectId[] = starts; from.length > 0;) {
    const part: readonly RemoteObject[] = await visit(async ({ objects }) => opsBefore(objects, from))
    yield* part.filter(({ id }) => !isHere(id))
    from = part.slice(-1).map(({ id }) => id)
  }
}

function opsBefore(objects: Repo['objects'], from: readonly ObjectId[]): readonly RemoteObject[] {
  const found: RemoteObject[] = []
  for (const start of from) {
    for (let id = previousOf(objects, start); id !== undefined && found.length < VISIT_OBJECTS; id = previousOf(objects, id)) {
      const bytes = objects.getObject(id)
      if (bytes === undefined) break
      found.push({ id, bytes: bytes.slice() })
    }
  }
  return found
}

function previousOf(objects: Repo['objects'], id: ObjectId): ObjectId | undefined {
  const bytes = objects.getObject(id)
  const object = bytes === undefined ? undefined : openAny(bytes)
  return object?.kind === 'op' ? object.value.previous : undefined
}

async function* unlessHere(objects: AsyncIterable<RemoteObject>, isHere: (id: ObjectId) => boolean): AsyncIterable<RemoteObject> {
  for await (const object of objects) if (!isHere(object.id)) yield object
}
