/** The words of a row → title and the rest. */

const TITLE_MAX_CHARACTERS = 300

/** Returns the first line that says something, and the whole text where that is not all of it. */
export function splitText(text: string): { readonly title: string; readonly rest: string } {
  const line = text.split('\n').map((part) => part.trim()).find((part) => part !== '') ?? ''
  const characters = line.length > TITLE_MAX_CHARACTERS ? [...line] : []
  const title = characters.length > TITLE_MAX_CHARACTERS ? `${characters.slice(0, TITLE_MAX_CHARACTERS - 1).join('')}…` : line
  return { title, rest: title === text.trim() ? '' : text }
}

const TAG = /\[(ATOM-[A-Z]+(?:-[A-Z]+)*-\d{8}-(?:\d{3,11}|[0-9a-f]{12}))\]/g

/** Returns the one atom id that stands in brackets in a text; undefined where none does, or several. */
export function tagIn(text: string): string | undefined {
  const tags = new Set([...text.matchAll(TAG)].map(([, tag]) => tag))
  return tags.size === 1 ? [...tags][0] : undefined
}

/** Returns a text without the atom id that an export put into its first line. */
export function withoutTag(text: string): string {
  const [first = '', ...others] = text.split('\n')
  return [first.replace(/ \[ATOM-[^\]]*\]$/, ''), ...others].join('\n')
}
