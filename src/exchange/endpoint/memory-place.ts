/** A place in memory: the reference for all others, over the reference of remotes. */
import { codecOf, digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { compareText } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import type { AtomHeader } from '../../object/atom.js'
import { typeOf } from '../../object/atom-id.js'
import { openAny } from '../../object/open.js'
import { invalid } from '../../ops/check.js'
import { getBody } from '../../store/body.js'
import { openMemoryRemote, type MemoryRemoteState } from '../memory-remote.js'
import { NAMED_MAX, type AtomQuery, type AtomRegister, type Place, type RegisteredAtom, type SaidAtom, type Slice, type Window } from './place.js'

export interface MemoryPlaceState {
  readonly remote: MemoryRemoteState
  readonly said: Map<Digest, { readonly atom: SaidAtom; readonly syncedAtMs: number }>
}

interface Row extends RegisteredAtom { readonly atom: Omit<SaidAtom, 'json'> }

export function openMemoryPlace(state: MemoryPlaceState, nowMs: () => number): Place {
  const rows = (): readonly Row[] => [...storedRows(state), ...saidRows(state)].sort((left, right) => right.atom.timeMs - left.atom.timeMs || compareText(left.object, right.object))
  const register: AtomRegister = {
    async atoms(query, window) {
      return sliceOf(rows().filter(({ atom }) => fits(atom, query)), ({ object }) => object, window)
    },
    async named(name) {
      return rows().filter(({ atom }) => ('object' in name ? atom.object === name.object : atom.atomId === name.atomId)).slice(0, NAMED_MAX)
    },
    async note(said) {
      const known = new Set(rows().map(({ object }) => object))
      const fresh = said.filter(({ object }) => !known.has(object))
      for (const atom of fresh) state.said.set(atom.object, { atom, syncedAtMs: nowMs() })
      return new Set(fresh.map(({ object }) => object))
    },
    async objects(window) {
      return sliceOf([...state.remote.objects.keys()].sort(compareText), (id) => id, window)
    },
    async stats() {
      const all = rows()
      return {
        atoms: all.filter(({ status }) => status === 'verified').length, unverified: all.filter(({ status }) => status === 'unverified').length,
        objects: state.remote.objects.size, bytes: [...state.remote.objects.values()].reduce((sum, { length }) => sum + length, 0),
        byType: countBy(all, ({ atom }) => atom.type), byAgent: countBy(all, ({ atom }) => atom.agent),
        lastSyncedAtMs: all.length === 0 ? undefined : Math.max(...all.map(({ syncedAtMs }) => syncedAtMs)),
      }
    },
  }
  return {
    remote: openMemoryRemote(state.remote), register,
    async* read(ids) {
      for (const id of new Set(ids)) {
        const bytes = state.remote.objects.get(id)
        if (bytes !== undefined) yield { id, bytes }
      }
    },
  }
}

function storedRows({ remote }: MemoryPlaceState): readonly Row[] {
  return [...remote.objects].flatMap(([id, bytes]): Row[] => {
    const header = codecOf(id) === 'raw' ? undefined : getHeader(bytes)
    if (header === undefined) return []
    const body = getBody({ getObject: (wanted: ObjectId) => remote.objects.get(wanted) }, header.body)
    const { atomId, operation, agent, timeMs } = header
    const object = digestOf(id)
    return [{ object, status: 'verified', syncedAtMs: 0, atom: { object, atomId, type: typeOf(atomId), operation, agent, timeMs, title: body?.title ?? null, reason: body?.reason ?? null } }]
  })
}

function getHeader(bytes: Uint8Array): AtomHeader | undefined {
  try {
    const object = openAny(bytes)
    return object.kind === 'atom' ? object.value : undefined
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

/** What became whole is not unverified any more. */
function saidRows({ remote, said }: MemoryPlaceState): readonly Row[] {
  return [...said].filter(([object]) => !remote.objects.has(`71${object}` as ObjectId)).map(([object, { atom, syncedAtMs }]) => ({ object, status: 'unverified', syncedAtMs, said: atom.json, atom }))
}

function fits(atom: Row['atom'], { type, agent, sinceMs, words }: AtomQuery): boolean {
  const text = `${atom.title ?? ''}\n${atom.reason ?? ''}`.toLowerCase()
  return (type === undefined || atom.type === type) && (agent === undefined || atom.agent === agent) && (sinceMs === undefined || atom.timeMs >= sinceMs)
    && (words === undefined || text.includes(words.toLowerCase()))
}

function sliceOf<Item>(items: readonly Item[], nameOf: (item: Item) => string, { after, limit }: Window): Slice<Item> {
  const start = after === undefined ? 0 : items.findIndex((item) => nameOf(item) === after) + 1
  if (after !== undefined && start === 0) throw invalid('after', after, 'what next said')
  const slice = items.slice(start, start + limit)
  const last = slice.at(-1)
  return { items: slice, next: start + limit < items.length && last !== undefined ? nameOf(last) : undefined }
}

function countBy(rows: readonly Row[], wordOf: (row: Row) => string): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(wordOf(row), (counts.get(wordOf(row)) ?? 0) + 1)
  return Object.fromEntries(counts)
}
