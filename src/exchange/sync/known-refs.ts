/** Sorts the refs of a remote: what each may point at, and which names are none that this program could keep. */
import { digestOf } from '../../codec/object-id.js'
import type { OpenedObject } from '../../object/open.js'
import { FORGOTTEN, getRefNameProblem, HEADS, OPS, TAGS } from '../../refs/name.js'
import type { RemoteState } from '../remote.js'
import type { Root } from './received.js'

export interface OddRef { readonly name: string; readonly reason: string }

export interface SortedRefs {
  readonly receipts: readonly Root[]
  readonly heads: readonly Root[]
  readonly tags: readonly Root[]
  readonly logs: readonly Root[]
  readonly odd: readonly OddRef[]
}

/** Returns the refs by kind, each with the check of what it points at. */
export function sortRefs({ refs }: RemoteState): SortedRefs {
  const sorted = { receipts: [] as Root[], heads: [] as Root[], tags: [] as Root[], logs: [] as Root[], odd: [] as OddRef[] }
  for (const [name, id] of refs) {
    const problem = getRefNameProblem(name)
    if (problem !== undefined) sorted.odd.push({ name, reason: problem })
    else if (name.startsWith(HEADS)) sorted.heads.push({ ref: name, id, kinds: ['atom'] })
    else if (name.startsWith(TAGS)) sorted.tags.push({ ref: name, id, kinds: ['atom', 'tag'] })
    else if (name.startsWith(FORGOTTEN)) sorted.receipts.push({ ref: name, id, kinds: ['receipt'], check: receiptCheck(name) })
    else if (/^refs\/atom\/ops\/[0-9a-f]{32}$/.test(name)) sorted.logs.push({ ref: name, id, kinds: ['op'], check: logCheck(name) })
    else sorted.odd.push({ name, reason: 'this program does not know what it is for' })
  }
  return sorted
}

function receiptCheck(name: string): NonNullable<Root['check']> {
  return (object: OpenedObject) => object.kind === 'receipt' && digestOf(object.value.object) === name.slice(FORGOTTEN.length) ? undefined : `${name} is the receipt of something else`
}

function logCheck(name: string): NonNullable<Root['check']> {
  return (object: OpenedObject) => object.kind === 'op' && object.value.store === name.slice(OPS.length) ? undefined : `${name} is the operation log of another store`
}
