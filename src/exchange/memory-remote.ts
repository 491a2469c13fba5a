/** A remote in memory: the reference for all others, and stricter. It copies bytes and refuses to keep what is not what it says, or whose order is wrong. */
import { codecOf, idOf, type ObjectId } from '../codec/object-id.js'
import { openAny } from '../object/open.js'
import { ownedLinks } from '../object/links.js'
import type { GetOptions, RefOutcome, RefUpdate, Remote, RemoteObject, RemoteState } from './remote.js'
import { refMoved, refusedBy, targetMissing } from './remote-errors.js'

/** What stays between two openings. */
export interface MemoryRemoteState {
  readonly objects: Map<ObjectId, Uint8Array>
  readonly refs: Map<string, ObjectId>
  /** Objects that were dropped on purpose: their owners may come without them. */
  readonly forgotten: Set<ObjectId>
  head: string | undefined
}

export function createMemoryRemoteState(): MemoryRemoteState {
  return { objects: new Map(), refs: new Map(), forgotten: new Set(), head: undefined }
}

export function openMemoryRemote(state: MemoryRemoteState, location = 'memory'): Remote {
  return {
    location,
    async refs(): Promise<RemoteState> {
      return { refs: new Map(state.refs), head: state.head }
    },
    async missing(ids) {
      return ids.filter((id) => !state.objects.has(id))
    },
    async* get(ids: readonly ObjectId[], _options: GetOptions) {
      for (const id of ids) {
        const bytes = state.objects.get(id)
        if (bytes !== undefined) yield { id, bytes: bytes.slice() }
      }
    },
    async put(objects) {
      for await (const object of objects) {
        checkObject(state, object, location)
        state.objects.set(object.id, object.bytes.slice())
      }
    },
    async updateRefs(updates) {
      return updates.map((update) => moveRef(state, update))
    },
    async forget(ids) {
      for (const id of ids) {
        state.objects.delete(id)
        state.forgotten.add(id)
      }
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held.
    },
  }
}

function checkObject(state: MemoryRemoteState, { id, bytes }: RemoteObject, location: string): void {
  if (idOf(bytes, codecOf(id)) !== id) throw refusedBy(location, `bytes that are not those of ${id}`)
  if (codecOf(id) === 'raw') return
  const object = openAny(bytes)
  if (object.kind === 'receipt') state.forgotten.add(object.value.object)
  for (const link of ownedLinks(object)) {
    if (object.kind !== 'op' && !state.objects.has(link.id) && !state.forgotten.has(link.id)) throw refusedBy(location, `${id} came before its ${link.role} ${link.id}`)
  }
}

function moveRef(state: MemoryRemoteState, update: RefUpdate): RefOutcome {
  const { ref, expected, next } = update
  const actual = state.refs.get(ref)
  if (actual !== expected) return { ref, refused: refMoved(update, actual) }
  if (next === undefined) state.refs.delete(ref)
  else if (state.objects.has(next)) state.refs.set(ref, next)
  else return { ref, refused: targetMissing(ref, next) }
  state.head ??= ref.startsWith('refs/heads/') ? ref : undefined
  return { ref, refused: undefined }
}
