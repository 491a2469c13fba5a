/** One ATOM of a log: what the index knows of it, and of its objects as much as was asked for. */
import type { IndexNode } from '../../index/node.js'
import { allTips } from '../../history/resolve.js'
import { readLogState } from '../../refs/log-state.js'
import { getTitle, readRecord, type AtomRecord } from '../../trail/record.js'
import { shortIdDigits } from '../../trail/short-id.js'
import { NO_TAINT, readTaint, type Taint } from '../../trail/taint.js'
import { readDecorations, type Decoration, type Decorations } from './decorations.js'
import type { FileDiff, FileDiffOptions } from './file-diffs.js'
import type { FoundAtom, LogDetail } from './log-input.js'
import type { Repo } from '../repo.js'

export interface LogEntry {
  readonly seq: number
  readonly node: IndexNode
  /** How many hex digits tell ids apart here. */
  readonly shortDigits: number
  /** undefined where the body was forgotten, or was not asked for. */
  readonly title?: string | undefined
  readonly record?: AtomRecord
  readonly diffs?: readonly FileDiff[]
  readonly decorations: readonly Decoration[]
  /** With `graph`: the sequence numbers of the parents that come later in this log. */
  readonly drawnParents?: readonly number[]
  /** Ids of the parents. */
  readonly parents: readonly IndexNode[]
  readonly isTainted: boolean
  /** The ATOMs that reverted or refuted this one. */
  readonly takenBackBy: readonly string[]
}

export interface EntryOptions {
  readonly detail: LogDetail
  readonly decorate?: boolean | undefined
  readonly contextLines?: number | undefined
  readonly ignoreSpace?: boolean | undefined
  /** Puts an add and a delete together that are one file under another name. */
  readonly hasAllRenames: boolean
  /** Tracked paths whose patches are wanted; none = all. */
  readonly paths: readonly string[]
  /** The one path wanted of an ATOM, where it differs from one to the next. */
  pathOf?(seq: number): string | undefined
  /** Of a merge: no patches, as git, or those against the first parent. */
  readonly mergePatches?: 'none' | 'first-parent'
}

/** Returns what reads one ATOM after the other; what all of them need (names of refs, taint, length of ids) is read once. */
export async function makeEntryReader(repo: Repo, options: EntryOptions): Promise<(found: FoundAtom) => LogEntry> {
  const decorations: Decorations = options.decorate === true ? await readDecorations(repo) : new Map()
  const taint = await readTaint(repo, () => allTips(repo))
  const shortDigits = shortIdDigits(readLogState(repo.store).atoms)
  const diffs = options.detail === 'patches' ? await makeDiffs(repo, options) : undefined
  const findRenames = options.hasAllRenames ? (await import('../../history/renames.js')).findRenames : undefined
  const withRenames = (record: AtomRecord): AtomRecord => findRenames === undefined || record.files === undefined ? record : { ...record, renamed: findRenames(repo.objects, record.files) }
  return ({ seq, drawnParents: drawn }) => {
    const node = repo.index.node(seq)
    const isTainted = taint.isTainted(seq)
    const known = { seq, node, shortDigits, isTainted, takenBackBy: namesOf(repo, taint, seq), parents: parentsOf(repo, node), decorations: decorations.get(seq) ?? NONE }
    // Nearly all entries of long lists: nothing is put together twice.
    if (options.detail === 'title' && drawn === undefined) return { ...known, title: getTitle(repo, seq) }
    const record = options.detail === 'node' || options.detail === 'title' ? undefined : withRenames(readRecord(repo, seq, { files: options.detail === 'record' ? 'omit' : 'include', isTainted }))
    return {
      ...known,
      ...(options.detail === 'title' && { title: getTitle(repo, seq) }),
      ...(record && { record, title: record.body?.title }),
      ...(record && diffs && { diffs: diffs(record, seq) }),
      ...(drawn && { drawnParents: drawn }),
    }
  }
}

const NONE: readonly never[] = []

function parentsOf(repo: Repo, { parents }: IndexNode): readonly IndexNode[] {
  const [first] = parents
  if (first === undefined) return NONE
  return parents.length === 1 ? [repo.index.node(first)] : parents.map((parent) => repo.index.node(parent))
}

function namesOf(repo: Repo, taint: Taint, seq: number): readonly string[] {
  if (taint === NO_TAINT) return NONE
  const takers = taint.takenBackBy(repo.index.node(seq).digest)
  return takers.length === 0 ? NONE : takers.map((taker) => repo.index.node(taker).atomId)
}

async function makeDiffs(repo: Repo, options: EntryOptions): Promise<(record: AtomRecord, seq: number) => readonly FileDiff[]> {
  const { fileDiff } = await import('./file-diffs.js')
  const diffOptions: FileDiffOptions = { ...(options.contextLines !== undefined && { contextLines: options.contextLines }), ...(options.ignoreSpace === true && { comparison: 'ignore-space' }) }
  const isWanted = (path: string, seq: number): boolean => {
    const followed = options.pathOf?.(seq)
    if (followed !== undefined) return path === followed
    return options.paths.length === 0 || options.paths.some((wanted) => path === wanted || path.startsWith(`${wanted}/`) || wanted === '')
  }
  return (record, seq) => {
    if (record.header.parents.length > 1 && options.mergePatches !== 'first-parent') return []
    return (record.renamed ?? record.files ?? []).filter(({ path }) => isWanted(path, seq)).map((change) => fileDiff(repo.objects, change, diffOptions))
  }
}
