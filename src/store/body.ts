/** Moves body values that are too large out into contents of their own, and back. The format's rule is in docs/spec/object.md. */
import { getText, utf8 } from '../base/bytes.js'
import { BODY_VALUE_INLINE_MAX_BYTES, OBJECT_MAX_BYTES } from '../base/limits.js'
import { decode } from '../codec/cbor-decode.js'
import { encode, type CborValue } from '../codec/cbor.js'
import type { ObjectId } from '../codec/object-id.js'
import { encodeBody, type Body } from '../object/body.js'
import { seal, type SealedObject } from '../object/seal.js'
import { readContent, sealContent } from './content.js'
import { getObjectAs } from './objects.js'
import type { ObjectReader } from './types.js'

export interface SealedBody {
  readonly body: SealedObject
  readonly value: Body
  /** Contents that the body links. */
  readonly contents: readonly SealedObject[]
}

/** Returns a body as objects: values above 64 KiB, and then the largest ones until the body fits, lie beside it. */
export function sealBody(body: Body): SealedBody {
  const contents: SealedObject[] = []
  let value = body
  for (const { field, sizeBytes } of movable(body)) {
    if (sizeBytes <= BODY_VALUE_INLINE_MAX_BYTES && encodeBody(value).length <= OBJECT_MAX_BYTES) break
    value = moveOut(value, field, contents)
  }
  return { body: seal(encodeBody(value)), value, contents }
}

interface Movable { readonly field: string; readonly sizeBytes: number }

/** Returns the fields that may be moved, largest first; nothing when all are small, which is the ordinary case. */
function movable(body: Body): Movable[] {
  const fields: Movable[] = [
    { field: 'title', sizeBytes: textBytes(body.title) },
    { field: 'reason', sizeBytes: textBytes(body.reason ?? '') },
  ]
  for (const [key, value] of Object.entries(body.metadata ?? {})) {
    fields.push({ field: `metadata.${key}`, sizeBytes: typeof value === 'string' ? textBytes(value) : typeof value === 'object' ? encode(value).length : 9 })
  }
  return fields.filter(({ sizeBytes }) => sizeBytes > 64).sort((left, right) => right.sizeBytes - left.sizeBytes || (left.field < right.field ? -1 : 1))
}

function textBytes(text: string): number {
  return text.length * 3 <= BODY_VALUE_INLINE_MAX_BYTES ? text.length : utf8(text).length
}

function moveOut(body: Body, field: string, contents: SealedObject[]): Body {
  const key = field.startsWith('metadata.') ? field.slice('metadata.'.length) : undefined
  const bytes = key !== undefined ? encode(body.metadata?.[key]) : utf8(field === 'title' ? body.title : body.reason ?? '')
  const content = sealContent(bytes)
  contents.push(...content.objects)
  const large: { readonly [name: string]: ObjectId } = { ...body.large, [field]: content.id }
  if (field === 'title') return { ...body, title: '', large }
  if (field === 'reason') return { ...body, reason: '', large }
  const rest = Object.entries(body.metadata ?? {}).filter(([name]) => name !== key)
  const { metadata, ...others } = body
  return rest.length === 0 || metadata === undefined ? { ...others, large } : { ...others, metadata: Object.fromEntries(rest), large }
}

/** Returns a body with its large values put back in; those whose content is gone (forgotten) are left out. */
export function restoreBody(reader: ObjectReader, body: Body): Body {
  if (body.large === undefined) return body
  let { title, reason } = body
  const metadata: { [key: string]: CborValue } = { ...body.metadata }
  for (const [field, id] of Object.entries(body.large)) {
    if (reader.getObject(id) === undefined) continue
    const bytes = readContent(reader, id)
    if (field === 'title') title = getText(bytes) ?? ''
    else if (field === 'reason') reason = getText(bytes) ?? ''
    else metadata[field.slice('metadata.'.length)] = decode(bytes)
  }
  return { ...body, title, ...(reason !== undefined && { reason }), ...(Object.keys(metadata).length > 0 && { metadata }) }
}

/** Returns the body of an ATOM with its large values, or undefined when it was forgotten or never came. */
export function getBody(reader: ObjectReader, id: ObjectId): Body | undefined {
  const body = getObjectAs(reader, id, 'body')
  return body === undefined ? undefined : restoreBody(reader, body)
}
