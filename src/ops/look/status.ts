/** `status`: where HEAD stands, and what on disk no ATOM carries. */
import { compareText } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { digestOf } from '../../codec/object-id.js'
import { currentBranch, getTip } from '../../history/resolve.js'
import { worktreeKey } from '../../store/keys.js'
import { META } from '../../store/objects.js'
import { getTitle } from '../../trail/record.js'
import { checkInput, filledText, oneOf, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import { getMergeState, type IntegrationKind } from '../fork/merge-state.js'
import type { Operation } from '../operation.js'
import type { LayoutRecord, LocalChange, TrackedPath } from '../ports.js'
import { layoutTree } from '../record/record-draft.js'
import type { Repo } from '../repo.js'
import { countQueued } from './queued.js'

export interface StatusInput {
  /** Only at or below these, as typed; default: everything. */
  readonly paths: readonly string[]
  /** Default: show. */
  readonly untracked?: 'show' | 'hide' | undefined
}

export interface StatusResult {
  /** Where the user stands, as a tracked path; undefined where that is no folder of the project. */
  readonly folder: TrackedPath | undefined
  /** Full ref name; undefined when HEAD is detached. */
  readonly branch: string | undefined
  readonly head: StatusHead | undefined
  /** Sorted by path. */
  readonly changes: readonly LocalChange[]
  /** What waits for its conflicts, or to be recorded now that they are resolved. */
  readonly waiting: IntegrationKind | undefined
  /** Files that wait in the spool. */
  readonly spooled: number
  /** ATOMs that are not on every remote that is sent to after each. */
  readonly queued: number
  /** Why the last attempt to send them failed. */
  readonly trouble: string | undefined
}

export interface StatusHead {
  readonly object: ObjectId
  readonly atomId: string
  readonly title: string | undefined
  readonly timeMs: number
}

export const status: Operation<StatusInput, StatusResult> = {
  name: 'status',
  summary: 'Show what changed and was not recorded',
  effect: 'read',
  errors: ['PATH_INVALID', 'FILE_UNREADABLE'],
  check: checkInput<StatusInput>({ paths: someOf(filledText), untracked: optional(oneOf('show', 'hide')) }),
  run: readStatus,
}

async function readStatus(repo: Repo, { paths, untracked = 'show' }: StatusInput): Promise<StatusResult> {
  const context = resolveContext(repo)
  const tip = getTip(context)
  const records: LayoutRecord[] = []
  const changes = await repo.worktree.changes({ ...repo.store, ...repo.objects }, layoutTree(repo.store), {
    untracked, remember: (found) => { records.push(...found) }, ...(paths.length > 0 && { paths: paths.map((typed) => repo.worktree.locate(typed)) }),
  })
  await remember(repo, records)
  const conflicts = await openConflicts(repo, paths)
  return { folder: repo.worktree.folder(), branch: currentBranch(context), head: tip === undefined ? undefined : readHead(repo, tip), changes: withConflicts(changes, conflicts), waiting: getMergeState(repo.store)?.kind, spooled: repo.spool.count(), queued: await countQueued(repo), trouble: repo.outbox?.trouble() }
}

/** Returns the paths of a merge, cherry-pick or revert in progress that nobody resolved yet. */
async function openConflicts(repo: Repo, paths: readonly string[]): Promise<readonly string[]> {
  if (repo.store.getRecord(META.merge) === undefined) return []
  const { waitingConflicts } = await import('../fork/merge-end.js')
  const wanted = paths.map((typed) => repo.worktree.locate(typed))
  const open = (await waitingConflicts(repo))?.unresolved ?? []
  return open.filter((path) => wanted.length === 0 || wanted.some((at) => path === at || path.startsWith(`${at}/`)))
}

function withConflicts(changes: readonly LocalChange[], conflicts: readonly string[]): readonly LocalChange[] {
  if (conflicts.length === 0) return changes
  const open = new Set(conflicts)
  const merged = [...changes.filter(({ path }) => !open.has(path)), ...conflicts.map((path): LocalChange => ({ path, change: 'conflict' }))]
  return merged.sort((left, right) => compareText(left.path, right.path))
}

/** Saves the next reading of files whose stat data proved nothing. */
async function remember(repo: Repo, records: readonly LayoutRecord[]): Promise<void> {
  if (records.length === 0) return
  await repo.writer.transact({ agent: repo.identity.agent, command: 'status' }, (tx) => {
    for (const { path, bytes } of records) if (bytes !== undefined) tx.putRecord(worktreeKey(path), bytes)
  })
}

function readHead(repo: Repo, object: ObjectId): StatusHead | undefined {
  const seq = repo.index.getSeq(digestOf(object))
  if (seq === undefined) return undefined
  const { atomId, timeMs } = repo.index.node(seq)
  return { object, atomId, title: getTitle(repo, seq), timeMs }
}
