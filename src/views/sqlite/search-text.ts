/** What full-text search knows of an ATOM: its words, those of its paths, and the lines that it brought, up to a bound. */
import { getText } from '../../base/bytes.js'
import type { CborValue } from '../../codec/cbor.js'
import { codecOf, type ObjectId } from '../../codec/object-id.js'
import { hasEarlyNul } from '../../history/content/binary.js'
import { SYMLINK_MODE } from '../../object/tree.js'
import { getObjectAs } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { displayPath } from '../../trail/paths.js'
import type { TreeChange } from '../../tree/diff.js'
import type { ReadAtom } from './project.js'

/** Of one content; what follows is not searched. */
export const CONTENT_MAX_BYTES = 32_768
/** Of all contents of one ATOM. */
const CONTENTS_MAX_CHARACTERS = 131_072
const DETAILS_MAX_CHARACTERS = 65_536

/** Scripts that put no spaces between words: each character is a word of its own, in what is searched and in what is asked. */
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff]|[\ud840-\ud88f][\udc00-\udfff]/g

/** Returns a text with such characters set apart. */
export function setApart(text: string): string {
  UNSPACED.lastIndex = 0
  return UNSPACED.test(text) ? text.replace(UNSPACED, ' $& ') : text
}

/** Returns the row of the full-text table, in the order of its columns. */
export function searchRow(objects: ObjectReader, atom: ReadAtom): readonly string[] {
  const { header, type, body, changes } = atom
  const paths = changes.map(({ path }) => displayPath(path)).join('\n')
  return [
    setApart(body?.title ?? ''), setApart(body?.reason ?? ''), setApart(details(atom)), setApart(paths), setApart(contents(objects, atom)),
    `${type}\n${header.operation}\n${header.agent}\n${body?.project ?? ''}`,
  ]
}

function details({ body }: ReadAtom): string {
  if (body?.metadata === undefined && body?.evidence === undefined) return ''
  const words: string[] = []
  for (const [key, value] of Object.entries(body.metadata ?? {})) collect(words, key, value)
  for (const { name, command = [], path = '', value = '', unit = '' } of body.evidence ?? []) words.push(name, ...command, path, String(value), unit)
  const text = words.join('\n')
  return text.length > DETAILS_MAX_CHARACTERS ? text.slice(0, DETAILS_MAX_CHARACTERS) : text
}

function collect(words: string[], key: string, value: CborValue): void {
  words.push(key)
  if (typeof value === 'string') words.push(value)
  else if (typeof value === 'number' || typeof value === 'bigint') words.push(String(value))
  else if (Array.isArray(value)) for (const item of value as readonly CborValue[]) collect(words, '', item)
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) for (const [inner, item] of Object.entries(value)) collect(words, inner, item as CborValue)
}

function contents(objects: ObjectReader, { body, changes }: ReadAtom): string {
  let text = ''
  const add = (more: string): void => { if (more !== '') text = text === '' ? more : `${text}\n${more}` }
  for (const change of changes) {
    if (text.length > CONTENTS_MAX_CHARACTERS) return text
    add(addedText(objects, change))
  }
  for (const { content } of body?.evidence ?? []) {
    if (text.length > CONTENTS_MAX_CHARACTERS) return text
    if (content !== undefined) add(textOf(objects, content) ?? '')
  }
  return text
}

/** Returns the lines that a change brought: those that the content before it does not have. */
function addedText(objects: ObjectReader, { before, after }: TreeChange): string {
  if (after === undefined || after.mode === SYMLINK_MODE || before?.link === after.link) return ''
  const text = textOf(objects, after.link)
  const old = text === undefined || before === undefined ? undefined : textOf(objects, before.link)
  if (text === undefined || old === undefined) return text ?? ''
  const known = new Set(old.split('\n'))
  return text.split('\n').filter((line) => !known.has(line)).join('\n')
}

/** Returns the beginning of a content as text; undefined where it is none, or is not here. */
function textOf(objects: ObjectReader, id: ObjectId): string | undefined {
  const first = codecOf(id) === 'raw' ? id : getObjectAs(objects, id, 'file')?.chunks[0]
  const bytes = first === undefined ? undefined : objects.getObject(first)
  if (bytes === undefined || hasEarlyNul(bytes)) return undefined
  return bytes.length <= CONTENT_MAX_BYTES ? getText(bytes) : getText(cut(bytes))
}

/** Cuts at the end of a character. */
function cut(bytes: Uint8Array): Uint8Array {
  let end = CONTENT_MAX_BYTES
  while (end > CONTENT_MAX_BYTES - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}
