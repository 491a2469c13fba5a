/** The ATOMs of a page in the one order: corrected time descending, then id. Reads headers once; bodies when they are asked for. */
import { compareText } from '../base/bytes.js'
import { isAtomError } from '../base/errors.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'
import type { AtomHeader } from '../object/atom.js'
import type { Body } from '../object/body.js'
import { openAny } from '../object/open.js'
import { getBody } from '../store/body.js'
import type { ObjectReader } from '../store/types.js'

export interface PageAtom {
  readonly id: ObjectId
  readonly header: AtomHeader
  /** max(own time, 1 + the parents' corrected times), as far as the parents are here. */
  readonly orderMs: number
}

export interface Timeline {
  readonly objects: ObjectReader
  /** Newest first. */
  readonly atoms: readonly PageAtom[]
  getAtom(id: ObjectId): PageAtom | undefined
}

/** Returns what is an ATOM among the objects. What cannot be read is left to the verdict, which names it. */
export function readTimeline(objects: ObjectReader, objectIds: readonly ObjectId[]): Timeline {
  const headers = new Map<ObjectId, AtomHeader>()
  for (const id of objectIds) {
    const header = getHeader(objects, id)
    if (header !== undefined) headers.set(id, header)
  }
  const atoms = new Map<ObjectId, PageAtom>()
  for (const id of headers.keys()) settle(id, headers, atoms)
  const ordered = [...atoms.values()].sort((left, right) => right.orderMs - left.orderMs || compareText(digestOf(left.id), digestOf(right.id)))
  return { objects, atoms: ordered, getAtom: (id) => atoms.get(id) }
}

function getHeader(objects: ObjectReader, id: ObjectId): AtomHeader | undefined {
  const bytes = objects.getObject(id)
  try {
    const object = bytes === undefined ? undefined : openAny(bytes)
    return object?.kind === 'atom' ? object.value : undefined
  } catch (error) {
    if (!isAtomError(error)) throw error
    // Not in its only form: the verdict says so.
    return undefined
  }
}

/** Parents first, without recursion: a trail is as deep as it is long. */
function settle(start: ObjectId, headers: ReadonlyMap<ObjectId, AtomHeader>, atoms: Map<ObjectId, PageAtom>): void {
  const stack = [start]
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    const header = headers.get(id)
    const open = header === undefined || atoms.has(id) ? [] : header.parents.filter((parent) => headers.has(parent) && !atoms.has(parent))
    if (open.length > 0) {
      stack.push(...open)
      continue
    }
    stack.pop()
    if (header === undefined || atoms.has(id)) continue
    const orderMs = header.parents.reduce((time, parent) => Math.max(time, (atoms.get(parent)?.orderMs ?? -Infinity) + 1), header.timeMs)
    atoms.set(id, { id, header, orderMs })
  }
}

/** Returns the body of an ATOM; undefined where it is not there, or cannot be read. */
export function readBody(objects: ObjectReader, { body }: AtomHeader): Body | undefined {
  try {
    return getBody(objects, body)
  } catch (error) {
    if (!isAtomError(error)) throw error
    return undefined
  }
}
