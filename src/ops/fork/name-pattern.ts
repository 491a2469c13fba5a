/** Returns what tells whether a ref's name fits a pattern of git's kind: `*` is any text, `?` one letter. */
export function toNamePattern(pattern: string): RegExp {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*').replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'su')
}
