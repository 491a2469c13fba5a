/**
 * Checks what a place holds, part by part: every object against its name and its form, that what it owns is there, and in the first part that every ref points at something. Whoever
 * goes on to the end has had all of it judged, as it was when its part was. It proves nothing to one who does not trust the place: that is what `atom verify --against` is for.
 */
import { isAtomError } from '../../base/errors.js'
import { codecOf, digestOf, idOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { ownedLinks, type OwnedLink } from '../../object/links.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { FORGOTTEN } from '../../refs/name.js'
import { MISSING_MAX_IDS, type Remote } from '../remote.js'
import type { Place, Window } from './place.js'

export interface SliceFinding {
  readonly severity: 'error'
  readonly code: 'object-missing' | 'digest' | 'form' | 'link-missing' | 'ref-broken'
  readonly object: string | null
  readonly message: string
}

export interface VerifiedSlice {
  readonly ok: boolean
  readonly objects: number
  readonly atoms: number
  readonly bytes: number
  /** ATOMs of which only words are here. They are no backup. */
  readonly unverified: number
  readonly findings: readonly SliceFinding[]
  readonly next: string | null
}

export async function verifySlice({ remote, register, read }: Place, window: Window): Promise<VerifiedSlice> {
  const { items, next } = await register.objects(window)
  const { refs } = await remote.refs()
  const findings: SliceFinding[] = window.after === undefined ? [...await brokenRefs(remote, refs)] : []
  const here = new Set<ObjectId>()
  const owned = new Map<ObjectId, { readonly from: ObjectId; readonly link: OwnedLink }>()
  let [atoms, bytes] = [0, 0]
  for await (const { id, bytes: given } of read(items)) {
    here.add(id)
    bytes += given.length
    const judged = judge(id, given)
    if ('finding' in judged) findings.push(judged.finding)
    const object = 'object' in judged ? judged.object : undefined
    if (object?.kind === 'atom') atoms++
    for (const link of demandedLinks(object)) owned.set(link.id, { from: id, link })
  }
  for (const id of items) {
    owned.delete(id)
    if (!here.has(id)) findings.push(findingOf('object-missing', id, 'it is listed and cannot be read'))
  }
  const forgotten = new Set([...refs.keys()].filter((name) => name.startsWith(FORGOTTEN)).map((name) => name.slice(FORGOTTEN.length) as Digest))
  for (const id of await missingOf(remote, [...owned.keys()])) {
    const { from, link } = owned.get(id) as { readonly from: ObjectId; readonly link: OwnedLink }
    if (!forgotten.has(digestOf(id))) findings.push(findingOf('link-missing', id, `${digestOf(from)} needs it as its ${link.role}`))
  }
  const { unverified } = await register.stats()
  return { ok: findings.length === 0, objects: items.length, atoms, bytes, unverified, findings, next: next ?? null }
}

/** The operation before a pruned one is gone on purpose. */
function demandedLinks(object: OpenedObject | undefined): readonly OwnedLink[] {
  return object === undefined || object.kind === 'op' ? [] : ownedLinks(object)
}

function findingOf(code: SliceFinding['code'], id: ObjectId, message: string): SliceFinding {
  return { severity: 'error', code, object: digestOf(id), message }
}

type Judged = { readonly finding: SliceFinding } | { readonly object: OpenedObject } | { readonly is: 'content' }

function judge(id: ObjectId, bytes: Uint8Array): Judged {
  const actual = idOf(bytes, codecOf(id))
  if (actual !== id) return { finding: findingOf('digest', id, `its bytes have the digest ${digestOf(actual)}`) }
  if (codecOf(id) === 'raw') return { is: 'content' }
  try {
    return { object: openAny(bytes) }
  } catch (error) {
    if (isAtomError(error)) return { finding: findingOf('form', id, error.message) }
    throw error
  }
}

async function brokenRefs(remote: Remote, refs: ReadonlyMap<string, ObjectId>): Promise<readonly SliceFinding[]> {
  const missing = new Set(await missingOf(remote, [...new Set(refs.values())]))
  return [...refs].filter(([, id]) => missing.has(id)).map(([name, id]) => findingOf('ref-broken', id, `${name} points at it, and it is not here`))
}

async function missingOf(remote: Remote, ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
  const missing: ObjectId[] = []
  for (let at = 0; at < ids.length; at += MISSING_MAX_IDS) missing.push(...await remote.missing(ids.slice(at, at + MISSING_MAX_IDS)))
  return missing
}
