/** Returns a word as a POSIX shell takes it back: commands that are shown can be pasted. */
export function quoteWord(word: string): string {
  if (/^~\/[\w@%+=:,./-]+$/.test(word) || /^[\w@%+=:,./-]+$/.test(word)) return word
  // A tilde works only outside quotes.
  if (word.startsWith('~/')) return `~/${quoteWord(word.slice(2))}`
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
