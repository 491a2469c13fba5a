/** `--continue` and `--abort` of a merge, cherry-pick or revert that waits. */
import { AtomError } from '../../base/errors.js'
import { toDisplayText } from '../../base/bytes.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import { withMade } from '../../history/merge/merge-trees.js'
import { readContent } from '../../store/content.js'
import { META } from '../../store/objects.js'
import { diffTrees } from '../../tree/diff.js'
import { updateTree } from '../../tree/update.js'
import type { AtomRecord } from '../../trail/record.js'
import { checkInput, filledText, flag, oneOf, optional, someOf } from '../check.js'
import { treeOf } from '../context.js'
import { recordedAtom, seenFiles, stageIntegration, type Laid } from './integrate.js'
import { integrationDraft } from './integration-draft.js'
import { layOut } from '../files/lay-out.js'
import { getMergeState, readMergeState, type IntegrationKind, type MergeState, type WaitingConflict } from './merge-state.js'
import type { Operation } from '../operation.js'
import type { LayoutRecord, TrackedPath } from '../ports.js'
import { putLayout } from '../record/record-draft.js'
import type { Repo } from '../repo.js'

export interface ContinueInput {
  readonly kind: IntegrationKind
  readonly title?: string | undefined
  /** Paths as typed whose files are right as they lie, markers or not. */
  readonly resolved: readonly string[]
}

export interface ContinueResult {
  readonly atom: AtomRecord
  readonly state: MergeState
}

const kindCheck = oneOf<IntegrationKind>('merge', 'cherry-pick', 'revert')

export const continueIntegration: Operation<ContinueInput, ContinueResult> = {
  name: 'merge.continue',
  summary: 'Record a merge whose conflicts are resolved',
  effect: 'write',
  errors: ['NO_OPERATION_IN_PROGRESS', 'CONFLICTS_UNRESOLVED', 'REF_MOVED', 'FILE_UNREADABLE', 'PATH_INVALID', 'INPUT_INVALID', 'STORE_FULL', 'FORGOTTEN'],
  check: checkInput<ContinueInput>({ kind: kindCheck, title: optional(filledText), resolved: someOf(filledText) }),
  run: recordResolved,
}

async function recordResolved(repo: Repo, { kind, title, resolved }: ContinueInput): Promise<ContinueResult> {
  const state = readMergeState(repo.store, kind)
  const declared = new Set(resolved.map((typed) => repo.worktree.locate(typed)))
  const open = (await unresolvedPaths(repo, state)).filter((path) => !declared.has(path))
  if (open.length > 0) {
    const paths = open.map((path) => repo.worktree.display(path))
    throw new AtomError('CONFLICTS_UNRESOLVED', `not resolved yet: ${paths.slice(0, 20).join(', ')}${paths.length > 20 ? ` and ${String(paths.length - 20)} more` : ''}`, {
      data: { paths }, hint: `edit the files (or delete them) and repeat; a file that is right as it lies: atom ${kind} --continue -- PATH`,
    })
  }
  const ours = treeOf(repo.objects, state.ours)
  const captured = await captureResolved(repo, state, ours)
  const made = updateTree(withMade(repo.objects, captured.objects), state.tree, captured.files)
  const reader = withMade(repo.objects, [...captured.objects, ...made.objects])
  const changes = new Map(diffTrees(reader, ours, made.root).map(({ path, after }) => [path, after]))
  const draft = integrationDraft(repo, { ...state, title: title ?? state.title })
  const { value } = await repo.writer.transact({ agent: draft.agent, command: kind }, (tx) => {
    for (const object of captured.objects) tx.put(object)
    const recorded = stageIntegration(tx, repo, { integration: { kind, ref: state.ref, draft }, changes, ours })
    for (const object of made.objects) tx.put(object)
    putLayout(tx, made.root, captured.layout)
    tx.deleteRecord(META.merge)
    return recorded
  })
  return { atom: await recordedAtom(repo, value), state }
}

/** Returns the conflicts whose files still have markers, or are as the merge left them. */
export async function unresolvedPaths(repo: Repo, state: MergeState): Promise<readonly TrackedPath[]> {
  const seen = await seenFiles(repo, state.tree, state.conflicts.map(({ path }) => path))
  const open: TrackedPath[] = []
  for (const conflict of state.conflicts) {
    const file = seen.get(conflict.path)
    const isOpen = conflict.isMarked ? await hasMarkers(repo, conflict) : file?.isAsInTree !== false && (conflict.seen === undefined || file?.seen === conflict.seen)
    if (isOpen) open.push(conflict.path)
  }
  return open
}

