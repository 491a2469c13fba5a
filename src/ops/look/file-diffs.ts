/** Changes between trees as unified patches that `git apply` takes, with what `--stat` counts. */
import type { TreeEntry } from '../../object/tree.js'
import { contentSizeBytes, readContent } from '../../store/content.js'
import type { ObjectReader } from '../../store/types.js'
import type { LineCounts } from '../../history/content/line-diff.js'
import type { LineComparison } from '../../history/content/lines.js'
import { patchHeader, type HeaderSide } from '../../history/content/patch-header.js'
import { unifiedPatch } from '../../history/content/unified-patch.js'
import type { FileChange } from '../../history/renames.js'
import { displayPath, SYSTEM } from '../../trail/paths.js'

export interface FileDiff {
  readonly file: FileChange
  /** git's header and hunks, each line with its end; one text for a change of type too. */
  readonly patch: string
  /** Absent for what is not shown as lines. */
  readonly counts?: LineCounts
  readonly beforeBytes: number
  readonly afterBytes: number
  readonly is: 'text' | 'binary' | 'forgotten' | 'large'
}

export interface FileDiffOptions {
  readonly contextLines?: number
  readonly comparison?: LineComparison
}

/** A file above this is not compared line by line. */
export const DIFF_MAX_BYTES = 33_554_432

/** Returns the patch of one change. Contents that are gone are said to be forgotten. */
export function fileDiff(objects: ObjectReader, file: FileChange, options: FileDiffOptions = {}): FileDiff {
  if (file.change === 'type' && file.before !== undefined && file.after !== undefined) return typeDiff(objects, { ...file, before: file.before, after: file.after }, options)
  const { before, after } = sidesOf(file)
  const header = headerOf(file, { before, after })
  const sizes = { beforeBytes: sizeOf(objects, file.before), afterBytes: sizeOf(objects, file.after) }
  if (isForgotten(objects, file.before) || isForgotten(objects, file.after)) return { file, patch: `${header}(forgotten)\n`, ...sizes, is: 'forgotten' }
  if (Math.max(sizes.beforeBytes, sizes.afterBytes) > DIFF_MAX_BYTES) return { file, patch: `${header}${largeLine(before?.path, after?.path)}`, ...sizes, is: 'large' }
  const read = ({ path, entry }: Side): { readonly path: string; readonly bytes: Uint8Array } => ({ path, bytes: readContent(objects, entry.link) })
  const made = unifiedPatch({ before: before && read(before), after: after && read(after) }, options)
  const patch = made.text === '' && file.change === 'modify' ? '' : header + made.text
  return made.kind === 'text' ? { file, patch, counts: made.counts, ...sizes, is: 'text' } : { file, patch, ...sizes, is: 'binary' }
}

/** As git has it: what becomes a symlink, or stops being one, goes away and comes back. */
function typeDiff(objects: ObjectReader, file: FileChange & { readonly before: TreeEntry; readonly after: TreeEntry }, options: FileDiffOptions): FileDiff {
  const gone = fileDiff(objects, { path: file.path, change: 'delete', before: file.before }, options)
  const fresh = fileDiff(objects, { path: file.path, change: 'add', after: file.after }, options)
  const counts = gone.counts && fresh.counts && { inserted: fresh.counts.inserted, deleted: gone.counts.deleted }
  return { ...gone, file, patch: gone.patch + fresh.patch, afterBytes: fresh.afterBytes, is: gone.is === 'text' ? fresh.is : gone.is, ...(counts && { counts }) }
}

interface Side { readonly path: string; readonly entry: TreeEntry }

interface Sides { readonly before: Side | undefined; readonly after: Side | undefined }

function sidesOf(file: FileChange): Sides {
  return {
    before: file.before && { path: patchPath('from' in file ? file.from : file.path), entry: file.before },
    after: file.after && { path: patchPath(file.path), entry: file.after },
  }
}

function headerOf(file: FileChange, { before, after }: Sides): string {
  const half = ({ path, entry }: Side): HeaderSide => ({ path, mode: entry.mode.toString(8) })
  return patchHeader({ before: before && half(before), after: after && half(after), ...('similarity' in file && { similarity: file.similarity }) })
}

/** Returns a tracked path as patches name it: a system path without its leading slash, so that `git apply` can be told where. */
function patchPath(path: string): string {
  return path.startsWith(SYSTEM) ? path.slice(SYSTEM.length) : displayPath(path)
}

function sizeOf(objects: ObjectReader, entry: TreeEntry | undefined): number {
  return entry === undefined || isForgotten(objects, entry) ? 0 : contentSizeBytes(objects, entry.link)
}

/** Of a large content the object that names its chunks is asked for: it goes when they go. */
function isForgotten(objects: ObjectReader, entry: TreeEntry | undefined): boolean {
  return entry !== undefined && objects.getObject(entry.link) === undefined
}

function largeLine(before: string | undefined, after: string | undefined): string {
  return `Large files ${before === undefined ? '/dev/null' : `a/${before}`} and ${after === undefined ? '/dev/null' : `b/${after}`} differ\n`
}
