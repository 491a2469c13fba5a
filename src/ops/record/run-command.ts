/**
 * `run`: what a command did: its output, its exit code, and every tracked file it changed or created, before and after.
 *
 * In two parts, so that the store is not held while the command runs: `runBegin` notes how the files are, `runEnd` compares and records. The
 * surface in between starts the command.
 */
import { add, recordPast, type AddInput, type AddResult } from './add.js'
import { bytes, checkInput, count, filledText, listOf, optional, record, someOf, text } from '../check.js'
import type { ObjectId } from '../../codec/object-id.js'
import { readContent } from '../../store/content.js'
import { getEntry } from '../../tree/read.js'
import type { Operation } from '../operation.js'
import { layoutTree } from './record-draft.js'
import type { Repo } from '../repo.js'
import type { EvidenceInput } from './evidence.js'

/** How a file was that differed from what was last recorded, or was not tracked. */
export interface FileBefore {
  readonly path: string
  /** Id of the content, which is stored already; absent where the file was gone. */
  readonly content?: string | undefined
  readonly mode?: number | undefined
}

export interface RunBefore { readonly files: readonly FileBefore[] }

export const runBegin: Operation<Record<never, never>, RunBefore> = {
  name: 'run.begin',
  summary: 'Note how the files are before a command runs',
  effect: 'read',
  errors: ['FILE_UNREADABLE'],
  check: checkInput({}),
  run: async (repo) => ({ files: await differingFiles(repo) }),
}

export interface RunInput {
  readonly command: readonly string[]
  readonly title?: string | undefined
  readonly type?: string | undefined
  readonly reason?: string | undefined
  readonly agent?: string | undefined
  readonly influencedBy: readonly string[]
  readonly exitCode: number
  readonly signal?: string | undefined
  readonly durationMs: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly before: readonly FileBefore[]
}

const fileBefore = record<FileBefore>({ path: filledText, content: optional(text), mode: optional(count) })

export const runEnd: Operation<RunInput, AddResult> = {
  name: 'run.end',
  summary: 'Record what a command did',
  effect: 'write',
  errors: add.errors,
  check: checkInput<RunInput>({
    command: listOf(text), title: optional(filledText), type: optional(filledText), reason: optional(text), agent: optional(filledText), influencedBy: someOf(filledText),
    exitCode: count, signal: optional(text), durationMs: count, stdout: bytes, stderr: bytes, before: listOf(fileBefore),
  }),
  run: recordRun,
}

async function recordRun(repo: Repo, input: RunInput): Promise<AddResult> {
  const before = new Map(input.before.map((file) => [file.path, file]))
  const after = await differingFiles(repo)
  const touched = after.filter((file) => !isSame(before.get(file.path), file))
  const settled = input.before.filter(({ path }) => !after.some((file) => file.path === path))
  const isTracked = ({ path }: FileBefore): boolean => getEntry(repo.objects, layoutTree(repo.store), path) !== undefined
  const restored = settled.filter(isTracked)
  const line = input.command.join(' ')
  const evidence: EvidenceInput[] = []
  const about = { phase: 'other', command: input.command, exitCode: input.exitCode, durationMs: input.durationMs } as const
  evidence.push({ name: 'stdout', ...about, content: input.stdout })
  if (input.stderr.length > 0) evidence.push({ name: 'stderr', ...about, content: input.stderr })
  // What nobody had recorded and is gone has no place in the tree: what it held is evidence.
  const lost = settled.filter((file) => !isTracked(file))
  for (const file of [...touched, ...lost]) evidence.push(...contentBefore(repo, before.get(file.path)))
  const request: AddInput = {
    type: input.type ?? 'TASK',
    title: input.title ?? (line.length > 120 ? `${line.slice(0, 119)}…` : line),
    operation: 'run',
    reason: input.reason,
    agent: input.agent,
    metadata: { command: [...input.command], exit_code: input.exitCode, ...(input.signal !== undefined && { signal: input.signal }) },
    influencedBy: input.influencedBy,
    files: [...touched.filter(({ content }) => content !== undefined), ...restored].map(({ path }) => typedPath(repo, path)),
    deletes: touched.filter(({ content }) => content === undefined).map(({ path }) => typedPath(repo, path)),
    evidence,
  }
  return recordPast(repo, add.check(request))
}

/** A path that `locate` understands wherever the user stands. */
function typedPath(repo: Repo, path: string): string {
  return path.startsWith('project/') && repo.worktree.root !== undefined ? `${repo.worktree.root}/${path.slice('project/'.length)}` : repo.worktree.display(path)
}

/** A file that differed from the recorded state before the command is evidence: the parent's tree does not show what the command found. */
function contentBefore(repo: Repo, file: FileBefore | undefined): readonly EvidenceInput[] {
  if (file?.content === undefined) return []
  const path = repo.worktree.display(file.path)
  return [{ name: `before ${path}`, phase: 'before', path, content: readContent(repo.objects, file.content as ObjectId) }]
}

function isSame(before: FileBefore | undefined, after: FileBefore): boolean {
  return before !== undefined && before.content === after.content && before.mode === after.mode
}

async function differingFiles(repo: Repo): Promise<readonly FileBefore[]> {
  const changes = await repo.worktree.changes({ ...repo.store, ...repo.objects }, layoutTree(repo.store), { untracked: 'show' })
  const files: FileBefore[] = []
  for (const { path } of changes) {
    const captured = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    if (captured !== undefined) await repo.writer.putAhead(captured.objects)
    files.push(captured === undefined ? { path } : { path, content: captured.entry.link, mode: captured.entry.mode })
  }
  return files
}
