import { hasRepeatedKey, renderSection } from './document.js'
import type { ReadDocument, StructuredFormat } from './document.js'
import { hasContinuedLine, isTrivia, SectionCollector, splitFileHead, textLines, withFinalNewline } from './keyed-lines.js'
import { sectionValue } from './section-value.js'

const HEADER = /^\s*\[([^\]]+)\]\s*(?:[#;][^]*)?$/
const PAIR = /^(\s*([^\s=:[#;][^=:]*)[=:][ \t]*)([^]*)$/
const INDENTED = /^[ \t]+\S/

/**
 * INI: sections, `key = value` or `key: value`, comments on lines of their own. A `;` or `#` behind a value is part of the
 * value, since readers disagree on it. Indented lines without `=` continue the value above.
 * Refuses lines that go on behind a backslash.
 */
export const INI_FORMAT: StructuredFormat = {
  name: 'ini',
  separator: '',
  read(text) {
    return Promise.resolve(readIni(withFinalNewline(text)))
  },
  adopt(entry) {
    return entry
  },
}

function readIni(text: string): ReadDocument | undefined {
  if (hasContinuedLine(text)) return undefined
  const lines = textLines(text)
  const collector = new SectionCollector()
  let open: string | undefined
  let trivia: string[] = []
  const takeLead = (): string => {
    if (open === undefined) {
      const head = splitFileHead(trivia)
      open = head.open
      trivia = [...head.lead]
    }
    const lead = trivia.join('')
    trivia = []
    return lead
  }
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const header = HEADER.exec(line)?.[1]
    const pair = PAIR.exec(line)
    if (isTrivia(line, '#;')) trivia.push(line)
    else if (header !== undefined) collector.begin({ key: header, lead: takeLead(), head: line, value: { is: 'leaf', text: '', meaning: '' }, tail: '' })
    else if (pair !== null) {
      let value = pair[3] ?? ''
      while (isContinuation(lines[index + 1])) value += lines[++index] ?? ''
      const kept = value.trimEnd()
      collector.add({ key: (pair[2] ?? '').trimEnd(), lead: takeLead(), head: pair[1] ?? '', value: { is: 'leaf', text: kept, meaning: `=${kept}` }, tail: value.slice(kept.length) })
    } else return undefined
  }
  const root = collector.finish(open ?? '', trivia.join(''))
  const sections = root.entries.flatMap(({ value }) => (value.is === 'section' ? [value] : []))
  if ([root, ...sections].some(hasRepeatedKey) || renderSection(root, '') !== text) return undefined
  return { root, value: sectionValue(root) }
}

function isContinuation(line: string | undefined): boolean {
  return line !== undefined && INDENTED.test(line) && !PAIR.test(line) && !isTrivia(line, '#;')
}
