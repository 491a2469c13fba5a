/** ATOMs as an endpoint answers with them: product JSON, made from their objects where these are here. */
import { isAtomError } from '../../base/errors.js'
import { codecOf, objectId, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { getBody } from '../../store/body.js'
import { getObjectAs } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { formatTime, toAtomJson, type AtomJson } from '../../trail/atom-json.js'
import type { AtomRecord } from '../../trail/record.js'
import { diffTrees, type TreeChange } from '../../tree/diff.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { Reading } from './look-up.js'
import type { AtomStatus, Place, RegisteredAtom } from './place.js'

/** Rounds of reading for one answer: a place that asks a database each time has no more than 50 questions. */
const ROUNDS_MAX = 40

export interface AtomAnswer extends AtomJson {
  readonly status: AtomStatus
  readonly synced_at: string
  /** False where the files could not be read in time, or are not here: then `files` is empty. */
  readonly files_known: boolean
}

/** Returns the answers in order. What is registered and cannot be read is left out. `tainted` is false: it takes the whole trail to know. */
export async function atomAnswers(place: Pick<Place, 'read'>, atoms: readonly RegisteredAtom[]): Promise<readonly unknown[]> {
  const reading = new Reading(place, ROUNDS_MAX)
  const records = await reading.settle(atoms.map(({ object, said }) => (objects) => said === undefined ? recordOf(objects, objectId(object, 'dag-cbor')) : undefined))
  const files = await reading.settle(records.map((record) => (objects) => record === undefined ? undefined : filesOf(objects, record.header)))
  return atoms.flatMap(({ status, syncedAtMs, said }, at): unknown[] => {
    const times = { status, synced_at: formatTime(syncedAtMs) }
    if (said !== undefined) return [{ ...JSON.parse(said) as object, ...times, files_known: false }]
    const record = records[at]
    if (record === undefined) return []
    return [{ ...toAtomJson({ ...record, ...(files[at] && { files: files[at] }) }), ...times, files_known: files[at] !== undefined } satisfies AtomAnswer]
  })
}

function recordOf(objects: ObjectReader, id: ObjectId): AtomRecord | undefined {
  const header = headerOf(objects, id)
  if (header === undefined) return undefined
  const [first] = header.parents
  const body = codecOf(header.body) === 'dag-cbor' ? unlessUnreadable(() => getBody(objects, header.body)) : undefined
  const previous = first === undefined ? undefined : headerOf(objects, first)
  return {
    seq: 0, id, header, isTainted: false,
    ...(body !== undefined && { body }),
    ...(previous !== undefined && { previousAtomId: previous.atomId }),
    influences: header.influencedBy.map(({ object }) => {
      const known = headerOf(objects, objectId(object, 'dag-cbor'))
      return { object, ...(known !== undefined && { atomId: known.atomId }) }
    }),
  }
}

function headerOf(objects: ObjectReader, id: ObjectId): AtomHeader | undefined {
  return unlessUnreadable(() => getObjectAs(objects, id, 'atom'))
}

/** Against the first parent; undefined where a tree is not here. */
function filesOf(objects: ObjectReader, { parents: [first], tree }: AtomHeader): readonly TreeChange[] | undefined {
  return unlessUnreadable(() => {
    const before = first === undefined ? EMPTY_TREE.id : headerOf(objects, first)?.tree
    return before === undefined ? undefined : diffTrees(objects, before, tree)
  })
}

/** What is damaged is named by `verify`; a list shows the rest. */
function unlessUnreadable<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
