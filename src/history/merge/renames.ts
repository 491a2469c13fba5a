/**
 * Finds where one side of a merge moved files to. Only asked about files that the other side touched as well, so a merge without such
 * files never looks at a content for it.
 */
import { compareText } from '../../base/bytes.js'
import { SYMLINK_MODE, type TreeEntry } from '../../object/tree.js'
import { contentSizeBytes, readContent } from '../../store/content.js'
import type { ObjectReader } from '../../store/types.js'
import { isTooDifferentInSize, RENAME_SIMILARITY, similarity } from '../content/similarity.js'

export interface PathOf { readonly path: string; readonly entry: TreeEntry }

/** Above this many pairs only equal contents, then equal names, are compared. */
const PAIRS_MAX = 40_000
/** Larger contents are only moved where they are equal. */
const COMPARED_MAX_BYTES = 4_194_304

/** Returns for each file that is gone where it went, if anywhere: the added file that is equal to it, else the most similar one from 50 % on. */
export function findRenames(reader: ObjectReader, gone: readonly PathOf[], added: readonly PathOf[]): ReadonlyMap<string, PathOf> {
  const renames = new Map<string, PathOf>()
  const taken = new Set<string>()
  const take = (from: PathOf, to: PathOf): void => {
    renames.set(from.path, to)
    taken.add(to.path)
  }
  for (const from of gone) {
    const equal = added.filter((to) => !taken.has(to.path) && isSameKind(from, to) && to.entry.link === from.entry.link)
    const [best] = equal.sort((left, right) => sharedName(from, right) - sharedName(from, left) || compareText(left.path, right.path))
    if (best !== undefined) take(from, best)
  }
  const pairs: { readonly from: PathOf; readonly to: PathOf; readonly score: number }[] = []
  const left = gone.filter(({ path }) => !renames.has(path))
  const open = added.filter(({ path }) => !taken.has(path))
  const onlyNames = left.length * open.length > PAIRS_MAX
  const contents = createContents(reader)
  for (const from of left) {
    for (const to of open) {
      if (!isSameKind(from, to) || (onlyNames && sharedName(from, to) === 0)) continue
      const score = contents.compare(from, to)
      if (score >= RENAME_SIMILARITY) pairs.push({ from, to, score })
    }
  }
  pairs.sort((a, b) => b.score - a.score || sharedName(b.from, b.to) - sharedName(a.from, a.to) || compareText(a.from.path + a.to.path, b.from.path + b.to.path))
  for (const { from, to } of pairs) if (!renames.has(from.path) && !taken.has(to.path)) take(from, to)
  return renames
}

function isSameKind(from: PathOf, to: PathOf): boolean {
  return (from.entry.mode === SYMLINK_MODE) === (to.entry.mode === SYMLINK_MODE)
}

function sharedName(from: PathOf, to: PathOf): number {
  return from.path.slice(from.path.lastIndexOf('/') + 1) === to.path.slice(to.path.lastIndexOf('/') + 1) ? 1 : 0
}

function createContents(reader: ObjectReader): { compare(from: PathOf, to: PathOf): number } {
  const sizes = new Map<string, number>()
  const bytes = new Map<string, Uint8Array>()
  const sizeOf = ({ entry }: PathOf): number => {
    const known = sizes.get(entry.link) ?? (reader.getObject(entry.link) === undefined ? Infinity : contentSizeBytes(reader, entry.link))
    sizes.set(entry.link, known)
    return known
  }
  const bytesOf = ({ entry }: PathOf): Uint8Array => {
    const known = bytes.get(entry.link) ?? readContent(reader, entry.link)
    bytes.set(entry.link, known)
    return known
  }
  return {
    compare(from, to) {
      const [before, after] = [sizeOf(from), sizeOf(to)]
      // Empty files have nothing that could be recognized.
      if (before === 0 || after === 0 || Math.max(before, after) > COMPARED_MAX_BYTES || isTooDifferentInSize(before, after)) return 0
      return similarity(bytesOf(from), bytesOf(to))
    },
  }
}
