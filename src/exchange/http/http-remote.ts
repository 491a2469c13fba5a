/**
 * A remote across HTTP: a Worker in front of a database, or another `atom serve`. docs/spec/http-remote.md.
 *
 * Guarantees: requests are small enough to be sent again; what an answer may hold is bounded by what was asked. Trusts nothing of what comes: ids and names are read strictly, bytes are
 * judged by whoever asked for them.
 */
import { isAtomError } from '../../base/errors.js'
import { concatBytes, utf8 } from '../../base/bytes.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import { cidText, type ObjectId } from '../../codec/object-id.js'
import { carBlock, carHeader, readCar } from '../bundle/car.js'
import { MISSING_MAX_IDS, type GetOptions, type RefOutcome, type RefUpdate, type Remote, type RemoteObject, type RemoteState } from '../remote.js'
import { refMoved, refusedBy, targetMissing } from '../remote-errors.js'
import { askCar, askJson, type HttpHost, type JsonAnswer } from './ask.js'
import { CAR_TYPE, cidOrNull, EXTRA_MAX_BYTES, EXTRA_MAX_OBJECTS, getIdOfCid, HAVE_MAX, JSON_TYPE, PATHS, UPDATES_MAX, type WireUpdate } from './wire.js'

/** What one `put` sends: little enough that a Worker answers soon. */
const PUT_OBJECTS = 1_000
const PUT_BYTES = 4_194_304
/** Beside the bytes of an object: its length and its CID. */
const FRAME_BYTES = 40

export function openHttpRemote(host: HttpHost): Remote {
  return {
    location: host.location,
    refs: () => readRefs(host),
    missing: (ids) => readMissing(host, ids),
    get: (ids, options) => getObjects(host, ids, options),
    put: (objects) => putObjects(host, objects),
    updateRefs: (updates) => moveRefs(host, updates),
    forget: (ids) => forget(host, ids),
    async [Symbol.asyncDispose]() {
      // Nothing stays open between two calls.
    },
  }
}

function post(host: HttpHost, path: string, value: unknown): Promise<JsonAnswer> {
  return askJson(host, { path, body: { type: JSON_TYPE, bytes: utf8(JSON.stringify(value)) } })
}

interface Fields { readonly [key: string]: unknown }

function fieldsOf({ location }: HttpHost, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusedBy(location, 'its answer is not of the form that was asked for')
  return value as Fields
}

function listOf(host: HttpHost, value: unknown, key: string): readonly unknown[] {
  const list = fieldsOf(host, value)[key]
  if (!Array.isArray(list)) throw refusedBy(host.location, `its answer has no list of ${key}`)
  return list
}

function idIn({ location }: HttpHost, value: unknown): ObjectId {
  const id = getIdOfCid(value)
  if (id === undefined) throw refusedBy(location, 'its answer names an object by something else than its CID')
  return id
}

async function readRefs(host: HttpHost): Promise<RemoteState> {
  const { head, refs } = fieldsOf(host, (await askJson(host, { path: PATHS.refs })).value)
  if (head !== null && typeof head !== 'string') throw refusedBy(host.location, 'its answer has no head')
  return { refs: new Map(Object.entries(fieldsOf(host, refs)).map(([name, target]) => [name, idIn(host, target)])), head: head ?? undefined }
}

async function readMissing(host: HttpHost, ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
  const missing: ObjectId[] = []
  for (const asked of parts(ids, MISSING_MAX_IDS)) {
    const wanted = new Set(asked)
    for (const text of listOf(host, (await post(host, PATHS.missing, { ids: asked.map(cidText) })).value, 'missing')) {
      const id = idIn(host, text)
      // Once each, and nothing that it was not asked for.
      if (wanted.delete(id)) missing.push(id)
    }
  }
  return missing
}

