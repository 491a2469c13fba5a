/** `cherry-pick` and `revert`: bring what an ATOM changed onto the current branch, or put it back. One new ATOM for each. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { resolveAtom, resolveRevision } from '../../history/resolve.js'
import { parseRevisionSet } from '../../history/revision-syntax.js'
import { walk } from '../../history/graph/walk.js'
import type { MergeConflict } from '../../history/merge/types.js'
import type { AtomHeader } from '../../object/atom.js'
import type { SealedObject } from '../../object/seal.js'
import { FILE_MODE, type TreeEntry } from '../../object/tree.js'
import { shortRefName } from '../../refs/name.js'
import { readObject } from '../../store/objects.js'
import { getBody } from '../../store/body.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE, getEntry } from '../../tree/read.js'
import { pathInTree } from '../../tree/scope.js'
import { updateTree } from '../../tree/update.js'
import { displayPath } from '../../trail/paths.js'
import type { AtomRecord } from '../../trail/record.js'
import { checkInput, count, filledText, oneOf, optional, someOf } from '../check.js'
import { resolveContext, targetRef } from '../context.js'
import { integrate, type Laid, type LayoutWish } from './integrate.js'
import { integrationDraft } from './integration-draft.js'
import { wishChecks, wishOf, type WishInput } from './layout-wish.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface PickInput extends WishInput {
  readonly kind: 'cherry-pick' | 'revert'
  /** Revisions and ranges `A..B`, in the order typed. */
  readonly revisions: readonly string[]
  /** Of a merge: the parent (from 1) against which its change is meant. */
  readonly mainline?: number | undefined
  readonly title?: string | undefined
}

export interface PickResult {
  readonly result: 'picked' | 'reverted' | 'conflicts'
  readonly kind: 'cherry-pick' | 'revert'
  readonly source: { readonly object: ObjectId; readonly atomId: string }
  readonly atom: AtomRecord | undefined
  readonly conflicts: readonly MergeConflict[]
  readonly ref: string
  readonly files: Laid | undefined
  readonly isWaiting: boolean
  /** How many are still to come; they wait with this one's conflicts. */
  readonly rest: number
  /** Commands that the reverted ATOM ran: what they did beside its files is not undone. */
  readonly commands: readonly (readonly string[])[]
}

export const pick: Operation<PickInput, PickResult> = {
  name: 'pick',
  summary: 'Bring the change of ATOMs onto the current branch, or take it back',
  effect: 'files',
  errors: [
    'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'LOCAL_CHANGES', 'SCOPE_REFUSED', 'OPERATION_IN_PROGRESS', 'REF_MOVED', 'OBJECT_NOT_FOUND', 'FILE_UNWRITABLE', 'FILE_UNREADABLE',
    'STORE_FULL', 'FORGOTTEN', 'INPUT_INVALID',
  ],
  check: checkInput<PickInput>({ kind: oneOf('cherry-pick', 'revert'), revisions: someOf(filledText), mainline: optional(count), title: optional(filledText), ...wishChecks }),
  run: pickAll,
}

/** Yields one result for each; the first with conflicts is the last. */
async function* pickAll(repo: Repo, input: PickInput): AsyncIterable<PickResult> {
  const ids = await idsOf(repo, input)
  if (ids.length === 0) throw new AtomError('INPUT_INVALID', `nothing to ${input.kind}`, { data: { field: 'revisions' }, hint: `atom ${input.kind} REV` })
  if (input.title !== undefined && ids.length > 1) throw new AtomError('INPUT_INVALID', 'a title goes with one revision', { data: { field: 'title' }, hint: 'leave out the title, or name one revision' })
  yield* pickEach(repo, { kind: input.kind, ids, mainline: input.mainline, title: input.title }, wishOf(input))
}

/** Returns what the revisions name: ranges oldest first for a pick, newest first for a revert. */
async function idsOf(repo: Repo, { revisions, kind }: PickInput): Promise<readonly ObjectId[]> {
  const context = resolveContext(repo)
  const seqs: number[] = []
  for (const text of revisions) {
    const set = parseRevisionSet(text)
    if (set.is !== 'range') {
      seqs.push(await resolveAtom(context, text))
      continue
    }
    const list = [...walk(repo.index, [await resolveRevision(context, set.to)], { hide: [await resolveRevision(context, set.from)] })]
    seqs.push(...(kind === 'revert' ? list : list.reverse()))
  }
  return seqs.map((seq) => repo.index.node(seq).id)
}

export interface PickPlan {
  readonly kind: 'cherry-pick' | 'revert'
  readonly ids: readonly ObjectId[]
  readonly mainline?: number | undefined
  readonly title?: string | undefined
}

