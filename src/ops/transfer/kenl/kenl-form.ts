/** What `export kenl` and `import kenl` agree on: how a log of KENL's holds what its format has no place for. */

/** Stands where `atom` of KENL writes `@host:`; behind it the exact atom id, before it the agent. */
export const WRITTEN_HERE = '@atom-trail:'

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' }
const ESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' }

/** Returns a text on one line. */
export function escapeLine(text: string): string {
  return text.replace(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character)
}

export function unescapeLine(text: string): string {
  return text.replace(/\\[\\nr]/g, (escape) => ESCAPED[escape] ?? escape)
}
