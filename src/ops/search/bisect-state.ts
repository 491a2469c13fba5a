/**
 * The search for the break as the store keeps it between two commands: what was marked, what can be the break, and every word that was said.
 *
 * CBOR under `META.bisect`; ATOMs stand in it as links and are kept by `gc`.
 */
import { AtomError } from '../../base/errors.js'
import { Cid } from '../../codec/cid.js'
import { decode } from '../../codec/cbor-decode.js'
import { encode, type CborValue } from '../../codec/cbor.js'
import { cidFromId, idFromCid, type ObjectId } from '../../codec/object-id.js'
import { mapBisectState, type BisectState } from '../../history/bisect.js'
import { META } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'
import type { TrackedPath } from '../ports.js'

/** What can be the break; nothing = anything. */
export interface SearchFilter {
  readonly types: readonly string[]
  readonly paths: readonly TrackedPath[]
  readonly firstParent: boolean
}

/** One word that was said, with what it was said about. */
export interface SaidWord {
  readonly word: string
  readonly atoms: readonly ObjectId[]
}

export interface Search {
  readonly marks: BisectState<ObjectId>
  readonly filter: SearchFilter
  readonly said: readonly SaidWord[]
}

/** Returns the search in progress, or undefined. Throws `STORE_CORRUPT` for a record that cannot be read. */
export function getSearch(records: RecordReader): Search | undefined {
  const bytes = records.getRecord(META.bisect)
  if (bytes === undefined) return undefined
  try {
    return openSearch(decode(bytes) as Fields)
  } catch (cause) {
    throw new AtomError('STORE_CORRUPT', 'the record of the bisect cannot be read', { data: { folder: '', reason: 'bisect state' }, hint: 'atom bisect reset', cause })
  }
}

/** Returns the search in progress; throws `NO_OPERATION_IN_PROGRESS`. */
export function readSearch(records: RecordReader): Search {
  const search = getSearch(records)
  if (search === undefined) throw new AtomError('NO_OPERATION_IN_PROGRESS', 'there is no bisect in progress', { data: { operation: 'bisect' }, hint: 'atom bisect start BAD GOOD' })
  return search
}

/** Returns the ATOMs that a search names: roots for `gc`. */
export function searchRoots({ marks }: Search): readonly ObjectId[] {
  return [...(marks.bad === null ? [] : [marks.bad]), ...(marks.origin === null ? [] : [marks.origin]), ...marks.good, ...marks.skipped]
}

export function encodeSearch({ marks, filter, said }: Search): Uint8Array {
  const linked = mapBisectState(marks, cidFromId)
  return encode({
    bad: linked.bad, origin: linked.origin, good: [...linked.good], skipped: [...linked.skipped], terms: marks.terms === null ? null : { ...marks.terms },
    types: [...filter.types], paths: [...filter.paths], first_parent: filter.firstParent,
    said: said.map(({ word, atoms }) => ({ word, atoms: atoms.map(cidFromId) })),
  })
}

interface Fields { readonly [key: string]: CborValue }

function openSearch(fields: Fields): Search {
  const terms = fields['terms'] as { readonly bad: string; readonly good: string } | null
  const marks = { bad: optionalLink(fields['bad']), origin: optionalLink(fields['origin']), good: links(fields['good']), skipped: links(fields['skipped']), terms }
  const filter = { types: fields['types'] as readonly string[], paths: fields['paths'] as readonly string[], firstParent: fields['first_parent'] === true }
  return { marks, filter, said: (fields['said'] as readonly Fields[]).map(({ word, atoms }) => ({ word: String(word), atoms: links(atoms) })) }
}

function optionalLink(value: CborValue | undefined): ObjectId | null {
  return value === null ? null : link(value)
}

function links(value: CborValue | undefined): readonly ObjectId[] {
  return (value as readonly CborValue[]).map(link)
}

function link(value: CborValue | undefined): ObjectId {
  const id = value instanceof Cid ? idFromCid(value) : undefined
  if (id === undefined) throw new TypeError('no link')
  return id
}
