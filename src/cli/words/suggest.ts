/** Returns the edit distance of two words: insertions, deletions, changes, and swaps of neighbours count one each. */
export function editDistance(left: string, right: string): number {
  let before: readonly number[] = []
  let above: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      let best = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + same)
      if (left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1] && row > 1 && column > 1) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1)
      }
      current.push(best)
    }
    before = above
    above = current
  }
  return above[right.length] ?? 0
}

/** Returns the names that someone who typed `word` may have meant, the nearest first, at most three. */
export function suggest(word: string, names: readonly string[]): readonly string[] {
  const typed = word.toLowerCase()
  return names
    .map((name) => ({ name, distance: typed.length > 1 && name.startsWith(typed) ? 0.5 : editDistance(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(Math.max(name.length, typed.length) / 3)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}
