/** Returns where a key of a known TOML text ends: at `=` or `]`, outside of quotes. */
export function tomlKeyEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '=' || character === ']') return at
    if (character === '"' || character === "'") at = stringEnd(text, at) - 1
  }
  return text.length
}

/** Returns where the value that begins at `from` ends: before the space, the comment or the line end behind it. */
export function tomlValueEnd(text: string, from: number): number {
  let depth = 0
  let end = from
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '#') {
      if (depth === 0) return end
      at = text.indexOf('\n', at)
      if (at === -1) return text.length
      continue
    }
    if (character === '\n' && depth === 0) return end
    if (character === '"' || character === "'") at = stringEnd(text, at) - 1
    else if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth--
    if (!/\s/.test(character)) end = at + 1
  }
  return end
}

/** Returns the offset behind the string that begins at `from`. */
function stringEnd(text: string, from: number): number {
  const quote = text[from] ?? ''
  const long = quote.repeat(3)
  const mark = text.startsWith(long, from) ? long : quote
  for (let at = from + mark.length; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text.startsWith(mark, at)) {
      let end = at + mark.length
      // A long string may end in one or two quotes of its own.
      while (mark === long && text[end] === quote && end - at < 5) end++
      return end
    }
  }
  return text.length
}
