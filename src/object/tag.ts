/** An annotated tag, as git has it: a name for an ATOM, with who gave it, when and why. */
import { encodeOrdered, linkTag, wideInteger } from '../codec/cbor.js'
import { linkBytes, type ObjectId } from '../codec/object-id.js'
import { checkDagCbor, checkKeys, checkName, checkText, checkTimeMs, readFields, type Fields } from './shape.js'

export interface Tag {
  readonly name: string
  readonly target: ObjectId
  readonly agent: string
  readonly timeMs: number
  readonly message: string
}

export function encodeTag(tag: Tag): Uint8Array {
  return encodeOrdered({
    kind: 'tag', name: checkName('tag', 'name', tag.name), time: wideInteger(checkTimeMs('tag', 'time', tag.timeMs)), agent: checkName('tag', 'agent', tag.agent),
    target: linkTag(linkBytes(checkDagCbor('tag', 'target', tag.target))), message: checkText('tag', 'message', tag.message), version: 1,
  })
}

export function openTag(fields: Fields): Tag {
  checkKeys('tag', fields, { needed: ['kind', 'version', 'name', 'target', 'agent', 'time', 'message'] })
  const read = readFields('tag', fields)
  return { name: read.name('name'), target: checkDagCbor('tag', 'target', read.link('target')), agent: read.name('agent'), timeMs: read.timeMs('time'), message: read.text('message') }
}
