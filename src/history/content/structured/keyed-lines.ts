import type { Entry, Section } from './document.js'

/** Cuts a text into lines with their ends; the last one gets LF when it has none: see `withFinalNewline`. */
export function textLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Tells whether a line says nothing: blank, or a comment that begins with one of `marks`. */
export function isTrivia(line: string, marks: string): boolean {
  const first = line.trimStart()[0]
  return first === undefined || marks.includes(first)
}

/**
 * Takes the head of a file off the comments before its first key: what ends with a blank line belongs to the file and not
 * to the key.
 */
export function splitFileHead(trivia: readonly string[]): { readonly open: string; readonly lead: readonly string[] } {
  const lastBlank = trivia.findLastIndex((line) => line.trim() === '')
  return { open: trivia.slice(0, lastBlank + 1).join(''), lead: trivia.slice(lastBlank + 1) }
}

/** Cuts `value  # comment⏎` into the value and its tail. A mark only counts after white space and outside of quotes. */
export function splitTail(text: string, marks: string): { readonly value: string; readonly tail: string } {
  const quoted = /^(?:"(?:[^"\\]|\\[^])*"|'[^']*'|`[^`]*`)(?=\s|$)/.exec(text)?.[0]
  let end = quoted?.length ?? text.length
  if (quoted === undefined) {
    for (let at = 0; at < text.length; at++) {
      if (marks.includes(text[at] ?? '') && (at === 0 || /\s/.test(text[at - 1] ?? ''))) {
        end = at
        break
      }
    }
  }
  const value = text.slice(0, end).trimEnd()
  return { value, tail: text.slice(value.length) }
}

/** Collects the entries of a file in which sections follow each other, after the keys of no section. */
export class SectionCollector {
  private readonly entries: Entry[] = []
  private section: { readonly entry: Entry; readonly entries: Entry[] } | undefined

  add(entry: Entry): void {
    ;(this.section?.entries ?? this.entries).push(entry)
  }

  begin(entry: Entry): void {
    this.end()
    this.section = { entry, entries: [] }
  }

  /** Closes the section at hand, so that what is added next stands at the root. */
  end(): void {
    if (this.section === undefined) return
    const { entry, entries } = this.section
    this.entries.push({ ...entry, value: { is: 'section', open: '', entries, close: '' } })
    this.section = undefined
  }

  finish(open: string, close: string): Section {
    this.end()
    return { is: 'section', open, entries: this.entries, close }
  }
}

/** Gives the last line its end. Returns the text to cut. */
export function withFinalNewline(text: string): string {
  if (text === '' || text.endsWith('\n')) return text
  return text + (text.includes('\r\n') ? '\r\n' : '\n')
}

/** Tells whether a line goes on behind a backslash: then its parts must not be moved one by one. */
export function hasContinuedLine(text: string): boolean {
  return /\\\r?\n/.test(text)
}
