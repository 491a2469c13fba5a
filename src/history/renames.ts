/** Which added files were another one before: by equal content, then by similarity, as `git diff -M` finds them. */
import { compareText } from '../base/bytes.js'
import { contentSizeBytes, readContent } from '../store/content.js'
import type { ObjectReader } from '../store/types.js'
import { SYMLINK_MODE } from '../object/tree.js'
import type { ObjectId } from '../codec/object-id.js'
import type { TreeChange } from '../tree/diff.js'
import { isTooDifferentInSize, RENAME_SIMILARITY, similarity } from './content/similarity.js'

/** A change, or an add and a delete that are one file under another name. */
export type FileChange = TreeChange | RenameChange | PairChange

/** Two files that somebody compares, whatever their names. */
export interface PairChange extends TreeChange {
  readonly from: string
}

export interface RenameChange extends Omit<TreeChange, 'change'> {
  readonly change: 'rename'
  readonly from: string
  /** 0 … 100 */
  readonly similarity: number
}

export interface RenameOptions {
  /** From which similarity on, default 50. */
  readonly atLeast?: number
}

/** No more pairs than this are compared by content: git's own limit for adds times deletes. */
const MAX_PAIRS = 1_000_000
const MAX_COMPARED_BYTES = 16_777_216

/** Returns the changes with renames put together, sorted by path. Contents that are gone are renames of nothing. */
export function findRenames(objects: ObjectReader, changes: readonly FileChange[], options: RenameOptions = {}): readonly FileChange[] {
  const adds = changes.filter(isKind('add'))
  const deletes = changes.filter(isKind('delete'))
  if (adds.length === 0 || deletes.length === 0) return changes
  const found = new Map<string, RenameChange>()
  const taken = new Set<string>()
  const take = (add: TreeChange, gone: TreeChange, score: number): void => {
    found.set(add.path, { path: add.path, change: 'rename', from: gone.path, similarity: score, ...(gone.before && { before: gone.before }), ...(add.after && { after: add.after }) })
    taken.add(gone.path)
  }
  for (const keyed of [nameKey, contentKey]) {
    for (const { add, gone } of equalPairs(adds.filter(({ path }) => !found.has(path)), deletes.filter(({ path }) => !taken.has(path)), keyed)) take(add, gone, 100)
  }
  const left = { adds: adds.filter(({ path }) => !found.has(path)), deletes: deletes.filter(({ path }) => !taken.has(path)) }
  if (left.adds.length * left.deletes.length <= MAX_PAIRS) {
    for (const { add, gone, score } of similarPairs(objects, left, options.atLeast ?? RENAME_SIMILARITY)) {
      if (!found.has(add.path) && !taken.has(gone.path)) take(add, gone, score)
    }
  }
  return changes.filter(({ path, change }) => !(change === 'delete' && taken.has(path))).map((change) => found.get(change.path) ?? change)
}

function isKind(kind: 'add' | 'delete'): (change: FileChange) => change is TreeChange {
  return (change): change is TreeChange => change.change === kind
}

interface Pair { readonly add: TreeChange; readonly gone: TreeChange }

type Key = (entry: TreeChange['before'], path: string) => string

/** Returns pairs whose keys are equal, each side in one at most. */
function equalPairs(adds: readonly TreeChange[], deletes: readonly TreeChange[], keyed: Key): readonly Pair[] {
  const waiting = new Map<string, TreeChange[]>()
  for (const gone of [...deletes].reverse()) {
    const key = keyed(gone.before, gone.path)
    const list = waiting.get(key)
    if (list === undefined) waiting.set(key, [gone])
    else list.push(gone)
  }
  return adds.flatMap((add) => {
    const gone = waiting.get(keyed(add.after, add.path))?.pop()
    return gone === undefined ? [] : [{ add, gone }]
  })
}

function nameKey(entry: TreeChange['before'], path: string): string {
  return `${contentKey(entry)} ${baseName(path)}`
}

/** A symlink is never a rename of a file. */
function contentKey(entry: TreeChange['before']): string {
  return entry === undefined ? '' : `${String(entry.mode === SYMLINK_MODE)} ${entry.link}`
}

function similarPairs(objects: ObjectReader, sides: { readonly adds: readonly TreeChange[]; readonly deletes: readonly TreeChange[] }, atLeast: number): readonly (Pair & { readonly score: number })[] {
  const sizes = new Map<ObjectId, number | undefined>()
  const sizeOf = (id: ObjectId): number | undefined => {
    if (!sizes.has(id)) sizes.set(id, objects.getObject(id) === undefined ? undefined : contentSizeBytes(objects, id))
    return sizes.get(id)
  }
  const pairs: (Pair & { readonly score: number })[] = []
  for (const add of sides.adds) {
    for (const gone of sides.deletes) {
      if (add.after === undefined || gone.before === undefined || add.after.mode === SYMLINK_MODE || gone.before.mode === SYMLINK_MODE) continue
      const [before, after] = [sizeOf(gone.before.link), sizeOf(add.after.link)]
      if (before === undefined || after === undefined || before === 0 || after === 0 || Math.max(before, after) > MAX_COMPARED_BYTES) continue
      if (isTooDifferentInSize(before, after, atLeast)) continue
      const score = similarity(readContent(objects, gone.before.link), readContent(objects, add.after.link))
      if (score >= atLeast) pairs.push({ add, gone, score })
    }
  }
  return pairs.sort((left, right) => right.score - left.score || Number(isSameName(right)) - Number(isSameName(left)) || compareText(left.add.path, right.add.path))
}

function isSameName({ add, gone }: Pair): boolean {
  return baseName(add.path) === baseName(gone.path)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
