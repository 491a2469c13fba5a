import { quotePath } from './quote-path.js'

/** What git's header of a file says; a mode is git's six digits, such as `100644`. */
export interface HeaderSide {
  readonly path: string
  readonly mode: string
}

export interface HeaderInput {
  readonly before: HeaderSide | undefined
  readonly after: HeaderSide | undefined
  /** 0 … 100, of a rename. Without it two names are those of two files that somebody compares. */
  readonly similarity?: number
}

/**
 * Returns the lines of git's header before `---`: `diff --git`, modes, rename; without the `index` line, whose ids are
 * git's own. With it, empty files, mode changes and renames can be applied too.
 */
export function patchHeader({ before, after, similarity }: HeaderInput): string {
  const from = before ?? after
  const to = after ?? before
  if (from === undefined || to === undefined) throw new TypeError('a change has at least one side')
  const lines = [`diff --git ${quotePath(`a/${from.path}`)} ${quotePath(`b/${to.path}`)}`]
  if (before === undefined) lines.push(`new file mode ${to.mode}`)
  else if (after === undefined) lines.push(`deleted file mode ${from.mode}`)
  else {
    if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`)
    if (similarity !== undefined) {
      lines.push(`similarity index ${String(similarity)}%`)
      lines.push(`rename from ${quotePath(before.path)}`, `rename to ${quotePath(after.path)}`)
    }
  }
  return `${lines.join('\n')}\n`
}
