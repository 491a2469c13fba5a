import { getText, utf8 } from '../../../base/bytes.js'
import { mergeLines } from '../merge-lines.js'

/**
 * Returns the merge of a text around the values (comments, blank lines, a key's spelling): the changed one of the two, ours
 * where they differ in white space alone, or both line by line. Undefined when both changed the same comment.
 */
export function pickText(base: string | undefined, ours: string, theirs: string): string | undefined {
  if (ours === theirs || base === theirs) return ours
  if (base === ours) return theirs
  if (withoutSpace(ours) === withoutSpace(theirs)) return ours
  if (base !== undefined && withoutSpace(base) === withoutSpace(theirs)) return ours
  if (base !== undefined && withoutSpace(base) === withoutSpace(ours)) return theirs
  const merge = mergeLines({ base: utf8(base ?? ''), ours: utf8(ours), theirs: utf8(theirs) }, { ours: '', theirs: '' })
  return merge.clean ? getText(merge.bytes) : undefined
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, '')
}
