/**
 * The header of an ATOM: who did what, when, after what, on whose advice. Its object id is the ATOM's identity.
 * What a person may later have to erase is in the body, to whose digest the header commits.
 */
import { encodeOrdered, linkTag, wideInteger } from '../codec/cbor.js'
import { digestBytes, linkBytes, type Digest, type ObjectId } from '../codec/object-id.js'
import { toHex } from '../base/bytes.js'
import { STORE_ID_BYTES } from '../base/limits.js'
import { parseAtomId, type AtomId } from './atom-id.js'
import { checkDagCbor, checkHex, checkKeys, checkName, checkTimeMs, invalid, isFields, readFields, type Fields } from './shape.js'

/** An ATOM that this one built on: a reference, not owned, so it may be absent here. */
export interface Influence {
  readonly object: Digest
  /** Hex id of the store that holds it, where that is not ours. */
  readonly store?: string
}

export interface AtomHeader {
  readonly atomId: AtomId
  readonly operation: string
  readonly agent: string
  readonly timeMs: number
  /** First parent first; empty for a root. No repeats. */
  readonly parents: readonly ObjectId[]
  readonly influencedBy: readonly Influence[]
  readonly tree: ObjectId
  readonly body: ObjectId
}

/** Returns the canonical bytes of a header; throws `OBJECT_INVALID` for what could not be read back. The keys below stand in canonical order. */
export function encodeAtom(atom: AtomHeader): Uint8Array {
  return encodeOrdered({
    body: linkTag(linkBytes(checkDagCbor('atom', 'body', atom.body))),
    kind: 'atom',
    time: wideInteger(checkTimeMs('atom', 'time', atom.timeMs)),
    tree: linkTag(linkBytes(checkDagCbor('atom', 'tree', atom.tree))),
    agent: checkName('atom', 'agent', atom.agent),
    atom_id: parseAtomId(atom.atomId),
    parents: checkParents(atom.parents).map((parent) => linkTag(linkBytes(parent))),
    version: 1,
    operation: checkName('atom', 'operation', atom.operation),
    influenced_by: atom.influencedBy.map(influenceValue),
  })
}

function influenceValue({ object, store }: Influence): { readonly [key: string]: Uint8Array } {
  if (store === undefined) return { object: digestBytes(object) }
  return { store: checkHex('atom', 'store', { hex: store, lengthBytes: STORE_ID_BYTES }), object: digestBytes(object) }
}

function checkParents(parents: readonly ObjectId[]): readonly ObjectId[] {
  for (const parent of parents) checkDagCbor('atom', 'parents', parent)
  if (parents.length > 1 && new Set(parents).size !== parents.length) throw invalid('atom', 'a parent is named twice')
  return parents
}

/** Where the digest of the body lies in a header: its key is the first one. */
export const BODY_DIGEST_AT = 15

const KEYS = { needed: ['kind', 'version', 'atom_id', 'operation', 'agent', 'time', 'parents', 'influenced_by', 'tree', 'body'] }

/** Returns the header of a decoded map; throws `OBJECT_INVALID`. */
export function openAtom(fields: Fields): AtomHeader {
  checkKeys('atom', fields, KEYS)
  const read = readFields('atom', fields)
  return {
    atomId: parseAtomId(read.text('atom_id')),
    operation: read.name('operation'),
    agent: read.name('agent'),
    timeMs: read.timeMs('time'),
    parents: checkParents(read.links('parents')),
    influencedBy: read.list('influenced_by').map((value) => {
      if (!isFields(value)) throw invalid('atom', 'influenced_by holds something that is no map')
      checkKeys('atom', value, { needed: ['object'], optional: ['store'] })
      const item = readFields('atom', value)
      const object = item.digest('object')
      return value['store'] === undefined ? { object } : { object, store: toHex(item.bytes('store', STORE_ID_BYTES)) }
    }),
    tree: checkDagCbor('atom', 'tree', read.link('tree')),
    body: checkDagCbor('atom', 'body', read.link('body')),
  }
}
