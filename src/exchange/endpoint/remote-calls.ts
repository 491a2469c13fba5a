/** The calls of a remote, as requests and answers: docs/spec/http-remote.md. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { cidText, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import { checkInput, invalid, listOf, type Check } from '../../ops/check.js'
import { getRefNameProblem } from '../../refs/name.js'
import { carBlock, carHeader } from '../bundle/car.js'
import { EXTRA_MAX_BYTES, EXTRA_MAX_OBJECTS, HAVE_MAX, PUT_MAX_BYTES, REQUEST_JSON_MAX_BYTES, UPDATES_MAX, type WireOutcome, type WireRefs } from '../http/wire.js'
import type { RefOutcome, RemoteObject } from '../remote.js'
import { carAnswer, jsonAnswer } from './answers.js'
import type { Place } from './place.js'
import { idOrNull, idsUpTo, readCarBody, readJson, someIds } from './requests.js'

/** Those that read single objects need more of the place than its remote. */
export type RemoteCall = (place: Place, request: Request) => Promise<Response>

export const answerRefs: RemoteCall = async ({ remote }) => {
  const { refs, head } = await remote.refs()
  return jsonAnswer({ head: head ?? null, refs: Object.fromEntries([...refs].map(([name, id]) => [name, cidText(id)])) } satisfies WireRefs)
}

const checkIds = checkInput<{ readonly ids: readonly ObjectId[] }>({ ids: someIds })

export const answerMissing: RemoteCall = async ({ remote }, request) => {
  const { ids } = checkIds(await readJson(request, REQUEST_JSON_MAX_BYTES))
  return jsonAnswer({ missing: (await remote.missing(ids)).map(cidText) })
}

const checkGet = checkInput<GetInput>({ ids: someIds, have: idsUpTo(HAVE_MAX) })
interface GetInput { readonly ids: readonly ObjectId[]; readonly have: readonly ObjectId[] }

export const answerGet: RemoteCall = async (place, request) => {
  const input = checkGet(await readJson(request, REQUEST_JSON_MAX_BYTES))
  const objects = give(place, input)[Symbol.asyncIterator]()
  // The first is read before anything is answered: what fails at once is an error with a status.
  const first = await objects.next()
  return carAnswer(blocks(input.ids, first, objects))
}

async function* blocks(ids: readonly ObjectId[], first: IteratorResult<RemoteObject>, rest: AsyncIterator<RemoteObject>): AsyncIterable<Uint8Array> {
  try {
    yield carHeader(ids.slice(0, 1))
    for (let next = first; next.done !== true; next = await rest.next()) yield carBlock(next.value)
  } finally {
    await rest.return?.()
  }
}

/** Yields what was asked for, and of what goes along no more than an answer may hold; each once. */
async function* give({ remote, read }: Place, { ids, have }: GetInput): AsyncIterable<RemoteObject> {
  const asked = new Set(ids)
  const known = new Set(have)
  const given = new Set<ObjectId>()
  const extra = { objects: 0, bytes: 0 }
  for await (const object of remote.get(ids, { have, isHere: (id) => given.has(id) || (known.has(id) && !asked.has(id)) })) {
    if (given.has(object.id)) continue
    if (!asked.has(object.id)) {
      extra.objects++
      extra.bytes += object.bytes.length
      if (extra.objects > EXTRA_MAX_OBJECTS || extra.bytes > EXTRA_MAX_BYTES) break
    }
    given.add(object.id)
    yield object
  }
  const left = ids.filter((id) => !given.has(id))
  if (extra.objects > 0 && left.length > 0) yield* read(left)
}

export const answerPut: RemoteCall = async ({ remote }, request) => {
  const { objects } = await readCarBody(request, PUT_MAX_BYTES)
  const count = { objects: 0 }
  await remote.put(counted(objects, count))
  return jsonAnswer(count)
}

export async function* counted(objects: AsyncIterable<RemoteObject>, count: { objects: number }): AsyncIterable<RemoteObject> {
  for await (const object of objects) {
    count.objects++
    yield object
  }
}

const KEPT_BELOW = ['refs/heads/', 'refs/tags/', 'refs/atom/']

const refName: Check<string> = (value, field) => {
  const problem = typeof value !== 'string' ? 'no text' : KEPT_BELOW.some((prefix) => value.startsWith(prefix)) ? getRefNameProblem(value) : `not below ${KEPT_BELOW.join(', ')}`
  if (problem !== undefined) throw invalid(field, value, `a ref name: ${problem}`)
  return value as string
}

interface UpdateInput { readonly ref: string; readonly expected: ObjectId | null; readonly next: ObjectId | null }
const checkUpdate = checkInput<UpdateInput>({ ref: refName, expected: idOrNull, next: idOrNull })
const checkUpdates = checkInput<{ readonly updates: readonly UpdateInput[] }>({
  updates: (value, field) => {
    if (Array.isArray(value) && value.length > UPDATES_MAX) throw invalid(field, undefined, `a list of at most ${String(UPDATES_MAX)}`)
    return listOf(checkUpdate)(value, field)
  },
})

export const answerUpdateRefs: RemoteCall = async ({ remote }, request) => {
  const { updates } = checkUpdates(await readJson(request, REQUEST_JSON_MAX_BYTES))
  const outcomes = await remote.updateRefs(updates.map(({ ref, expected, next }) => ({ ref, expected: expected ?? undefined, next: next ?? undefined })))
  return jsonAnswer({ outcomes: outcomes.map(wireOutcome) })
}

/** What a ref points at is never raw, so the digest in the error is enough. */
function wireOutcome({ ref, refused }: RefOutcome): WireOutcome {
  if (refused === undefined) return { ref, code: null }
  if (!isAtomError(refused, 'REF_MOVED')) return { ref, code: refused.code, message: refused.message }
  const { actual } = refused.data
  return { ref, code: refused.code, message: refused.message, actual: actual === null ? null : cidText(objectId(actual as Digest, 'dag-cbor')) }
}

export const answerForget: RemoteCall = async ({ remote, keeps }, request) => {
  const { ids } = checkIds(await readJson(request, REQUEST_JSON_MAX_BYTES))
  await remote.forget(ids)
  return jsonAnswer({ forgotten: keeps === 'what refs reach' ? 0 : ids.length })
}

/** Thrown where a place is served for reading only. */
export function readOnly(): AtomError<'REMOTE_REFUSED'> {
  return new AtomError('REMOTE_REFUSED', 'this endpoint only gives: nothing can be written to it', { data: { remote: 'here', reason: 'read-only' } })
}
