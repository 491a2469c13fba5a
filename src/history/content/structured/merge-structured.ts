import type { MergeLabels } from '../merge-lines.js'
import { formatFieldPath } from '../field-path.js'
import { mergeValues } from '../merge-value.js'
import type { ValueMerge } from '../merge-value.js'
import { isPlainMap, isSameValue, getField } from '../plain-value.js'
import { renderSection } from './document.js'
import type { ReadDocument, StructuredFormat } from './document.js'
import { markClash } from './mark-clash.js'
import { listClashes, mergeDocument, settleClashes } from './merge-document.js'

/** Three texts of one format; `base` is undefined where the file was added on both sides. */
export interface StructuredSides {
  readonly base: string | undefined
  readonly ours: string
  readonly theirs: string
}

/** What merging by key came to; undefined instead of it means that one of the texts cannot be read by key. */
export interface StructuredMerge {
  /** The merged text, with markers around each of `keys`; undefined when it cannot be written. */
  readonly text: string | undefined
  /** The keys that conflict, in the order of the text. */
  readonly keys: readonly string[]
  /** Tells whether another merge of the same sides (the one by lines) says the same, lists and texts of several lines apart. */
  agrees(text: string): Promise<boolean>
}

export interface StructuredContext {
  readonly format: StructuredFormat
  readonly labels: MergeLabels
}

/** Merges a settings file by key. A clean text is read again and compared with the merge of the values before it is trusted. */
export async function mergeStructured(sides: StructuredSides, { format, labels }: StructuredContext): Promise<StructuredMerge | undefined> {
  const isEmptyBase = sides.base === undefined || sides.base.trim() === ''
  const base = isEmptyBase ? undefined : await format.read(sides.base)
  const [ours, theirs] = [await format.read(sides.ours), await format.read(sides.theirs)]
  if (ours === undefined || theirs === undefined || (base === undefined && !isEmptyBase)) return undefined
  const values = mergeValues({ base: base?.value ?? {}, ours: ours.value, theirs: theirs.value })
  const agrees = async (text: string): Promise<boolean> => {
    const read = await format.read(text)
    return read !== undefined && saysSame(read, values)
  }
  const merged = mergeDocument({ base, ours, theirs }, format)
  const fields = values.conflicts.map(({ field }) => field)
  if (merged === undefined) return { text: undefined, keys: fields, agrees }
  const clashes = listClashes(merged)
  const { separator } = format
  const settled = settleClashes(merged, (clash, context) => markClash(clash, labels, { ...context, separator }))
  const text = settled === undefined ? undefined : withEndOf(renderSection(settled, separator), sides)
  const keys = clashes.map(({ path }) => formatFieldPath(path))
  if (clashes.length > 0) return { text, keys, agrees }
  const isTrusted = text !== undefined && fields.length === 0 && (await agrees(text))
  return { text: isTrusted ? text : undefined, keys: fields, agrees }
}

/** Takes the final line end away again where the merge of the three says that there is none. */
function withEndOf(text: string, { base, ours, theirs }: StructuredSides): string {
  const [was, mine, yours] = [hasEnd(base ?? ''), hasEnd(ours), hasEnd(theirs)]
  const wanted = mine === was ? yours : mine
  return wanted ? text : text.replace(/\r?\n$/, '')
}

function hasEnd(text: string): boolean {
  return text === '' || text.endsWith('\n')
}

/** Compares with the merge of the values. Where that has a conflict of lists or long texts, lines may settle it. */
function saysSame({ value }: ReadDocument, { value: wanted, conflicts }: ValueMerge): boolean {
  const open = new Set(conflicts.map(({ field }) => field))
  if (!conflicts.every(({ base, ours, theirs }) => [base, ours, theirs].every(hasSeveralLines))) return false
  const compare = (is: unknown, should: unknown, path: readonly string[]): boolean => {
    if (open.has(formatFieldPath(path)) || isSameValue(is, should)) return true
    if (!isPlainMap(is) || !isPlainMap(should) || Object.keys(is).length !== Object.keys(should).length) return false
    return Object.keys(should).every((key) => Object.hasOwn(is, key) && compare(getField(is, key), getField(should, key), [...path, key]))
  }
  return compare(value, wanted, [])
}

function hasSeveralLines(value: unknown): boolean {
  return Array.isArray(value) || (typeof value === 'string' && value.includes('\n'))
}
