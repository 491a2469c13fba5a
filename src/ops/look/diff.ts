/** `diff`: what differs between two ATOMs, or between one and the files on disk: files as patches, records field by field. */
import { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { diffFields, type FieldDifference } from '../../history/content/field-diff.js'
import { mergeBases } from '../../history/graph/merge-base.js'
import { findRenames, type FileChange } from '../../history/renames.js'
import { resolveRevision } from '../../history/resolve.js'
import { parseRevisionSet } from '../../history/revision-syntax.js'
import type { IndexNode } from '../../index/node.js'
import type { ObjectReader } from '../../store/types.js'
import { readObject } from '../../store/objects.js'
import { diffTrees } from '../../tree/diff.js'
import { toAtomJson, type AtomJson } from '../../trail/atom-json.js'
import { readRecord } from '../../trail/record.js'
import { splitBarePaths } from './bare-paths.js'
import { diffPaths } from './diff-paths.js'
import { checkInput, count, filledText, flag, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import { fileDiff, type FileDiff, type FileDiffOptions } from './file-diffs.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'
import { layoutTree } from '../record/record-draft.js'
import { treeOnDisk } from './tree-on-disk.js'

export interface DiffInput {
  /** None: the files on disk against what was last laid out. One: against it. Two, or `A..B`, `A...B`: between them. `REV:PATH`: that file or folder. */
  readonly revisions: readonly string[]
  /** As typed. */
  readonly paths: readonly string[]
  readonly contextLines?: number | undefined
  readonly ignoreSpace?: boolean | undefined
  readonly renames?: boolean | undefined
  /** Which percentage of a file has to stay the same in a rename; default 50. */
  readonly similarity?: number | undefined
}

export interface DiffResult {
  /** Absent where it is no ATOM: what was last laid out. */
  readonly before: IndexNode | undefined
  /** Absent where it is the files on disk. */
  readonly after: IndexNode | undefined
  readonly files: readonly FileDiff[]
  readonly fields: readonly FieldDifference[]
}

export const diff: Operation<DiffInput, DiffResult> = {
  name: 'diff',
  summary: 'Show what differs between two ATOMs, or from the files on disk',
  effect: 'read',
  errors: ['USAGE', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'PATH_INVALID', 'PATH_NOT_FOUND', 'FILE_UNREADABLE'],
  check: checkInput<DiffInput>({
    revisions: someOf(filledText), paths: someOf(filledText), contextLines: optional(count), ignoreSpace: optional(flag), renames: optional(flag), similarity: optional(count),
  }),
  run: runDiff,
}

async function runDiff(repo: Repo, given: DiffInput): Promise<DiffResult> {
  const words = await splitBarePaths(repo, given.revisions)
  const input = { ...given, revisions: words.revisions, paths: [...words.paths, ...given.paths] }
  const paths = input.paths.map((typed) => trackedPathOf(repo, typed))
  const named = await diffPaths(repo, input.revisions, input.paths)
  if (named !== undefined) return { before: undefined, after: undefined, files: fileDiffs(repo, named.objects, { changes: named.changes, paths: [], input }), fields: [] }
  const sides = await findSides(repo, input.revisions)
  const [first, second] = sides
  if (second !== undefined && first !== undefined) {
    const [before, after] = [repo.index.node(first), repo.index.node(second)]
    const changes = diffTrees(repo.objects, treeOf(repo, before), treeOf(repo, after))
    const fields = paths.length > 0 ? [] : diffFields(recordOf(repo, first), recordOf(repo, second))
    return { before, after, files: fileDiffs(repo, repo.objects, { changes, paths, input }), fields }
  }
  const before = first === undefined ? undefined : repo.index.node(first)
  const disk = await treeOnDisk(repo, paths)
  const changes = diffTrees(disk.objects, before === undefined ? layoutTree(repo.store) : treeOf(repo, before), disk.tree).filter(({ path }) => disk.knows(path))
  return { before, after: undefined, files: fileDiffs(repo, disk.objects, { changes, paths, input }), fields: [] }
}

/** Returns one or two ATOMs, or none. */
async function findSides(repo: Repo, revisions: readonly string[]): Promise<readonly number[]> {
  const context = resolveContext(repo)
  const sides: number[] = []
  for (const text of revisions) {
    const set = parseRevisionSet(text)
    if (set.is === 'one') {
      sides.push(await resolveRevision(context, set.revision))
    } else if (set.is === 'range') {
      sides.push(await resolveRevision(context, set.from), await resolveRevision(context, set.to))
    } else if (set.is === 'symmetric') {
      const [left, right] = [await resolveRevision(context, set.left), await resolveRevision(context, set.right)]
      const [base] = mergeBases(repo.index, left, [right])
      if (base === undefined) throw new AtomError('USAGE', `${text} has no common ancestor`, { data: { value: text }, hint: `atom diff ${text.replace('...', ' ')}` })
      sides.push(base, right)
    } else if (set.is === 'alone') {
      const seq = await resolveRevision(context, set.revision)
      const [parent] = repo.index.parents(seq)
      if (parent === undefined) throw new AtomError('USAGE', `${text} has no parent to compare with`, { data: { value: text }, hint: 'atom show shows what the first ATOM recorded' })
      sides.push(parent, seq)
    } else throw new AtomError('USAGE', `'${text}' cannot be compared`, { data: { value: text }, hint: 'atom diff A B, or atom diff A..B' })
  }
  if (sides.length > 2) throw new AtomError('USAGE', `${String(sides.length)} ATOMs where at most two can be compared`, { data: { value: revisions.join(' ') }, hint: 'atom diff A B' })
  return sides
}

function treeOf(repo: Repo, node: IndexNode): ObjectId {
  return readObject(repo.objects, node.id, 'atom').tree
}

/** What makes an ATOM the one it is, or stands in the files above, is no difference worth a line. */
const LEFT_OUT: readonly (keyof AtomJson)[] = ['atom_id', 'object', 'cid', 'signature', 'parents', 'previous_atom', 'tree', 'files', 'tainted']

function recordOf(repo: Repo, seq: number): { readonly [field: string]: unknown } {
  return Object.fromEntries(Object.entries(toAtomJson(readRecord(repo, seq))).filter(([field]) => !(LEFT_OUT as readonly string[]).includes(field)))
}

interface FilesToDiff {
  readonly changes: readonly FileChange[]
  readonly paths: readonly string[]
  readonly input: DiffInput
}

function fileDiffs(repo: Repo, objects: ObjectReader, { changes, paths, input }: FilesToDiff): readonly FileDiff[] {
  const wanted = paths.length === 0 ? changes : changes.filter((change) => paths.some((path) => path === '' || change.path === path || change.path.startsWith(`${path}/`)))
  const named = input.renames === true ? findRenames(objects, wanted, input.similarity === undefined ? {} : { atLeast: input.similarity }) : wanted
  const options: FileDiffOptions = { ...(input.contextLines !== undefined && { contextLines: input.contextLines }), ...(input.ignoreSpace === true && { comparison: 'ignore-space' }) }
  return named.map((change) => {
    repo.signal.throwIfAborted()
    return fileDiff(objects, change, options)
  }).filter(({ patch }) => patch !== '')
}
