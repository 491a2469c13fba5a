/**
 * Merges two descendants of a file: settings by key, everything else by lines.
 *
 * Guarantees that nothing is guessed: a clean result of a settings file says what the merge of its values says, a clean
 * result of any other is git's. A line merge that is clean and says the right thing is preferred, because it keeps most of
 * how the file was written. Refuses to merge binary files. Loads packages only for YAML and TOML, when they are needed.
 */
import { concatBytes, equalBytes, getText, utf8 } from '../../base/bytes.js'
import { hasEarlyNul } from './binary.js'
import { mergeLines } from './merge-lines.js'
import type { MergeLabels } from './merge-lines.js'
import { formatsOfPath, loadFormat } from './structured/format-of-path.js'
import { mergeStructured } from './structured/merge-structured.js'
import type { StructuredMerge } from './structured/merge-structured.js'

export interface FileMergeInput {
  /** Decides by its name how the file is merged. */
  readonly path: string
  /** Undefined where the file was added on both sides. */
  readonly base: Uint8Array | undefined
  readonly ours: Uint8Array
  readonly theirs: Uint8Array
  readonly labels: MergeLabels
}

/** A merged file. On conflict `bytes` has `count` pairs of markers, or is ours' content when the file is `binary`. */
export type FileMerge =
  | { readonly result: 'clean'; readonly bytes: Uint8Array }
  | {
    readonly result: 'conflict'
    readonly bytes: Uint8Array
    readonly count: number
    readonly kind: 'lines' | 'keys' | 'binary'
    /** The keys that both sides changed, where the file was merged by key. */
    readonly keys: readonly string[]
  }

/** Above this, files are merged by lines whatever their name. */
const MAX_STRUCTURED_BYTES = 1 << 20
const EMPTY = new Uint8Array(0)

export async function mergeFile(input: FileMergeInput): Promise<FileMerge> {
  const { base, ours, theirs, labels } = input
  const only = onlyChange(input)
  if (only !== undefined) return { result: 'clean', bytes: only }
  if ([base ?? EMPTY, ours, theirs].some(hasEarlyNul)) return { result: 'conflict', bytes: ours, count: 1, kind: 'binary', keys: [] }
  const lines = mergeLines({ base: base ?? EMPTY, ours, theirs }, labels)
  const structured = await byKey(input)
  if (lines.clean && (structured === undefined || (await agrees(structured, lines.bytes)))) return { result: 'clean', bytes: lines.bytes }
  if (structured?.text !== undefined) {
    const bytes = utf8(structured.text)
    const { keys } = structured
    return keys.length === 0 ? { result: 'clean', bytes } : { result: 'conflict', bytes, count: keys.length, kind: 'keys', keys }
  }
  const keys = structured?.keys ?? []
  if (lines.clean) return { result: 'conflict', bytes: wholeFileConflict(input), count: 1, kind: 'keys', keys }
  return { result: 'conflict', bytes: lines.bytes, count: lines.conflicts, kind: 'lines', keys }
}

/** Returns the result where at most one side changed anything, or both the same. */
function onlyChange({ base, ours, theirs }: FileMergeInput): Uint8Array | undefined {
  if (equalBytes(ours, theirs)) return ours
  if (base === undefined) return undefined
  if (equalBytes(base, ours)) return theirs
  return equalBytes(base, theirs) ? ours : undefined
}

async function byKey({ path, base, ours, theirs, labels }: FileMergeInput): Promise<StructuredMerge | undefined> {
  const names = formatsOfPath(path)
  if (names.length === 0 || Math.max(base?.length ?? 0, ours.length, theirs.length) > MAX_STRUCTURED_BYTES) return undefined
  const texts = { base: getText(base ?? EMPTY), ours: getText(ours), theirs: getText(theirs) }
  if (texts.base === undefined || texts.ours === undefined || texts.theirs === undefined) return undefined
  const sides = { base: base === undefined ? undefined : texts.base, ours: texts.ours, theirs: texts.theirs }
  for (const name of names) {
    const merge = await mergeStructured(sides, { format: await loadFormat(name), labels })
    if (merge !== undefined) return merge
  }
  return undefined
}

async function agrees(structured: StructuredMerge, bytes: Uint8Array): Promise<boolean> {
  const text = getText(bytes)
  return text !== undefined && structured.agrees(text)
}

/** For what lines would merge and keys forbid, where the keys have no lines of their own. */
function wholeFileConflict({ ours, theirs, labels }: FileMergeInput): Uint8Array {
  const closed = (bytes: Uint8Array): Uint8Array => (bytes.length === 0 || bytes[bytes.length - 1] === 10 ? bytes : concatBytes([bytes, utf8('\n')]))
  return concatBytes([
    utf8(`<<<<<<< ${labels.ours}\n`), closed(ours), utf8('=======\n'), closed(theirs), utf8(`>>>>>>> ${labels.theirs}\n`),
  ])
}