export async function* pickEach(repo: Repo, { kind, ids, mainline, title }: PickPlan, wish: LayoutWish): AsyncIterable<PickResult> {
  const ref = targetRef(repo)
  for (const [index, id] of ids.entries()) {
    repo.signal.throwIfAborted()
    const header = readObject(repo.objects, id, 'atom')
    const parent = parentTree(repo, { kind, header, mainline })
    const before = kind === 'revert' ? beforeOf(repo, header, parent) : { tree: parent, objects: [] }
    const rest = ids.slice(index + 1)
    const names = [header.atomId]
    const integrated = await integrate(repo, {
      kind, ref, theirs: id, objects: before.objects, names, rest,
      base: kind === 'revert' ? header.tree : before.tree, changed: kind === 'revert' ? before.tree : header.tree,
      labels: { ours: ref === 'HEAD' ? 'HEAD' : shortRefName(ref), theirs: kind === 'revert' ? `before ${header.atomId}` : header.atomId },
      draft: integrationDraft(repo, { kind, ref, theirs: id, names, title }),
    }, wish)
    const isStopped = integrated.conflicts.length > 0
    yield {
      ...integrated, kind, ref, source: { object: id, atomId: header.atomId }, result: isStopped ? 'conflicts' : kind === 'revert' ? 'reverted' : 'picked',
      rest: isStopped ? rest.length : 0, commands: kind === 'revert' ? commandsOf(repo, header) : [],
    }
    if (isStopped) return
  }
}

function parentTree(repo: Repo, { kind, header, mainline }: { readonly kind: string; readonly header: AtomHeader; readonly mainline: number | undefined }): ObjectId {
  const { parents, atomId } = header
  if (parents.length > 1 && mainline === undefined) {
    throw new AtomError('INPUT_INVALID', `${atomId} is a merge: against which of its ${String(parents.length)} parents is meant`, { data: { field: 'mainline', value: atomId }, hint: `atom ${kind} -m 1 ${atomId}` })
  }
  const parent = parents[(mainline ?? 1) - 1]
  if (parent === undefined && (mainline !== undefined || parents.length > 0)) throw new AtomError('INPUT_INVALID', `${atomId} has no parent ${String(mainline)}`, { data: { field: 'mainline', value: String(mainline) } })
  return parent === undefined ? EMPTY_TREE.id : readObject(repo.objects, parent, 'atom').tree
}

/**
 * Returns the tree that a revert goes back to: the parent's, and where the ATOM recorded how it found a file that nobody had recorded, that
 * content (`run` keeps it as evidence).
 */
function beforeOf(repo: Repo, header: AtomHeader, parent: ObjectId): { readonly tree: ObjectId; readonly objects: readonly SealedObject[] } {
  if (header.operation !== 'run') return { tree: parent, objects: [] }
  const found = new Map((getBody(repo.objects, header.body)?.evidence ?? []).flatMap(({ phase, path, content, command }) => phase === 'before' && path !== undefined && content !== undefined && command === undefined ? [[path, content] as const] : []))
  const files = new Map<string, TreeEntry | undefined>()
  for (const { path, before, after } of diffTrees(repo.objects, parent, header.tree)) {
    const content = found.get(displayPath(path))
    found.delete(displayPath(path))
    const mode = before?.mode ?? after?.mode
    if (content !== undefined && mode !== undefined && repo.objects.getObject(content) !== undefined) files.set(path, { mode, link: content })
  }
  // A file that the command removed and nobody had recorded is in neither tree.
  for (const [shown, content] of found) {
    const path = pathInTree(shown)
    const isRecorded = [parent, header.tree].some((tree) => getEntry(repo.objects, tree, path) !== undefined)
    if (!isRecorded && repo.objects.getObject(content) !== undefined) files.set(path, { mode: FILE_MODE, link: content })
  }
  const updated = updateTree(repo.objects, parent, files)
  return { tree: updated.root, objects: updated.objects }
}

function commandsOf(repo: Repo, header: AtomHeader): readonly (readonly string[])[] {
  const commands = (getBody(repo.objects, header.body)?.evidence ?? []).flatMap(({ command }) => command === undefined ? [] : [command])
  return [...new Map(commands.map((command) => [JSON.stringify(command), command])).values()]
}

/** Returns the ATOM that a result is about, for messages. */
export function sourceName({ source }: PickResult): string {
  return `${source.atomId} (${digestOf(source.object).slice(0, 10)})`
}

export interface PickRestInput extends WishInput {
  readonly kind: 'cherry-pick' | 'revert'
  readonly ids: readonly string[]
}

export const pickRest: Operation<PickRestInput, PickResult> = {
  name: 'pick.rest',
  summary: 'Go on with what waited behind a conflict',
  effect: 'files',
  errors: pick.errors,
  check: checkInput<PickRestInput>({ kind: oneOf('cherry-pick', 'revert'), ids: someOf(filledText), ...wishChecks }),
  run: (repo, { kind, ids, ...wish }) => pickEach(repo, { kind, ids: ids as readonly ObjectId[] }, wishOf(wish)),
}
