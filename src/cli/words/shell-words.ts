/** Words as a shell takes them: enough for logs that we or git wrote. */
import { AtomError } from '../../base/errors.js'

/** Returns the words of a line; quotes of both kinds and backslashes work as in a shell. Throws `INPUT_INVALID` for a quote that never ends. */
export function splitWords(line: string): readonly string[] {
  const words: string[] = []
  const pattern = /\s*((?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+)/gy
  let end = 0
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    end = pattern.lastIndex
    const parts = (match[1] ?? '').matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)/g)
    words.push([...parts].map(([, single, double, escaped, plain]) => single ?? double?.replace(/\\(.)/g, '$1') ?? escaped ?? plain ?? '').join(''))
  }
  if (line.slice(end).trim() !== '') throw new AtomError('INPUT_INVALID', `a quote is not closed: ${line.slice(0, 120)}`, { data: { field: 'line', value: line.slice(0, 120) } })
  return words
}
