/**
 * The other index spaces, each as one set: the records found against those that follow from the objects, by keyed sums. Only where a sum
 * differs a slower pass names the records.
 */
import { getText, toHex } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { digestFromBytes, digestOf, objectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import { openAny, openAs } from '../../object/open.js'
import { getObjectKeyId, objectKey, rangeOf } from '../../store/keys.js'
import type { Check } from './check.js'
import { describeKey, eachFound, INDEX_CODES, mixAtomId, mixInfluence, mixPath, mixRequest, type IndexSpace } from './index-records.js'
import { SetSum, type KeyedHash } from './keyed-hash.js'
import { nodeBlocks } from './nodes.js'
import { eachPathChange, type TreeSource } from './paths.js'

export interface IndexContext {
  readonly expected: { readonly [Space in IndexSpace]: SetSum }
  readonly source: TreeSource
  /** Numbers of ATOMs whose changes cannot be known. */
  readonly unknown: ReadonlySet<number>
  readonly store: string
}

export async function checkIndexes(check: Check, context: IndexContext): Promise<void> {
  for (const space of Object.keys(INDEX_CODES) as IndexSpace[]) {
    const found = new SetSum()
    const twice = space === 'atomId' ? createTwiceFinder(check) : undefined
    await eachFound(check, space, {
      found: ({ key }) => {
        found.add(check.hash)
        twice?.(key)
      },
      malformed: (key) => { check.findings.error(INDEX_CODES[space], `the record ${toHex(key.subarray(0, 80))} is not as the index writes it`) },
    })
    if (!found.equals(context.expected[space])) await nameRecords(check, space, context)
  }
}

/** Two ATOMs of one id lie side by side in the index. */
function createTwiceFinder(check: Check): (key: Uint8Array) => void {
  let before: Uint8Array | undefined
  let reported = ''
  return (key) => {
    if (before !== undefined && isSameName(before, key)) {
      const atomId = getText(key.subarray(1, key.length - 5)) ?? ''
      if (atomId !== reported) check.findings.info('atom-id-twice', `more than one ATOM has the id ${atomId}: they were made in different places`, { atomId })
      reported = atomId
    }
    before = key
  }
}

function isSameName(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let index = left.length - 5; index > 0; index--) if (left[index] !== right[index]) return false
  return true
}

/** Finds which records are wrong, extra or missing: what is expected is held as one number for each record. */
async function nameRecords(check: Check, space: IndexSpace, context: IndexContext): Promise<void> {
  const code = INDEX_CODES[space]
  const before = check.findings.count(code)
  const wanted = new Set<number>()
  await eachExpected(check, { space, context }, () => { wanted.add(numberOf(check.hash)) })
  await eachFound(check, space, {
    found: (record) => {
      if (wanted.delete(numberOf(check.hash)) || isUnjudged(space, record.seq, context)) return
      check.findings.error(code, `the index of ${NAMES[space]} has a record that follows from no object: ${describeKey(space, record)}`, {
        ...(space === 'path' && { path: getText(record.key.subarray(1, record.key.length - 5)) }),
      })
    },
    malformed: () => undefined,
  })
  if (wanted.size > 0) {
    await eachExpected(check, { space, context }, (name) => {
      if (wanted.has(numberOf(check.hash))) check.findings.error(code, `the index of ${NAMES[space]} lacks the record of ${name()}`)
    })
  }
  // Where ATOMs are damaged their records follow from nothing that can be read.
  if (check.findings.count(code) === before && check.findings.isClean()) check.findings.error(code, `the index of ${NAMES[space]} is not what follows from the objects`)
}

const NAMES: { readonly [Space in IndexSpace]: string } = { atomId: 'atom ids', path: 'paths', influence: 'influences', request: 'requests' }

function isUnjudged(space: IndexSpace, seq: number, { source: { trees }, unknown }: IndexContext): boolean {
  if (space === 'path') return unknown.has(seq)
  return space === 'influence' && unknown.has(seq) && !trees.has(seq)
}

function numberOf({ lo, hi }: KeyedHash): number {
  return (hi & 0x1fffff) * 0x100000000 + lo
}

type ExpectedListener = (name: () => string) => void

/** Calls back for each record that must be there, mixed into the hash. */
async function eachExpected(check: Check, { space, context }: { readonly space: IndexSpace; readonly context: IndexContext }, listener: ExpectedListener): Promise<void> {
  if (space === 'path') {
    await eachPathChange(check, context.source, (change) => {
      mixPath(check, change)
      listener(() => `${change.path} at number ${String(change.seq)}`)
    })
  } else if (space === 'request') await eachExpectedRequest(check, context.store, listener)
  else await eachExpectedOfNodes(check, space, listener)
}

async function eachExpectedOfNodes(check: Check, space: 'atomId' | 'influence', listener: ExpectedListener): Promise<void> {
  for await (const { block, nodes } of nodeBlocks(check, { findings: 'silent' })) {
    for (const { seq, atomId, digestAt, isVacant } of nodes) {
      if (isVacant) continue
      if (space === 'atomId') {
        mixAtomId(check, atomId, seq)
        listener(() => `${atomId} at number ${String(seq)}`)
        continue
      }
      for (const { object } of getHeader(check, block.subarray(digestAt, digestAt + 32))?.influencedBy ?? []) {
        mixInfluence(check, object, seq)
        listener(() => `the influence of ${object} on ${atomId}`)
      }
    }
  }
}

async function eachExpectedRequest(check: Check, store: string, listener: ExpectedListener): Promise<void> {
  for await (const list of check.records.scan(rangeOf('object'))) {
    for (const [key, bytes] of list) {
      const id = key[1] === 0x71 ? getObjectKeyId(key) : undefined
      const object = id === undefined ? undefined : readable(() => openAny(bytes))
      if (id === undefined || object?.kind !== 'op' || object.value.store !== store || object.value.request === undefined) continue
      const { request, seq } = object.value
      mixRequest(check, request, digestOf(id))
      listener(() => `request ${request} of operation ${String(seq)}`)
    }
  }
}

function getHeader(check: Check, digest: Uint8Array): AtomHeader | undefined {
  const bytes = check.records.getRecord(objectKey(objectId(digestFromBytes(digest), 'dag-cbor')))
  return bytes === undefined ? undefined : readable(() => openAs(bytes, 'atom'))
}

function readable<Value>(open: () => Value): Value | undefined {
  try {
    return open()
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
