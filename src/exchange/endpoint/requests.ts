/** Reads what a request brings, never more than is allowed. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { concatBytes, getText } from '../../base/bytes.js'
import { codecOf, digestOf, idOf, type ObjectId } from '../../codec/object-id.js'
import { openAny } from '../../object/open.js'
import { listOf, type Check, invalid } from '../../ops/check.js'
import { readCar } from '../bundle/car.js'
import { CAR_TYPE, getIdOfCid, JSON_TYPE } from '../http/wire.js'
import { MISSING_MAX_IDS, type RemoteObject } from '../remote.js'
import { Refusal } from './answers.js'

/** Returns the JSON of a request; throws a refusal for another type, for too much and for what is no JSON. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  if (mediaType(request) !== JSON_TYPE) throw new Refusal(415, new AtomError('USAGE', `send ${JSON_TYPE}`, { data: { value: mediaType(request).slice(0, 80) } }))
  const parts: Uint8Array[] = []
  for await (const part of boundedBody(request, maxBytes)) parts.push(part)
  const text = getText(concatBytes(parts))
  try {
    if (text !== undefined) return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Refusal(400, new AtomError('USAGE', 'the body is no JSON', { data: {} }))
}

export function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

export interface CarBody {
  readonly roots: readonly ObjectId[]
  /** Each rehashed and read; read once. */
  readonly objects: AsyncIterable<RemoteObject>
}

/** Reads a CAR as it comes. Throws `BUNDLE_CORRUPT`, `OBJECT_CORRUPT`, and a refusal for too much. */
export async function readCarBody(request: Request, maxBytes: number): Promise<CarBody> {
  if (mediaType(request) !== CAR_TYPE) throw new Refusal(415, new AtomError('USAGE', `send ${CAR_TYPE}`, { data: { value: mediaType(request).slice(0, 80) } }))
  const { roots, blocks } = await readCar(boundedBody(request, maxBytes), 'what was sent')
  return { roots, objects: checked(blocks) }
}

async function* checked(blocks: AsyncIterable<RemoteObject>): AsyncIterable<RemoteObject> {
  for await (const { id, bytes } of blocks) {
    const problem = problemOf(id, bytes)
    if (problem !== undefined) throw new AtomError('OBJECT_CORRUPT', `${digestOf(id)} is not taken: ${problem}`, { data: { id: digestOf(id), reason: problem } })
    yield { id, bytes }
  }
}

/** Bytes under a name that is not theirs would keep the right ones out for ever. */
function problemOf(id: ObjectId, bytes: Uint8Array): string | undefined {
  const actual = idOf(bytes, codecOf(id))
  if (actual !== id) return `the bytes have the digest ${digestOf(actual)}`
  if (codecOf(id) === 'raw') return undefined
  try {
    openAny(bytes)
    return undefined
  } catch (error) {
    if (isAtomError(error)) return error.message
    throw error
  }
}

async function* boundedBody(request: Request, maxBytes: number): AsyncIterable<Uint8Array> {
  const tooMuch = (): Refusal => new Refusal(413, new AtomError('REMOTE_REFUSED', `a request has at most ${String(maxBytes)} bytes`, { data: { remote: 'here', reason: 'too large' }, hint: 'send it in parts' }))
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooMuch()
  let sizeBytes = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw tooMuch()
    yield chunk
  }
}

const anId: Check<ObjectId> = (value, field) => {
  const id = getIdOfCid(value)
  if (id === undefined) throw invalid(field, value, 'a CID of version 1 with raw or dag-cbor and SHA-256')
  return id
}

/** At most `max` ids. */
export function idsUpTo(max: number): Check<readonly ObjectId[]> {
  return (value, field) => {
    if (Array.isArray(value) && value.length > max) throw invalid(field, undefined, `a list of at most ${String(max)}`)
    return listOf(anId)(value, field)
  }
}

export const someIds: Check<readonly ObjectId[]> = idsUpTo(MISSING_MAX_IDS)

export const idOrNull: Check<ObjectId | null> = (value, field) => (value === null ? null : anId(value, field))