/** Returns what waits, with the paths still to be resolved: for `status`. */
export async function waitingConflicts(repo: Repo): Promise<{ readonly state: MergeState; readonly unresolved: readonly TrackedPath[] } | undefined> {
  const state = getMergeState(repo.store)
  return state === undefined ? undefined : { state, unresolved: await unresolvedPaths(repo, state) }
}

async function hasMarkers(repo: Repo, { path }: WaitingConflict): Promise<boolean> {
  const file = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
  if (file === undefined) return false
  const text = toDisplayText(readContent(withMade(repo.objects, file.objects), file.entry.link))
  return /^\s*<{7}(?: |$)/m.test(text) || /^\s*>{7}(?: |$)/m.test(text)
}

interface Captured {
  readonly files: ReadonlyMap<TrackedPath, TreeEntry | undefined>
  readonly objects: readonly SealedObject[]
  readonly layout: readonly LayoutRecord[]
}

/** Reads what a person made of the files that the merge touched. Others keep their local changes. */
async function captureResolved(repo: Repo, state: MergeState, ours: MergeState['tree']): Promise<Captured> {
  const files = new Map<TrackedPath, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  const layout: LayoutRecord[] = []
  const touched = new Set([...state.conflicts.map(({ path }) => path), ...diffTrees(repo.objects, ours, state.tree).map(({ path }) => path)])
  for (const path of state.skipped) touched.delete(path)
  const now = await seenFiles(repo, state.tree, [...touched])
  for (const path of touched) {
    // Not in the tree and not asked about: a conflict whose file the merge left away.
    if (now.get(path)?.isAsInTree === true) continue
    const file = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    files.set(path, file?.entry)
    objects.push(...file?.objects ?? [])
    layout.push(file?.layout ?? { path, bytes: undefined })
  }
  return { files, objects, layout }
}

export interface AbortInput {
  readonly kind: IntegrationKind
  /** Drops the record only: the files stay as they are. */
  readonly keepFiles: boolean
}

export interface AbortResult {
  readonly state: MergeState | undefined
  readonly files: Laid | undefined
}

export const abortIntegration: Operation<AbortInput, AbortResult> = {
  name: 'merge.abort',
  summary: 'Put everything back as it was before the merge',
  effect: 'files',
  errors: ['NO_OPERATION_IN_PROGRESS', 'LOCAL_CHANGES', 'FILE_UNWRITABLE', 'STORE_FULL'],
  check: checkInput<AbortInput>({ kind: kindCheck, keepFiles: flag }),
  run: putBack,
}

async function putBack(repo: Repo, { kind, keepFiles }: AbortInput): Promise<AbortResult> {
  const state = readMergeState(repo.store, kind)
  const stamp = { agent: repo.identity.agent, command: kind }
  if (keepFiles) {
    await repo.writer.transact(stamp, (tx) => { tx.deleteRecord(META.merge) })
    return { state, files: undefined }
  }
  const forced = diffTrees(repo.objects, state.layout, state.before).map(({ path }) => path)
  const { value: _none, ...files } = await layOut(repo, {
    from: state.tree, to: state.before, base: state.layout, scopes: scopesOf(repo, state), force: true, dryRun: false, files: 'changed', stamp,
    commit: (tx) => { tx.deleteRecord(META.merge) },
  })
  // What was changed before is a local change again: its stat data would say otherwise.
  if (forced.length > 0) await repo.writer.transact(stamp, (tx) => { putLayout(tx, state.layout, forced.map((path) => ({ path, bytes: undefined }))) })
  return { state, files }
}

/** Returns the scopes that the merge wrote to: putting back needs no leave of its own. */
function scopesOf(repo: Repo, state: MergeState): readonly ('home' | 'system')[] {
  const skipped = new Set(state.skipped)
  const written = diffTrees(repo.objects, state.before, state.tree).map(({ path }) => path).filter((path) => !skipped.has(path))
  return (['home', 'system'] as const).filter((scope) => written.some((path) => path.startsWith(`${scope}/`)))
}
