/** Sets or removes one key of a TOML text, leaving every other line, comment and order as it was. */

/** `key` is `name` or `section.name`, or `section.WHAT.name` where WHAT may hold anything; `value` is TOML already, undefined removes. Knows the lines that this program writes: one key, one line. */
export function editToml(text: string, key: string, value: string | undefined): string {
  const dot = key.lastIndexOf('.')
  const section = dot < 0 ? '' : headerOf(key.slice(0, dot))
  const name = key.slice(dot + 1)
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const start = section === '' ? 0 : lines.findIndex((line) => line.trim() === `[${section}]`) + 1
  const isMissing = section !== '' && start === 0
  if (isMissing && value === undefined) return text
  if (isMissing) return `${[...lines, ...(lines.length > 0 ? [''] : []), `[${section}]`, `${name} = ${value ?? ''}`].join('\n')}\n`
  const next = lines.findIndex((line, index) => index >= start && /^\s*\[/.test(line))
  const end = next < 0 ? lines.length : next
  const at = lines.findIndex((line, index) => index >= start && index < end && new RegExp(`^\\s*${name}\\s*=`).test(line))
  if (value === undefined) return at < 0 ? text : finish(withoutEmptySection(lines.filter((_, index) => index !== at), start - 1))
  if (at >= 0) return finish(lines.map((line, index) => (index === at ? `${name} = ${value}` : line)))
  return finish([...lines.slice(0, start), `${name} = ${value}`, ...lines.slice(start)])
}

/** Quotes what is no bare key of TOML. */
function headerOf(section: string): string {
  const [first, ...rest] = section.split('.')
  const what = rest.join('.')
  return rest.length === 0 || /^[A-Za-z0-9_-]+$/.test(what) ? section : `${first ?? ''}.${JSON.stringify(what)}`
}

/** A section whose last key was removed goes too, when this program could have made it: with nothing in it, not even a comment. */
function withoutEmptySection(lines: readonly string[], header: number): readonly string[] {
  if (header < 0) return lines
  const next = lines.findIndex((line, index) => index > header && /^\s*\[/.test(line))
  const end = next < 0 ? lines.length : next
  if (lines.slice(header + 1, end).some((line) => line.trim() !== '')) return lines
  const kept = [...lines.slice(0, header), ...lines.slice(end)]
  return kept.at(-1) === '' ? kept.slice(0, -1) : kept
}

function finish(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}
