/** The refs and the store's own settings: read by code of its own, judged once it is known what the objects are. */
import { getText, toHex } from '../../base/bytes.js'
import { digestFromBytes, digestOf, idFromBytes, idOf, objectId, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { RefTarget } from '../../object/op.js'
import { encodeRefs } from '../../object/refs.js'
import { FORGOTTEN, HEADS, OFFERED, OPS, TAGS, getRefNameProblem } from '../../refs/name.js'
import { metaKey, rangeOf, readU32, SPACES, type Space } from '../../store/keys.js'
import type { Check } from './check.js'
import type { KindName } from './object-table.js'
import type { LogTip } from './op-log.js'
import { EMPTY_TREE_ID } from './tree-changes.js'

export type RefTargets = ReadonlyMap<string, RefTarget>

export async function readRefs(check: Check): Promise<RefTargets> {
  const refs = new Map<string, RefTarget>()
  for await (const list of check.records.scan(rangeOf('ref'))) {
    for (const [key, value] of list) {
      const name = getText(key.subarray(1))
      const problem = name === undefined ? 'it is not UTF-8' : getRefNameProblem(name)
      const target = targetOf(value)
      if (name === undefined || problem !== undefined) check.findings.error('ref-invalid', `a ref has a name that is not allowed: ${name ?? toHex(key)} (${problem ?? ''})`, { path: name })
      else if (target === undefined) check.findings.error('ref-invalid', `the ref ${name} cannot be read: ${toHex(value.subarray(0, 40))}`, { path: name })
      else refs.set(name, target)
    }
  }
  return refs
}

function targetOf(value: Uint8Array): RefTarget | undefined {
  if (value[0] === 1 && value.length === 33) return { is: 'object', digest: digestFromBytes(value.subarray(1)) }
  const ref = value[0] === 2 ? getText(value.subarray(1)) : undefined
  return ref === undefined || getRefNameProblem(ref) !== undefined || ref === 'HEAD' ? undefined : { is: 'symbolic', ref }
}

/** Marks what the refs point at as wanted. To be called before the misfits are judged. */
export function wantTargets({ hash, table }: Check, refs: RefTargets, tip: ObjectId | undefined): void {
  if (tip !== undefined) {
    hash.hexId(tip)
    table.want(hash, 'ref')
  }
  for (const target of refs.values()) {
    if (target.is === 'symbolic') continue
    hash.hexId(`71${target.digest}`)
    table.want(hash, 'ref')
  }
}

/** Judges that each ref leads to what its place demands. */
export function checkTargets(check: Check, refs: RefTargets): void {
  const { hash, table, findings } = check
  if (!refs.has('HEAD')) findings.error('ref-missing', 'there is no HEAD', { path: 'HEAD' })
  for (const [name, target] of refs) {
    if (target.is === 'symbolic') {
      if (name === 'HEAD' && !target.ref.startsWith(HEADS)) findings.error('ref-invalid', `HEAD names ${target.ref}, which is no branch`, { path: name })
      continue
    }
    hash.hexId(`71${target.digest}`)
    const kind = table.kindOf(hash)
    if (kind === undefined) findings.error('ref-broken', `${name} points at ${target.digest}, which is not there`, { path: name, object: target.digest })
    else if (kind !== 'damaged' && !kindsAt(name).includes(kind)) findings.error('ref-broken', `${name} points at a ${kind}, and there it must be ${kindsAt(name).join(' or ')}`, { path: name, object: target.digest })
  }
}

function kindsAt(name: string): readonly KindName[] {
  if (name.startsWith(FORGOTTEN) || name.startsWith(OFFERED)) return ['receipt']
  if (name.startsWith(OPS)) return ['op']
  if (name === 'HEAD' || name.startsWith(HEADS)) return ['atom']
  return ['atom', 'tag']
}

/** Returns the root of the trail: the id of the `refs` object over branches and tags. */
export function rootOf(refs: RefTargets): Digest {
  const named = new Map<string, ObjectId>()
  for (const [name, target] of refs) {
    if (target.is === 'object' && (name.startsWith(HEADS) || name.startsWith(TAGS))) named.set(name, objectId(target.digest, 'dag-cbor'))
  }
  return digestOf(idOf(encodeRefs(named), 'dag-cbor'))
}

export interface StoreState extends LogTip {
  /** How many numbers the store says it has given to ATOMs. */
  readonly atoms: number
  /** Hex of the store's id. */
  readonly store: string
}

/** Reads the store's own settings. */
export function readState(check: Check, refs: RefTargets): StoreState {
  const { findings, records, hash, table } = check
  const format = records.getRecord(metaKey('format'))
  if (format?.length !== 1 || format[0] !== 1) findings.error('store-format', `the store's format is ${format === undefined ? 'missing' : toHex(format.subarray(0, 40))} where it is 01`)
  const store = records.getRecord(metaKey('store'))
  if (store?.length !== 16) findings.error('store-id', 'the store has no id of 16 bytes')
  const receipts = records.getRecord(metaKey('receipts'))
  if (receipts === undefined && [...refs.keys()].some((name) => name.startsWith(FORGOTTEN))) findings.error('store-receipts', 'the store does not remember that something was forgotten: it would take it again')
  const layout = records.getRecord(metaKey('layout'))
  if (layout !== undefined) {
    if (layout.length !== 33 || layout[0] !== 0x71) findings.error('store-layout', 'the tree that was last laid out is not remembered as an id')
    else if (idFromBytes(layout) !== EMPTY_TREE_ID) {
      hash.id(0x71, layout, 1)
      table.want(hash, 'tree')
    }
  }
  return { ...readLog(check), store: store === undefined ? '' : toHex(store) }
}

function readLog({ findings, records }: Check): LogTip & { readonly atoms: number } {
  const log = records.getRecord(metaKey('log'))
  if (log === undefined || (log.length !== 8 && (log.length !== 41 || log[8] !== 0x71))) {
    findings.error('log-state', log === undefined ? 'the state of the operation log is missing' : 'the state of the operation log is not as it is written')
    return { atoms: 0, ops: 0, tip: undefined }
  }
  return { atoms: readU32(log, 0), ops: readU32(log, 4), tip: log.length === 8 ? undefined : idFromBytes(log.subarray(8)) }
}

/** Finds records that are of no space. */
export async function checkStrays(check: Check): Promise<void> {
  const letters = (Object.keys(SPACES) as Space[]).map((space) => SPACES[space]).sort((left, right) => left - right)
  let from = Uint8Array.of(0)
  for (const letter of [...letters, 256]) {
    const lt = letter === 256 ? new Uint8Array(64).fill(255) : Uint8Array.of(letter)
    for await (const list of check.records.scan({ gte: from, lt })) {
      for (const [key] of list) check.findings.error('record-stray', `there is a record that is none of the store's: key ${toHex(key.subarray(0, 40))}`)
    }
    from = Uint8Array.of(letter + 1)
  }
}
