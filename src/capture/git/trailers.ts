/** The trailers of a commit message, by git's own rules (`git interpret-trailers --parse`). */

export interface Trailer {
  readonly key: string
  /** Continuation lines joined by one space. */
  readonly value: string
}

const TRAILER = /^([A-Za-z0-9-]+)[ \t]*:(.*)$/
const WRITTEN_BY_GIT = /^(?:Signed-off-by: |\(cherry picked from commit )/

/** Returns the trailers in the last paragraph of a message; none where that is the title, or text. */
export function parseTrailers(message: string): readonly Trailer[] {
  const lines = message.replace(/\s+$/, '').split('\n')
  while (lines[0]?.trim() === '') lines.shift()
  const titleEnd = lines.findIndex((line) => line.trim() === '')
  if (titleEnd === -1) return []
  const start = lines.findLastIndex((line) => line.trim() === '') + 1
  const block = start > titleEnd ? lines.slice(start) : []
  return isTrailerBlock(block) ? collect(block) : []
}

function isTrailerBlock(block: readonly string[]): boolean {
  let trailers = 0
  let others = 0
  let isBelowTrailer = false
  let isWrittenByGit = false
  for (const line of block) {
    if (/^\s/.test(line)) {
      if (!isBelowTrailer) others++
      continue
    }
    if (WRITTEN_BY_GIT.test(line)) isWrittenByGit = true
    isBelowTrailer = WRITTEN_BY_GIT.test(line) || TRAILER.test(line)
    if (isBelowTrailer) trailers++
    else others++
  }
  return trailers > 0 && (others === 0 || (isWrittenByGit && trailers * 3 >= others))
}

function collect(block: readonly string[]): readonly Trailer[] {
  const trailers: { key: string; value: string }[] = []
  let last: { key: string; value: string } | undefined
  for (const line of block) {
    if (/^\s/.test(line)) {
      if (last !== undefined) last.value = `${last.value} ${line.trim()}`.trim()
      continue
    }
    const [, key, value = ''] = TRAILER.exec(line) ?? []
    last = key === undefined ? undefined : { key, value: value.trim() }
    if (last !== undefined) trailers.push(last)
  }
  return trailers
}
