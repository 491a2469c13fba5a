/** What is linked to and not there, or not of the kind that the link demands: told apart from what receipts and prunes explain, and named. */
import { isAtomError } from '../../base/errors.js'
import { codecOf, digestOf, objectId, type ObjectId } from '../../codec/object-id.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { opReferences, ownedLinks } from '../../object/links.js'
import { FORGOTTEN } from '../../refs/name.js'
import { getObjectKeyId, rangeOf } from '../../store/keys.js'
import type { Check } from './check.js'
import { isFitting, type KindName, type WantedRole } from './object-table.js'
import type { ObjectPass } from './objects.js'
import type { RefTargets } from './refs.js'
import { absentMark } from './titles.js'

interface Misfit { readonly kind: KindName | undefined; readonly roles: readonly WantedRole[] }

export interface MisfitContext {
  readonly pass: ObjectPass
  readonly refs: RefTargets
  /** Hex of the store's id. */
  readonly store: string
}

/** Judges the links. Returns how many objects are absent and explained by a receipt. */
export async function checkLinks(check: Check, context: MisfitContext): Promise<number> {
  const { table, findings } = check
  const explained = explanations(check, context)
  const misfits = new Map<string, Misfit>()
  let forgotten = 0
  const absent = absentMark(check)
  for (const { lo, hi, kind, roles, mark } of table.misfits()) {
    const place = `${String(lo)} ${String(hi)}`
    const isExplained = kind === undefined && explained.has(place)
    if (isExplained && roles.every((role) => ['body', 'content', 'chunk'].includes(role))) {
      forgotten++
      if (mark !== 0 && mark !== absent) findings.error('index-title', 'the index still has the title of a body that was forgotten')
      continue
    }
    if (kind === undefined && roles.every((role) => role === 'reference' || (isExplained && role === 'previous'))) continue
    misfits.set(place, { kind, roles })
  }
  for (const receipt of context.pass.receipts.values()) {
    findings.info('forgotten', `${digestOf(receipt.object)}, a ${receipt.role}, was forgotten at ${new Date(receipt.timeMs).toISOString()} for the reason ${receipt.reason}`, { object: digestOf(receipt.object) })
  }
  if (misfits.size > 0) await nameMisfits(check, misfits, context)
  return forgotten
}

/** Returns the places of what receipts under their ref name, and of what prunes name. */
function explanations(check: Check, { pass, refs }: MisfitContext): ReadonlySet<string> {
  const { hash } = check
  const places = new Set<string>()
  const add = (id: ObjectId): void => {
    hash.hexId(id)
    places.add(`${String(hash.lo)} ${String(hash.hi)}`)
  }
  for (const [name, target] of refs) {
    if (!name.startsWith(FORGOTTEN) || target.is !== 'object') continue
    const receipt = pass.receipts.get(objectId(target.digest, 'dag-cbor'))
    if (receipt === undefined) continue
    if (digestOf(receipt.object) === name.slice(FORGOTTEN.length)) add(receipt.object)
    else check.findings.error('receipt-misplaced', `${name} holds the receipt of ${digestOf(receipt.object)}`, { path: name, object: target.digest })
  }
  for (const digest of pass.pruned) add(objectId(digest, 'dag-cbor'))
  return places
}

/** Reads all objects once more and names each link that leads nowhere, or to the wrong kind. */
async function nameMisfits(check: Check, misfits: ReadonlyMap<string, Misfit>, { store }: MisfitContext): Promise<void> {
  const { hash } = check
  const judge = (named: NamedLink): void => {
    hash.hexId(named.linked)
    const misfit = misfits.get(`${String(hash.lo)} ${String(hash.hi)}`)
    if (misfit !== undefined) report(check, named, misfit.kind)
  }
  for await (const list of check.records.scan(rangeOf('object'))) {
    for (const [key, bytes] of list) {
      const id = key[1] === 0x71 ? getObjectKeyId(key) : undefined
      const object = id === undefined ? undefined : getObject(bytes)
      if (id === undefined || object === undefined) continue
      for (const { role, id: linked } of wanted(object, store)) judge({ id, object, role, linked })
    }
  }
}

function* wanted(object: OpenedObject, store: string): Iterable<{ readonly role: WantedRole; readonly id: ObjectId }> {
  yield* ownedLinks(object)
  if (object.kind === 'op' && object.value.store === store) for (const id of opReferences(object)) yield { role: 'logged', id }
  if (object.kind === 'atom') for (const { object: digest } of object.value.influencedBy) yield { role: 'influence', id: objectId(digest, 'dag-cbor') }
}

interface NamedLink { readonly id: ObjectId; readonly object: OpenedObject; readonly role: WantedRole; readonly linked: ObjectId }

function report({ findings }: Check, { id, object, role, linked }: NamedLink, kind: KindName | undefined): void {
  if (kind !== undefined && isFitting(role, kind)) return
  const names = { object: digestOf(linked), atomId: object.kind === 'atom' ? object.value.atomId : undefined }
  const from = object.kind === 'atom' ? object.value.atomId : object.kind === 'op' ? `operation ${String(object.value.seq)}` : `the ${object.kind} ${digestOf(id)}`
  const to = `${digestOf(linked)}${codecOf(linked) === 'raw' ? ' (content)' : ''}`
  if (kind !== undefined) {
    if (role === 'influence') findings.warning('influence-kind', `${from} was influenced by ${to}, which is a ${kind} and no ATOM`, names)
    else findings.error('link-kind', `${from} links to ${to} as its ${role}, and that is a ${kind}`, names)
  } else if (role === 'influence') findings.info('influence-absent', `${from} was influenced by ${to}, which is not in this store`, names)
  else if (role === 'logged') findings.error('op-reference', `${from} of the log names ${to}, which is not there`, names)
  else if (role !== 'reference') findings.error('link-missing', `${from} links to ${to} as its ${role}, and it is not there`, names)
}

function getObject(bytes: Uint8Array): OpenedObject | undefined {
  try {
    return openAny(bytes)
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
