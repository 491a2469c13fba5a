import { hasRepeatedKey, renderSection } from './document.js'
import type { Entry, ReadDocument, StructuredFormat } from './document.js'
import { hasContinuedLine, isTrivia, splitFileHead, splitTail, textLines, withFinalNewline } from './keyed-lines.js'
import { sectionValue } from './section-value.js'

const ASSIGNMENT = /^(\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*)([^]*)$/

/** `.env` files and others of lines `KEY=value`, with `export`, quotes over several lines and `#` comments. */
export const ENV_FORMAT: StructuredFormat = {
  name: 'env',
  separator: '',
  read(text) {
    return Promise.resolve(readEnv(withFinalNewline(text)))
  },
  adopt(entry) {
    return entry
  },
}

function readEnv(text: string): ReadDocument | undefined {
  if (hasContinuedLine(text)) return undefined
  const lines = textLines(text)
  const entries: Entry[] = []
  let open = ''
  let trivia: string[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (isTrivia(line, '#')) {
      trivia.push(line)
      continue
    }
    const count = assignmentLines(lines, index)
    const match = count === undefined ? null : ASSIGNMENT.exec(lines.slice(index, index + count).join(''))
    if (count === undefined || match === null) return undefined
    if (entries.length === 0) {
      const head = splitFileHead(trivia)
      open = head.open
      trivia = [...head.lead]
    }
    const { value, tail } = splitTail(match[3] ?? '', '#')
    entries.push({ key: match[2] ?? '', lead: trivia.join(''), head: match[1] ?? '', value: { is: 'leaf', text: value, meaning: `=${value}` }, tail })
    trivia = []
    index += count - 1
  }
  const root = { is: 'section', open, entries, close: trivia.join('') } as const
  if (hasRepeatedKey(root) || renderSection(root, '') !== text) return undefined
  return { root, value: sectionValue(root) }
}

/** Returns how many lines the assignment has: more than one when a quote stays open; undefined when it is none, or unclear. */
function assignmentLines(lines: readonly string[], index: number): number | undefined {
  const value = ASSIGNMENT.exec(lines[index] ?? '')?.[3]
  if (value === undefined) return undefined
  const quote = /^["'`]/.exec(value)?.[0]
  if (quote === undefined || closes(value.slice(1), quote)) return 1
  for (let end = index + 1; end < lines.length; end++) {
    const line = lines[end] ?? ''
    if (closes(line, quote)) return end - index + 1
    if (ASSIGNMENT.test(line)) return undefined
  }
  return undefined
}

function closes(text: string, quote: string): boolean {
  return quote === '"' ? /^(?:[^"\\]|\\[^])*"/.test(text) : text.includes(quote)
}
