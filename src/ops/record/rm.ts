/** `rm`: removes tracked files from the disk and records that they are gone, in one ATOM. */
import { AtomError } from '../../base/errors.js'
import { SALT_BYTES } from '../../base/limits.js'
import type { TreeEntry } from '../../object/tree.js'
import { resolveRef } from '../../refs/ref.js'
import { displayPath } from '../../tree/scope.js'
import { updateTree } from '../../tree/update.js'
import { recordOf, type AtomRecord } from '../../trail/record.js'
import { getProject } from './add.js'
import { checkInput, filledText, flag, oneOf, optional, orElse, someOf, text } from '../check.js'
import { targetRef, treeOf } from '../context.js'
import { layOut, type LaidOut } from '../files/lay-out.js'
import type { Operation } from '../operation.js'
import type { Scope, TrackedPath } from '../ports.js'
import { recordDraft, stageDraft, type Draft, type RecordedAtom } from './record-draft.js'
import type { Repo } from '../repo.js'
import { quoteWord } from '../quote-word.js'
import { allowedScopes, scopeName } from '../files/scope-name.js'
import { readTracked } from './tracked-paths.js'

export interface RmInput {
  /** As typed. */
  readonly paths: readonly string[]
  /** Default: `Remove a.env`. */
  readonly title?: string | undefined
  readonly reason?: string | undefined
  readonly agent?: string | undefined
  /** Folders are taken only when asked for. */
  readonly folders: 'take' | 'refuse'
  /** `keep`: the files stay, and are not tracked any more. */
  readonly files: 'remove' | 'keep'
  readonly scopes: readonly Scope[]
  readonly force: boolean
  readonly dryRun: boolean
}

export interface ChangedFiles {
  /** Undefined for a dry run. */
  readonly atom: AtomRecord | undefined
  /** Full name of the ref that moved. */
  readonly ref: string
  readonly isNewBranch: boolean
  readonly laid: LaidOut<unknown> | undefined
  readonly paths: readonly TrackedPath[]
}

export const rm: Operation<RmInput, ChangedFiles> = {
  name: 'rm',
  summary: 'Remove tracked files and record it',
  effect: 'files',
  errors: ['LOCAL_CHANGES', 'PATH_NOT_FOUND', 'PATH_INVALID', 'SCOPE_REFUSED', 'FILE_UNWRITABLE', 'INPUT_INVALID', 'STORE_FULL', 'REF_MOVED'],
  check: checkInput<RmInput>({
    paths: someOf(filledText), title: optional(filledText), reason: optional(text), agent: optional(filledText), folders: orElse('refuse', oneOf('take', 'refuse')), files: orElse('remove', oneOf('remove', 'keep')),
    scopes: someOf(scopeName), force: flag, dryRun: flag,
  }),
  run: removeFiles,
}

async function removeFiles(repo: Repo, input: RmInput): Promise<ChangedFiles> {
  if (input.paths.length === 0) throw new AtomError('INPUT_INVALID', 'no path was named', { data: { field: 'paths' }, hint: 'atom rm PATH…' })
  const ref = targetRef(repo)
  const tip = resolveRef(repo.store, ref) ?? resolveRef(repo.store, 'HEAD')
  const before = treeOf(repo.objects, tip)
  const paths = [...new Set(input.paths.flatMap((typed) => pathsToRemove(repo, { tree: before, typed, input })))].sort()
  checkScopes(paths, allowedScopes(repo, input.scopes), 'rm')
  const files = new Map<TrackedPath, TreeEntry | undefined>(paths.map((path) => [path, undefined]))
  const draft = makeFilesDraft(repo, input, { title: `Remove ${listed(paths)}`, files })
  if (input.files === 'keep') {
    if (input.dryRun) return { atom: undefined, ref, isNewBranch: false, laid: undefined, paths }
    const recorded = await recordDraft(repo, { ...draft, layout: paths.map((path) => ({ path, bytes: undefined })) }, { ref, command: 'rm' })
    return { ...recordedFiles(repo, recorded), ref, laid: undefined, paths }
  }
  const { root, objects } = updateTree(repo.objects, before, files)
  const { agent } = draft
  const laid = await layOut(repo, {
    to: root, objects, paths, scopes: input.scopes, force: input.force, dryRun: input.dryRun, files: 'every', stamp: { agent, command: 'rm' },
    commit: (tx) => stageDraft(tx, draft, { ref, command: 'rm', salt: repo.random.bytes(SALT_BYTES) }),
  })
  return { ...recordedFiles(repo, laid.value), ref, laid, paths }
}

function pathsToRemove(repo: Repo, { tree, typed, input }: { readonly tree: Parameters<typeof readTracked>[1]; readonly typed: string; readonly input: RmInput }): readonly TrackedPath[] {
  const { path, files } = readTracked(repo, tree, typed)
  if (input.folders === 'refuse' && files[0]?.path !== path) {
    throw new AtomError('INPUT_INVALID', `${typed} is a folder with ${String(files.length)} tracked files`, { data: { field: 'paths', value: typed }, hint: `atom rm -r ${quoteWord(typed)}` })
  }
  return files.map((file) => file.path)
}

/** Refuses files outside the project without leave before anything is done: an ATOM must not say what did not happen. */
export function checkScopes(paths: readonly TrackedPath[], scopes: readonly Scope[], command: string): void {
  const lacking = paths.filter((path) => !path.startsWith('project/') && !scopes.some((scope) => path.startsWith(`${scope}/`)))
  if (lacking.length === 0) return
  const wanted = [...new Set(lacking.map((path) => path.slice(0, path.indexOf('/'))))]
  throw new AtomError('SCOPE_REFUSED', `nothing was changed, files outside the project need leave: ${listed(lacking)}`, {
    data: { paths: lacking.map(displayPath), scopes: wanted }, hint: `atom ${command} --scope ${wanted.join(',')} …`,
  })
}

/** Returns the draft of an ATOM that says what happened to files. */
export function makeFilesDraft(repo: Repo, input: Pick<RmInput, 'title' | 'reason' | 'agent'>, { title, files, operation }: { readonly title: string; readonly files: ReadonlyMap<TrackedPath, TreeEntry | undefined>; readonly operation?: string }): Draft {
  const project = getProject(repo)
  return {
    type: 'CFG',
    ...(operation !== undefined && { operation }),
    agent: input.agent ?? repo.identity.agent,
    influencedBy: [],
    body: { title: input.title ?? title, ...(input.reason !== undefined && { reason: input.reason }), ...(project !== undefined && { project }) },
    files,
    objects: [],
    layout: [],
  }
}

export function recordedFiles(repo: Repo, recorded: RecordedAtom | undefined): Pick<ChangedFiles, 'atom' | 'isNewBranch'> {
  if (recorded === undefined) return { atom: undefined, isNewBranch: false }
  return { atom: { ...recordOf(repo, recorded, {}), files: recorded.changes }, isNewBranch: recorded.isNewBranch }
}

/** Returns paths as a title says them. */
export function listed(paths: readonly TrackedPath[]): string {
  const [first = '', second, ...rest] = paths.map(displayPath)
  if (second === undefined) return first
  return rest.length === 0 ? `${first} and ${second}` : `${first} and ${String(paths.length - 1)} others`
}
