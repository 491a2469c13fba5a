/** Ids noted elsewhere, held against the store: what turns "the tail was not rewound" into a proof. */
import { isAtomError } from '../../base/errors.js'
import { digestOf, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Op } from '../../object/op.js'
import { openAny, openAs } from '../../object/open.js'
import { HEADS, REMOTES, TAGS } from '../../refs/name.js'
import { objectKey } from '../../store/keys.js'
import type { RecordReader } from '../../store/types.js'
import type { Check } from './check.js'
import { reachedAtoms } from './reach.js'
import type { RefTargets } from './refs.js'

export interface ExpectContext {
  readonly records: RecordReader
  readonly refs: RefTargets
  readonly root: Digest
  readonly tip: ObjectId | undefined
}

/** Reports every expected id that is not there or cannot be reached. Returns how many are met. */
export async function checkExpected(check: Check, expected: readonly Digest[], context: ExpectContext): Promise<number> {
  const atoms = new Set<string>()
  let met = 0
  for (const digest of expected) {
    if (digest === context.root) {
      met++
      continue
    }
    const kind = kindOf(check, digest)
    if (kind === undefined) check.findings.error('expected-missing', `the expected object ${digest} is not there: the trail was rewound or replaced behind it`, { object: digest })
    else if (kind === 'atom') atoms.add(digest)
    else if (kind === 'op' ? isInLog(check, digest, context.tip) : isLinked(check, digest)) met++
    else check.findings.error('expected-unreachable', `the expected ${kind} ${digest} is there, and no ref leads to it any more`, { object: digest })
  }
  if (atoms.size === 0) return met
  const starts = new Set<string>()
  for (const [name, target] of context.refs) {
    if (target.is === 'object' && (name === 'HEAD' || [HEADS, TAGS, REMOTES].some((prefix) => name.startsWith(prefix)))) starts.add(peel(check, target.digest))
  }
  const reached = await reachedAtoms(check, context.records, { starts, wanted: atoms })
  for (const digest of atoms) {
    if (reached.has(digest)) met++
    else check.findings.error('expected-unreachable', `the expected ATOM ${digest} is there, and no ref leads to it any more: a branch was rewound or deleted`, { object: digest })
  }
  return met
}

function kindOf(check: Check, digest: Digest): string | undefined {
  if (check.records.getRecord(objectKey(objectId(digest, 'raw'))) !== undefined) return 'content'
  const bytes = check.records.getRecord(objectKey(objectId(digest, 'dag-cbor')))
  try {
    return bytes === undefined ? undefined : openAny(bytes).kind
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function isLinked({ hash, table }: Check, digest: Digest): boolean {
  for (const codec of ['71', '55']) {
    hash.hexId(`${codec}${digest}`)
    if (table.isWanted(hash)) return true
  }
  return false
}

/** Tells whether an op is in the chain from the tip back. */
function isInLog(check: Check, digest: Digest, tip: ObjectId | undefined): boolean {
  for (let id = tip; id !== undefined;) {
    if (digestOf(id) === digest) return true
    const bytes = check.records.getRecord(objectKey(id))
    if (bytes === undefined) return false
    const op: Op = openAs(bytes, 'op')
    id = op.previous
  }
  return false
}

/** Follows annotated tags to what they name. */
function peel(check: Check, digest: Digest): string {
  let at = digest
  for (let depth = 0; depth < 64; depth++) {
    const bytes = check.records.getRecord(objectKey(objectId(at, 'dag-cbor')))
    try {
      const object = bytes === undefined ? undefined : openAny(bytes)
      if (object?.kind !== 'tag') return at
      at = digestOf(object.value.target)
    } catch (error) {
      if (isAtomError(error)) return at
      throw error
    }
  }
  return at
}
