/**
 * One entry of the operation log: what moved, from where to where, by which command. One chain per store, linked by `previous`;
 * undo and "nothing was rewound" come from it.
 */
import { encodeOrdered, linkTag, wideInteger } from '../codec/cbor.js'
import { compareText, toHex } from '../base/bytes.js'
import { REQUEST_ID_BYTES, STORE_ID_BYTES } from '../base/limits.js'
import { digestBytes, digestFromBytes, linkBytes, type Digest, type ObjectId } from '../codec/object-id.js'
import { checkCount, checkDagCbor, checkHex, checkKeys, checkName, checkTimeMs, invalid, isFields, readFields, type Fields } from './shape.js'

/** Where a ref points: a digest of a dag-cbor object, or, for HEAD, the name of another ref. */
export type RefTarget =
  | { readonly is: 'object'; readonly digest: Digest }
  | { readonly is: 'symbolic'; readonly ref: string }

export interface RefChange {
  readonly ref: string
  /** Absent where the ref did not exist. */
  readonly before?: RefTarget
  /** Absent where the ref was deleted. */
  readonly after?: RefTarget
}

export interface Op {
  /** Hex id of the store whose chain this is. */
  readonly store: string
  /** 1 for the first, then without gaps. */
  readonly seq: number
  /** Absent for the first alone; after a prune it may name one that is gone. */
  readonly previous?: ObjectId
  /** The last one dropped, where this op records a prune. */
  readonly pruned?: Digest
  readonly timeMs: number
  readonly agent: string
  readonly command: string
  /** Hex of the random request id, so that a repeat is known. */
  readonly request?: string
  /** Sorted by ref (UTF-8 bytes), each once; `encodeOp` sorts. */
  readonly changes: readonly RefChange[]
}

/** Returns the canonical bytes of an op. The keys below stand in canonical order. */
export function encodeOp(op: Op): Uint8Array {
  checkPlace(op)
  return encodeOrdered({
    seq: wideInteger(op.seq),
    kind: 'op',
    time: wideInteger(checkTimeMs('op', 'time', op.timeMs)),
    agent: checkName('op', 'agent', op.agent),
    store: checkHex('op', 'store', { hex: op.store, lengthBytes: STORE_ID_BYTES }),
    ...(op.pruned === undefined ? {} : { pruned: digestBytes(op.pruned) }),
    changes: sortedChanges(op.changes).map((change) => ({
      ref: checkName('op', 'ref', change.ref),
      ...(change.after === undefined ? {} : { after: targetValue(change.after) }),
      ...(change.before === undefined ? {} : { before: targetValue(change.before) }),
    })),
    command: checkName('op', 'command', op.command),
    ...(op.request === undefined ? {} : { request: checkHex('op', 'request', { hex: op.request, lengthBytes: REQUEST_ID_BYTES }) }),
    version: 1,
    ...(op.previous === undefined ? {} : { previous: linkTag(linkBytes(checkDagCbor('op', 'previous', op.previous))) }),
  })
}

function targetValue(target: RefTarget): Uint8Array | string {
  return target.is === 'object' ? digestBytes(target.digest) : checkName('op', 'a symbolic ref', target.ref)
}

function sortedChanges(changes: readonly RefChange[]): readonly RefChange[] {
  const sorted = [...changes].sort((left, right) => compareText(left.ref, right.ref))
  checkChangeOrder(sorted)
  return sorted
}

function checkChangeOrder(changes: readonly RefChange[]): void {
  changes.forEach(({ ref }, index) => {
    if (index > 0 && compareText(changes[index - 1]?.ref ?? '', ref) >= 0) throw invalid('op', 'changes are not sorted by ref, each once')
  })
}

/** Checks that the first op of a chain has nothing before it, and any other has. A prune changes no op: the first one kept still names the last one dropped. */
function checkPlace({ seq, previous, pruned }: Pick<Op, 'seq' | 'previous' | 'pruned'>): void {
  checkCount('op', 'seq', seq)
  if (seq === 0) throw invalid('op', 'seq is 0')
  if (seq === 1 && (previous !== undefined || pruned !== undefined)) throw invalid('op', 'the first op names one before it')
  if (seq > 1 && previous === undefined) throw invalid('op', 'previous is missing')
}

export function openOp(fields: Fields): Op {
  checkKeys('op', fields, { needed: ['kind', 'version', 'store', 'seq', 'time', 'agent', 'command', 'changes'], optional: ['previous', 'pruned', 'request'] })
  const read = readFields('op', fields)
  const op: Op = {
    store: toHex(read.bytes('store', STORE_ID_BYTES)),
    seq: read.count('seq'),
    ...(fields['previous'] === undefined ? {} : { previous: checkDagCbor('op', 'previous', read.link('previous')) }),
    ...(fields['pruned'] === undefined ? {} : { pruned: read.digest('pruned') }),
    timeMs: read.timeMs('time'),
    agent: read.name('agent'),
    command: read.name('command'),
    ...(fields['request'] === undefined ? {} : { request: toHex(read.bytes('request', REQUEST_ID_BYTES)) }),
    changes: openChanges(read.list('changes')),
  }
  checkPlace(op)
  return op
}

function openChanges(list: readonly unknown[]): readonly RefChange[] {
  const changes = list.map((value): RefChange => {
    const fields = value as Fields
    if (!isFields(fields)) throw invalid('op', 'changes holds something that is no map')
    checkKeys('op', fields, { needed: ['ref'], optional: ['before', 'after'] })
    const ref = readFields('op', fields).name('ref')
    const before = openTarget(fields, 'before')
    const after = openTarget(fields, 'after')
    return { ref, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
  })
  checkChangeOrder(changes)
  return changes
}

function openTarget(fields: Fields, key: 'before' | 'after'): RefTarget | undefined {
  const value = fields[key]
  if (value === undefined) return undefined
  if (typeof value === 'string') return { is: 'symbolic', ref: checkName('op', key, value) }
  if (value instanceof Uint8Array && value.length === 32) return { is: 'object', digest: digestFromBytes(value) }
  throw invalid('op', `${key} is neither a digest nor a ref name`)
}

export function equalTargets(left: RefTarget | undefined, right: RefTarget | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  return left.is === 'object' ? right.is === 'object' && left.digest === right.digest : right.is === 'symbolic' && left.ref === right.ref
}

/** Returns a target as people and JSON see it: 64 hex digits, or the ref's name. */
export function formatTarget(target: RefTarget | undefined): string | null {
  if (target === undefined) return null
  return target.is === 'object' ? target.digest : target.ref
}
