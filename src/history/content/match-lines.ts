import { diffLines } from './line-diff.js'

/** Returns for each line of `after` the index of the same line in `before`, or -1 when it is new. Indexes only ever grow. */
export function matchLines(beforeBytes: Uint8Array, afterBytes: Uint8Array): Int32Array {
  const { edits, after } = diffLines(beforeBytes, afterBytes)
  const matches = new Int32Array(after.count).fill(-1)
  let line = 0
  let offset = 0
  for (const edit of edits) {
    for (; line < edit.afterStart; line++) matches[line] = line + offset
    line = edit.afterEnd
    offset = edit.beforeEnd - edit.afterEnd
  }
  for (; line < after.count; line++) matches[line] = line + offset
  return matches
}
