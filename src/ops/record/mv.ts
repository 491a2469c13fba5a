/** `mv`: renames a tracked file or folder on disk and records it, in one ATOM. */
import { AtomError } from '../../base/errors.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import { resolveRef } from '../../refs/ref.js'
import { displayPath } from '../../tree/scope.js'
import { checkInput, filledText, flag, optional, someOf, text } from '../check.js'
import { targetRef, treeOf } from '../context.js'
import type { Operation } from '../operation.js'
import type { LayoutRecord, Scope, TrackedPath } from '../ports.js'
import { layoutTree, recordDraft } from './record-draft.js'
import type { Repo } from '../repo.js'
import { checkScopes, makeFilesDraft, recordedFiles, type ChangedFiles } from './rm.js'
import { allowedScopes, scopeName } from '../files/scope-name.js'
import { readTracked } from './tracked-paths.js'

export interface MvInput {
  /** As typed. */
  readonly from: string
  /** As typed; a folder that is there, or a name with a slash at its end, takes the file in. */
  readonly to: string
  /** Default: `Move a.env to b.env`. */
  readonly title?: string | undefined
  readonly reason?: string | undefined
  readonly agent?: string | undefined
  readonly scopes: readonly Scope[]
  readonly force: boolean
  readonly dryRun: boolean
}

export const mv: Operation<MvInput, ChangedFiles> = {
  name: 'mv',
  summary: 'Move or rename a tracked file or folder and record it',
  effect: 'files',
  errors: ['LOCAL_CHANGES', 'PATH_NOT_FOUND', 'PATH_INVALID', 'SCOPE_REFUSED', 'FILE_UNWRITABLE', 'FILE_UNREADABLE', 'STORE_FULL', 'REF_MOVED'],
  check: checkInput<MvInput>({ from: filledText, to: filledText, title: optional(filledText), reason: optional(text), agent: optional(filledText), scopes: someOf(scopeName), force: flag, dryRun: flag }),
  run: moveFiles,
}

async function moveFiles(repo: Repo, input: MvInput): Promise<ChangedFiles> {
  const ref = targetRef(repo)
  const before = treeOf(repo.objects, resolveRef(repo.store, ref) ?? resolveRef(repo.store, 'HEAD'))
  const { path: from, files } = readTracked(repo, before, input.from)
  const to = await findTarget(repo, from, input)
  const moves = files.map(({ path }) => ({ from: path, to: to + path.slice(from.length) }))
  checkScopes([from, to], allowedScopes(repo, input.scopes), 'mv')
  await checkFree(repo, { from, to }, input)
  const paths = moves.map((move) => move.to)
  if (input.dryRun) return { atom: undefined, ref, isNewBranch: false, laid: undefined, paths }
  await repo.worktree.move(from, to, input.force ? 'replace' : 'refuse')
  try {
    const captured = await captureMoved(repo, moves)
    const draft = makeFilesDraft(repo, input, { title: `Move ${displayPath(from)} to ${displayPath(to)}`, files: captured.files, operation: 'move_file' })
    const recorded = await recordDraft(repo, { ...draft, objects: captured.objects, layout: captured.layout }, { ref, command: 'mv' })
    return { ...recordedFiles(repo, recorded), ref, laid: undefined, paths }
  } catch (error) {
    await repo.worktree.move(to, from, 'refuse')
    throw error
  }
}

async function findTarget(repo: Repo, from: TrackedPath, { to, from: typed }: MvInput): Promise<TrackedPath> {
  const target = repo.worktree.locate(to)
  const isFolder = to.endsWith('/') || await repo.worktree.isFolder(target)
  const path = isFolder ? `${target}/${from.slice(from.lastIndexOf('/') + 1)}` : target
  if (path !== from && !path.startsWith(`${from}/`)) return path
  const reason = path === from ? 'it is there already' : 'a folder cannot go into itself'
  throw new AtomError('PATH_INVALID', `cannot move ${typed} to ${to}: ${reason}`, { data: { path: to, reason } })
}

/** Refuses to move what has unrecorded changes, or over what is there. */
async function checkFree(repo: Repo, { from, to }: { readonly from: TrackedPath; readonly to: TrackedPath }, { force }: MvInput): Promise<void> {
  if (force) return
  const changed = await repo.worktree.changes({ ...repo.store, ...repo.objects }, layoutTree(repo.store), { untracked: 'hide', paths: [from] })
  if (changed.length > 0) {
    const paths = changed.map(({ path }) => displayPath(path))
    throw new AtomError('LOCAL_CHANGES', `nothing was moved, these have changes that no ATOM carries: ${paths.join(', ')}`, { data: { paths }, hint: 'record them first (atom commit -a -m TITLE), or move and record them as they are with --force' })
  }
  if ((await repo.worktree.list(to)).length > 0) {
    throw new AtomError('LOCAL_CHANGES', `nothing was moved, ${displayPath(to)} is there already`, { data: { paths: [displayPath(to)] }, hint: 'take another name, or overwrite it with --force' })
  }
}

interface Moved {
  readonly files: ReadonlyMap<TrackedPath, TreeEntry | undefined>
  readonly objects: readonly SealedObject[]
  readonly layout: readonly LayoutRecord[]
}

async function captureMoved(repo: Repo, moves: readonly { readonly from: TrackedPath; readonly to: TrackedPath }[]): Promise<Moved> {
  const files = new Map<TrackedPath, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  const layout: LayoutRecord[] = []
  for (const { from, to } of moves) {
    const file = await repo.worktree.capture(to, (ahead) => repo.writer.putAhead(ahead))
    files.set(from, undefined)
    layout.push({ path: from, bytes: undefined })
    if (file === undefined) continue
    files.set(to, file.entry)
    objects.push(...file.objects)
    layout.push(file.layout)
  }
  return { files, objects, layout }
}
