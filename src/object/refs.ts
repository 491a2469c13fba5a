/** A set of refs as one object: its id is the root of a trail, and the root of a bundle. */
import { encode } from '../codec/cbor.js'
import { cidFromId, type ObjectId } from '../codec/object-id.js'
import { checkDagCbor, checkKeys, checkName, linkOf, readFields, type Fields } from './shape.js'

export function encodeRefs(refs: ReadonlyMap<string, ObjectId>): Uint8Array {
  return encode({ kind: 'refs', refs: new Map([...refs].map(([name, id]) => [checkName('refs', 'a ref', name), cidFromId(checkDagCbor('refs', name, id))])), version: 1 })
}

export function openRefs(fields: Fields): ReadonlyMap<string, ObjectId> {
  checkKeys('refs', fields, { needed: ['kind', 'version', 'refs'] })
  return new Map(Object.entries(readFields('refs', fields).map('refs')).map(([name, value]) => [checkName('refs', 'a ref', name), checkDagCbor('refs', name, linkOf('refs', name, value))]))
}
