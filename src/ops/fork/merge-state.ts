/**
 * A merge, cherry-pick or revert that waits for a person to resolve its conflicts. One per store, because there is one set of files.
 *
 * Kept as CBOR under `META.merge`; every object it names stands in it as a link and is kept by `gc`.
 */
import { AtomError } from '../../base/errors.js'
import { Cid } from '../../codec/cid.js'
import { decode } from '../../codec/cbor-decode.js'
import { encode, type CborValue } from '../../codec/cbor.js'
import { cidFromId, idFromCid, objectId, digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { EntryMode, TreeEntry } from '../../object/tree.js'
import type { MergeConflict, MergeConflictKind } from '../../history/merge/types.js'
import { META } from '../../store/objects.js'
import type { RecordReader } from '../../store/types.js'

export type IntegrationKind = 'merge' | 'cherry-pick' | 'revert'

export interface WaitingConflict extends MergeConflict {
  /** How the file was when it was laid out; absent where it was not. A file that has no markers is resolved once this changes. */
  readonly seen?: string
}

export interface MergeState {
  readonly kind: IntegrationKind
  /** Full name of the ref that will move; `HEAD` where it is detached. */
  readonly ref: string
  /** The tip when it began. */
  readonly ours: ObjectId
  /** The ATOM that is merged, picked or reverted. */
  readonly theirs: ObjectId
  /** The merged tree, conflicts and all: what was laid out. */
  readonly tree: ObjectId
  /** What lay there before, local changes included: abort puts it back. */
  readonly before: ObjectId
  /** What those files were measured against. */
  readonly layout: ObjectId
  /** Paths that were to be written and were not (no leave, or not possible here): they are as merged whatever lies there. */
  readonly skipped: readonly string[]
  readonly conflicts: readonly WaitingConflict[]
  readonly title: string
  /** How the merged ones were named: branches, or the revisions as typed. */
  readonly names: readonly string[]
  /** What is to be picked or reverted after this one. */
  readonly rest: readonly ObjectId[]
}

/** Returns what waits, or undefined. Throws `STORE_CORRUPT` for a record that cannot be read. */
export function getMergeState(records: RecordReader): MergeState | undefined {
  const bytes = records.getRecord(META.merge)
  if (bytes === undefined) return undefined
  try {
    return readState(decode(bytes))
  } catch (cause) {
    throw new AtomError('STORE_CORRUPT', 'the record of the merge in progress cannot be read', { data: { folder: '', reason: 'merge state' }, hint: 'atom merge --abort', cause })
  }
}

/** Returns what waits; throws `NO_OPERATION_IN_PROGRESS`. */
export function readMergeState(records: RecordReader, kind: IntegrationKind): MergeState {
  const state = getMergeState(records)
  if (state?.kind === kind) return state
  throw new AtomError('NO_OPERATION_IN_PROGRESS', `there is no ${kind} in progress`, { data: { operation: kind }, hint: state === undefined ? `atom ${kind} REV` : `a ${state.kind} is: atom ${state.kind} --continue, or --abort` })
}

/** Throws `OPERATION_IN_PROGRESS` when a merge, cherry-pick or revert waits. */
export function checkNothingWaits(records: RecordReader): void {
  const state = getMergeState(records)
  if (state === undefined) return
  throw new AtomError('OPERATION_IN_PROGRESS', `a ${state.kind} waits for its conflicts`, { data: { operation: state.kind }, hint: `atom ${state.kind} --continue once they are resolved, or atom ${state.kind} --abort` })
}

/** Returns the objects that the state needs: roots for `gc`. */
export function mergeStateRoots(state: MergeState): readonly ObjectId[] {
  return [state.ours, state.theirs, state.tree, state.before, state.layout, ...state.rest]
}

export function encodeMergeState(state: MergeState): Uint8Array {
  return encode({
    kind: state.kind, ref: state.ref, ours: cidFromId(state.ours), theirs: cidFromId(state.theirs), tree: cidFromId(state.tree), before: cidFromId(state.before),
    layout: cidFromId(state.layout), skipped: [...state.skipped], title: state.title, names: [...state.names], rest: state.rest.map(cidFromId), conflicts: state.conflicts.map(conflictValue),
  })
}

function conflictValue(conflict: WaitingConflict): { readonly [key: string]: CborValue } {
  const { path, kind, base, ours, theirs, renamedTo, keys, isMarked, seen } = conflict
  return {
    path, kind, marked: isMarked, ...(base && { base: entryValue(base) }), ...(ours && { ours: entryValue(ours) }), ...(theirs && { theirs: entryValue(theirs) }),
    ...(renamedTo && { renamed_to: [...renamedTo] }), ...(keys && { keys: [...keys] }), ...(seen !== undefined && { seen }),
  }
}

/** A plain digest, not a link: the trees above already hold what is still needed. */
function entryValue({ mode, link }: TreeEntry): { readonly [key: string]: CborValue } {
  return { mode, object: digestOf(link), codec: link.startsWith('55') ? 'raw' : 'dag-cbor' }
}

interface Fields { readonly [key: string]: CborValue }

function readState(value: CborValue): MergeState {
  const fields = value as Fields
  return {
    kind: fields['kind'] as IntegrationKind, ref: String(fields['ref']), ours: linkIn(fields['ours']), theirs: linkIn(fields['theirs']), tree: linkIn(fields['tree']),
    before: linkIn(fields['before']), layout: linkIn(fields['layout']), skipped: textsIn(fields['skipped']), title: String(fields['title']), names: textsIn(fields['names']), rest: (fields['rest'] as readonly CborValue[]).map(linkIn),
    conflicts: (fields['conflicts'] as readonly Fields[]).map(readConflict),
  }
}

function readConflict(fields: Fields): WaitingConflict {
  const entry = (key: string): { readonly [key: string]: TreeEntry } => fields[key] === undefined ? {} : { [key]: readEntry(fields[key] as Fields) }
  return {
    path: String(fields['path']), kind: fields['kind'] as MergeConflictKind, isMarked: fields['marked'] === true, ...entry('base'), ...entry('ours'), ...entry('theirs'),
    ...(fields['renamed_to'] !== undefined && { renamedTo: textsIn(fields['renamed_to']) }), ...(fields['keys'] !== undefined && { keys: textsIn(fields['keys']) }),
    ...(fields['seen'] !== undefined && { seen: String(fields['seen']) }),
  }
}

function readEntry(fields: Fields): TreeEntry {
  return { mode: fields['mode'] as EntryMode, link: objectId(fields['object'] as Digest, fields['codec'] === 'raw' ? 'raw' : 'dag-cbor') }
}

function linkIn(value: CborValue | undefined): ObjectId {
  const id = value instanceof Cid ? idFromCid(value) : undefined
  if (id === undefined) throw new TypeError('no link')
  return id
}

function textsIn(value: CborValue | undefined): readonly string[] {
  return (value as readonly CborValue[]).map(String)
}
