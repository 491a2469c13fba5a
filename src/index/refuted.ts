/** Which ATOMs one takes back: a revert or a refutation, or a SAGE whose conclusion says so. Read from the header, and from the body where it decides. */
import type { CborValue } from '../codec/cbor.js'
import { getDigest, type Digest } from '../codec/object-id.js'
import type { AtomHeader } from '../object/atom.js'
import { typeOf } from '../object/atom-id.js'
import { getObjectAs } from '../store/objects.js'
import type { ObjectReader } from '../store/types.js'

/** The operations that take back what they are influenced by, with the metadata that may name it more closely. */
const NAMED_IN: { readonly [operation: string]: string } = { revert: 'reverts', refute: 'refutes' }

/**
 * Returns the digests that an ATOM takes back, each one of its influenced_by. Where its metadata (`reverts`, `refutes`) names some of them by object
 * id, only those; else all. Costs nothing for an ATOM that is neither a revert, a refutation nor a SAGE.
 */
export function refutedBy(objects: ObjectReader, header: AtomHeader): readonly Digest[] {
  if (header.influencedBy.length === 0) return []
  const isSage = header.atomId.startsWith('ATOM-SAGE-') && typeOf(header.atomId) === 'SAGE'
  const key = Object.hasOwn(NAMED_IN, header.operation) ? NAMED_IN[header.operation] : undefined
  if (key === undefined && !isSage) return []
  const metadata = getObjectAs(objects, header.body, 'body')?.metadata
  if (key === undefined && metadata?.['conclusion'] !== 'refuted') return []
  const influences = header.influencedBy.map(({ object }) => object)
  const named = new Set(digestsIn(metadata?.[key ?? 'refutes']))
  const closer = influences.filter((digest) => named.has(digest))
  return closer.length > 0 ? closer : influences
}

function digestsIn(value: CborValue | undefined): readonly Digest[] {
  const texts = Array.isArray(value) ? value as readonly CborValue[] : [value]
  return texts.flatMap((text) => typeof text === 'string' ? getDigest(text) ?? [] : [])
}
