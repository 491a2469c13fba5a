/** The index of what was taken back, derived again from the headers and bodies of those that may take something back. */
import { toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import type { CborValue } from '../../codec/cbor.js'
import { digestFromBytes, getDigest, objectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import { openAs } from '../../object/open.js'
import { objectKey, rangeOf, readU32 } from '../../store/keys.js'
import type { Check } from './check.js'
import { findNode } from './paths.js'

const SAGE = /^ATOM-SAGE-\d/

/** Tells whether an ATOM that was influenced by others may take some of them back. */
export function mayTakeBack(atomId: string, operation: string): boolean {
  return operation === 'revert' || operation === 'refute' || SAGE.test(atomId)
}

/** Judges every record of the index against its ATOM, and that none is missing. `takers`: all that may have one. */
export async function checkRefutations(check: Check, takers: readonly number[]): Promise<void> {
  const { findings } = check
  const left = new Set(takers)
  for await (const list of check.records.scan(rangeOf('refutation'))) {
    for (const [key, value] of list) {
      const seq = key.length === 5 ? readU32(key, 1) : -1
      const atom = left.delete(seq) ? getAtom(check, seq) : undefined
      if (atom === undefined) findings.error('index-refutation', `the index says that number ${toHex(key.subarray(1, 9))} takes something back, and it does not`)
      else if (!isFitting(atom, value)) findings.error('index-refutation', `the index says otherwise than ${atom.header.atomId} what it takes back`, { atomId: atom.header.atomId })
    }
  }
  for (const seq of left) {
    const atom = getAtom(check, seq)
    if (atom !== undefined && atom.body !== undefined && takenBack(atom.header, atom.body).length > 0) findings.error('index-refutation', `the index does not say that ${atom.header.atomId} takes something back`, { atomId: atom.header.atomId })
  }
}

interface Taker { readonly header: AtomHeader; readonly body: Body | undefined }

function isFitting({ header, body }: Taker, value: Uint8Array): boolean {
  const found = Array.from({ length: Math.floor(value.length / 32) }, (_, index) => digestFromBytes(value.subarray(index * 32, index * 32 + 32)))
  if (value.length === 0 || value.length % 32 !== 0) return false
  const influences: readonly string[] = header.influencedBy.map(({ object }) => object)
  // What an erased body named more closely is not known any more: it was some of these.
  const wanted = body === undefined ? influences.filter((digest) => found.some((other) => other === digest)) : takenBack(header, body)
  return wanted.length === found.length && wanted.every((digest, index) => digest === found[index])
}

function takenBack(header: AtomHeader, { metadata }: Body): readonly string[] {
  const isSage = header.operation !== 'revert' && header.operation !== 'refute'
  if (isSage && metadata?.['conclusion'] !== 'refuted') return []
  const influences = header.influencedBy.map(({ object }) => object)
  const named = namedIn(metadata?.[header.operation === 'revert' ? 'reverts' : 'refutes'])
  const closer = influences.filter((digest) => named.includes(digest))
  return closer.length > 0 ? closer : influences
}

function namedIn(value: CborValue | undefined): readonly string[] {
  const texts = Array.isArray(value) ? value as readonly CborValue[] : [value]
  return texts.flatMap((text) => typeof text === 'string' ? getDigest(text) ?? [] : [])
}

function getAtom(check: Check, seq: number): Taker | undefined {
  const place = findNode(check, seq)
  if (place === undefined) return undefined
  const bytes = check.records.getRecord(objectKey(objectId(digestFromBytes(place.block.subarray(place.node.digestAt, place.node.digestAt + 32)), 'dag-cbor')))
  if (bytes === undefined) return undefined
  try {
    const header = openAs(bytes, 'atom')
    const body = check.records.getRecord(objectKey(header.body))
    return { header, body: body === undefined ? undefined : openAs(body, 'body') }
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
