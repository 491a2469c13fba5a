import type { Edit } from './edit-script.js'
import { sliceLines } from './lines.js'
import type { Lines } from './lines.js'
import type { LineDiff } from './line-diff.js'

/** A stretch of a patch: changes with the common lines around them. */
export interface Hunk {
  readonly beforeStart: number
  readonly beforeEnd: number
  readonly afterStart: number
  readonly afterEnd: number
  readonly edits: readonly Edit[]
}

/** Groups changes that are at most twice `contextLines` apart, as git does. */
export function groupHunks({ edits, before, after }: LineDiff, contextLines: number): Hunk[] {
  const groups: Edit[][] = []
  for (const edit of edits) {
    const last = groups.at(-1)
    const previous = last?.at(-1)
    if (last !== undefined && previous !== undefined && edit.beforeStart - previous.beforeEnd <= 2 * contextLines) last.push(edit)
    else groups.push([edit])
  }
  return groups.map((group) => {
    const first = group[0] as Edit
    const last = group[group.length - 1] as Edit
    const leading = Math.min(contextLines, first.beforeStart, first.afterStart)
    const trailing = Math.min(contextLines, before.count - last.beforeEnd, after.count - last.afterEnd)
    return {
      beforeStart: first.beforeStart - leading,
      beforeEnd: last.beforeEnd + trailing,
      afterStart: first.afterStart - leading,
      afterEnd: last.afterEnd + trailing,
      edits: group,
    }
  })
}

const HEADING_BYTES = 80
const HEADING_START = /^[A-Za-z_$]/

/**
 * Returns the heading that git shows behind `@@`: the nearest line above the hunk that begins with a letter, `_` or `$`,
 * cut to 80 bytes. Empty when there is none down to the line `after`, where the search for the hunk before began.
 */
export function hunkHeading(lines: Lines, hunkStart: number, after: number): string | undefined {
  for (let index = hunkStart - 1; index >= after; index--) {
    const start = sliceLines(lines, index, index + 1).subarray(0, HEADING_BYTES)
    if (!HEADING_START.test(String.fromCharCode(start[0] ?? 0))) continue
    return new TextDecoder().decode(cutInsideCharacter(start)).trimEnd()
  }
  return undefined
}

/** Drops an incomplete UTF-8 character at the end, so that the patch stays a text. */
function cutInsideCharacter(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && ((bytes[end - 1] as number) & 0xc0) === 0x80) end--
  const lead = bytes[end - 1] ?? 0
  if (lead < 0x80) return bytes
  const wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  return bytes.length - end + 1 >= wanted ? bytes : bytes.subarray(0, end - 1)
}