/** What the caller has is told by tips alone: it would take longer to tell all of it than to be sent a part of it twice. */
async function* getObjects(host: HttpHost, ids: readonly ObjectId[], { have }: GetOptions): AsyncIterable<RemoteObject> {
  for (const asked of parts(ids, MISSING_MAX_IDS)) {
    const question = { path: PATHS.get, body: { type: JSON_TYPE, bytes: utf8(JSON.stringify({ ids: asked.map(cidText), have: have.slice(0, HAVE_MAX).map(cidText) })) } }
    const objectsMax = asked.length + EXTRA_MAX_OBJECTS
    const chunks = await askCar(host, question, (asked.length + 1) * OBJECT_MAX_BYTES + EXTRA_MAX_BYTES + (objectsMax + 100) * FRAME_BYTES)
    let objects = 0
    for await (const object of blocksOf(host, chunks)) {
      if (++objects > objectsMax) throw refusedBy(host.location, `it gives more than the ${String(objectsMax)} objects that an answer may hold`)
      yield object
    }
  }
}

async function* blocksOf({ location }: HttpHost, chunks: AsyncIterable<Uint8Array>): AsyncIterable<RemoteObject> {
  try {
    yield* (await readCar(chunks, location)).blocks
  } catch (error) {
    if (!isAtomError(error, 'BUNDLE_CORRUPT')) throw error
    throw refusedBy(location, `its answer is damaged: at byte ${String(error.data.offset)}, ${error.data.reason}`, error)
  }
}

async function putObjects(host: HttpHost, objects: AsyncIterable<RemoteObject>): Promise<void> {
  let blocks: Uint8Array[] = []
  let sizeBytes = 0
  const send = async (): Promise<void> => {
    if (blocks.length === 0) return
    const bytes = concatBytes([carHeader([]), ...blocks])
    blocks = []
    sizeBytes = 0
    await askJson(host, { path: PATHS.put, body: { type: CAR_TYPE, bytes } })
  }
  for await (const object of objects) {
    if (sizeBytes + object.bytes.length > PUT_BYTES) await send()
    blocks.push(carBlock(object))
    sizeBytes += object.bytes.length + FRAME_BYTES
    if (blocks.length >= PUT_OBJECTS) await send()
  }
  await send()
}

async function moveRefs(host: HttpHost, updates: readonly RefUpdate[]): Promise<readonly RefOutcome[]> {
  const outcomes: RefOutcome[] = []
  for (const asked of parts(updates, UPDATES_MAX)) {
    const wire = asked.map(({ ref, expected, next }): WireUpdate => ({ ref, expected: cidOrNull(expected), next: cidOrNull(next) }))
    const { value, attempt } = await post(host, PATHS.refs, { updates: wire })
    const answers = listOf(host, value, 'outcomes')
    if (answers.length !== asked.length) throw refusedBy(host.location, 'it does not say what became of every ref')
    for (const [at, update] of asked.entries()) outcomes.push(outcomeOf(host, update, { answer: answers[at], attempt }))
  }
  return outcomes
}

function outcomeOf(host: HttpHost, update: RefUpdate, { answer, attempt }: { readonly answer: unknown; readonly attempt: number }): RefOutcome {
  const { ref, code, message, actual } = fieldsOf(host, answer)
  if (ref !== update.ref) throw refusedBy(host.location, 'it speaks of another ref than it was asked to move')
  if (code === null) return { ref, refused: undefined }
  if (code === 'REF_MOVED') {
    const now = actual === null ? undefined : idIn(host, actual)
    // It was asked before, and that answer was lost: the ref is where it was to go.
    return { ref, refused: attempt > 1 && now === update.next ? undefined : refMoved(update, now) }
  }
  const said = typeof message === 'string' ? message.slice(0, 300).replaceAll(host.token, '…') : undefined
  if (code === 'LINK_MISSING' && update.next !== undefined) return { ref, refused: targetMissing(ref, update.next, said) }
  return { ref, refused: refusedBy(host.location, said ?? `it will not move ${ref}`) }
}

async function forget(host: HttpHost, ids: readonly ObjectId[]): Promise<void> {
  let kept = 0
  for (const asked of parts(ids, MISSING_MAX_IDS)) {
    const { forgotten } = fieldsOf(host, (await post(host, PATHS.forget, { ids: asked.map(cidText) })).value)
    if (forgotten === 0) kept += asked.length
  }
  if (kept > 0) host.context.reporter.warn(`${host.location} keeps what was forgotten here (${String(kept)} objects): whoever works there was offered the receipts, and may erase it with atom forget --accept`)
}

function parts<Item>(items: readonly Item[], count: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / count) }, (_, index) => items.slice(index * count, (index + 1) * count))
}
