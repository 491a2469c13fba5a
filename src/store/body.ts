/** Moves body values that are too large out into contents of their own, and back. The format's rule is in docs/spec/object.md. */
import { AtomError } from '../base/errors.js'
import { compareText, getText, utf8, utf8Length } from '../base/bytes.js'
import { BODY_VALUE_INLINE_MAX_BYTES, OBJECT_MAX_BYTES } from '../base/limits.js'
import { decode } from '../codec/cbor-decode.js'
import { encode, type CborValue } from '../codec/cbor.js'
import type { ObjectId } from '../codec/object-id.js'
import { encodeBody, type Body } from '../object/body.js'
import { seal, type SealedObject } from '../object/seal.js'
import { getContent, sealContent, type SealedContent } from './content.js'
import { getObjectAs } from './objects.js'
import type { ObjectReader } from './types.js'

export interface SealedBody {
  readonly body: SealedObject
  readonly value: Body
  /** Contents that the body links. */
  readonly contents: readonly SealedObject[]
}

/** Returns a body as objects: values above 64 KiB, and then the largest ones until the body fits, lie beside it. Throws `OBJECT_INVALID` when it cannot fit. */
export function sealBody(body: Body): SealedBody {
  const whole = isSmall(body) ? encodeBody(body) : undefined
  if (whole !== undefined && whole.length <= OBJECT_MAX_BYTES) return sealed(body, whole, [])
  const values = movable(body)
  const least = values.filter(({ sizeBytes }) => sizeBytes > BODY_VALUE_INLINE_MAX_BYTES).length
  const moved = moveOut(body, values.slice(0, least))
  const bytes = encodeBody(moved)
  if (bytes.length <= OBJECT_MAX_BYTES) return sealed(moved, bytes, values.slice(0, least))
  const count = least + fewestToMove(body, values, least)
  const fitting = moveOut(body, values.slice(0, count))
  return sealed(fitting, encodeBody(fitting), values.slice(0, count))
}

/** Tells at a glance that no value can be too large, which is true of nearly every body. */
function isSmall({ title, reason = '', metadata = {} }: Body): boolean {
  let characters = title.length + reason.length
  for (const key in metadata) {
    const value = metadata[key]
    if (typeof value === 'object' && value !== null) return false
    characters += key.length + (typeof value === 'string' ? value.length : 8)
  }
  return characters * UTF8_MAX_BYTES <= BODY_VALUE_INLINE_MAX_BYTES
}

/** Of one UTF-16 unit. */
const UTF8_MAX_BYTES = 3

function sealed(value: Body, bytes: Uint8Array, moved: readonly Movable[]): SealedBody {
  return { body: seal(bytes), value, contents: moved.flatMap(({ content }) => content().objects) }
}

/** Returns how many values have to be moved beyond the first `least`. Each one more makes the body smaller, so the number is found by halving. */
function fewestToMove(body: Body, values: readonly Movable[], least: number): number {
  let tooFew = least
  let enough = values.length
  if (encodeBody(moveOut(body, values)).length > OBJECT_MAX_BYTES) {
    throw new AtomError('OBJECT_INVALID', `the texts of one ATOM take more than ${String(OBJECT_MAX_BYTES)} bytes together`, { data: { kind: 'body', reason: 'size' }, hint: 'put long texts into files: --evidence NAME=FILE' })
  }
  while (tooFew + 1 < enough) {
    const middle = (tooFew + enough) >> 1
    if (encodeBody(moveOut(body, values.slice(0, middle))).length > OBJECT_MAX_BYTES) tooFew = middle
    else enough = middle
  }
  return enough - least
}

interface Movable {
  readonly field: string
  readonly sizeBytes: number
  content(): SealedContent
}

/** A link takes as much room as a value of this size: to move a smaller one would make the body larger. */
const LINK_BYTES = 64

/** Returns the values that may be moved, largest first. */
function movable(body: Body): readonly Movable[] {
  const values: Movable[] = []
  const offer = (field: string, sizeBytes: number, toBytes: () => Uint8Array): void => {
    let content: SealedContent | undefined
    if (sizeBytes > LINK_BYTES) values.push({ field, sizeBytes, content: () => (content ??= sealContent(toBytes())) })
  }
  const { title, reason = '' } = body
  offer('title', utf8Length(title), () => utf8(title))
  offer('reason', utf8Length(reason), () => utf8(reason))
  for (const [key, value] of Object.entries(body.metadata ?? {})) offer(METADATA + key, valueBytes(value), () => encode(value))
  return values.sort((left, right) => right.sizeBytes - left.sizeBytes || compareText(left.field, right.field))
}

function valueBytes(value: CborValue): number {
  if (typeof value === 'string') return utf8Length(value)
  return typeof value === 'object' && value !== null ? encode(value).length : 0
}

const METADATA = 'metadata.'

function moveOut(body: Body, values: readonly Movable[]): Body {
  if (values.length === 0) return body
  const large: { readonly [field: string]: ObjectId } = { ...body.large, ...Object.fromEntries(values.map(({ field, content }) => [field, content().id])) }
  const { metadata, ...others } = body
  const rest = Object.entries(metadata ?? {}).filter(([key]) => large[METADATA + key] === undefined)
  return {
    ...others,
    ...(large['title'] !== undefined && { title: '' }),
    ...(large['reason'] !== undefined && { reason: '' }),
    ...(rest.length > 0 && { metadata: Object.fromEntries(rest) }),
    large,
  }
}

/** Returns a body with its large values put back in; those whose content is gone (forgotten) are left out. */
export function restoreBody(reader: ObjectReader, body: Body): Body {
  if (body.large === undefined) return body
  let { title, reason } = body
  const metadata = new Map(Object.entries(body.metadata ?? {}))
  for (const [field, id] of Object.entries(body.large)) {
    const bytes = getContent(reader, id)
    if (bytes === undefined) continue
    if (field === 'title') title = getText(bytes) ?? ''
    else if (field === 'reason') reason = getText(bytes) ?? ''
    else metadata.set(field.slice(METADATA.length), decode(bytes))
  }
  return { ...body, title, ...(reason !== undefined && { reason }), ...(metadata.size > 0 && { metadata: Object.fromEntries(metadata) }) }
}

/** Returns the body of an ATOM with its large values, or undefined when it was forgotten or never came. */
export function getBody(reader: ObjectReader, id: ObjectId): Body | undefined {
  const body = getObjectAs(reader, id, 'body')
  return body === undefined ? undefined : restoreBody(reader, body)
}
