/** A quick look for what is missing in a store: whether what objects link to is there. Nothing is rehashed: that is what `verify` is for. */
import { isAtomError } from '../../base/errors.js'
import { codecOf, digestOf } from '../../codec/object-id.js'
import { ownedLinks } from '../../object/links.js'
import { openAny } from '../../object/open.js'
import { isForgotten } from '../../refs/transaction.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import type { RecordReader, StoreRecord } from '../../store/types.js'
import { EMPTY_TREE } from '../../tree/read.js'

/** Beyond so many objects it takes longer than anybody waits for a first look. */
const LOOKED_AT_MAX = 200_000

export interface Holes {
  readonly looked: number
  /** The first that was found. */
  readonly lacking: string | undefined
}

export async function lookForHoles(store: RecordReader, signal: AbortSignal): Promise<Holes> {
  let looked = 0
  for await (const list of store.scan(rangeOf('object'))) {
    signal.throwIfAborted()
    for (const record of list) {
      if (looked === LOOKED_AT_MAX) return { looked, lacking: undefined }
      looked++
      const lacking = getLack(store, record)
      if (lacking !== undefined) return { looked, lacking }
    }
  }
  return { looked, lacking: undefined }
}

/** Returns what an object lacks, or why it cannot be read. A receipt explains what is gone; what came before an operation may have been pruned. */
function getLack(store: RecordReader, [key, bytes]: StoreRecord): string | undefined {
  const id = getObjectKeyId(key)
  if (id === undefined || codecOf(id) === 'raw') return undefined
  try {
    const missing = ownedLinks(openAny(bytes)).find((link) => link.role !== 'previous' && link.id !== EMPTY_TREE.id && store.getRecord(objectKey(link.id)) === undefined && !isForgotten(store, link.id))
    return missing === undefined ? undefined : `an object is missing: ${digestOf(id)} needs ${digestOf(missing.id)} as its ${missing.role}`
  } catch (error) {
    if (isAtomError(error)) return `the object ${digestOf(id)} cannot be read: ${error.message}`
    throw error
  }
}
