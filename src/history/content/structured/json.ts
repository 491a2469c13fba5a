/**
 * JSON as a document. Guarantees ours' indentation for what is taken from theirs, and numbers compared by their digits, so
 * that no large one is taken for its neighbour. Refuses a root that is no object, a key given twice, over 200 levels.
 */
import { hasRepeatedKey, renderSection } from './document.js'
import type { AdoptContext, Entry, Leaf, ReadDocument, Section, StructuredFormat } from './document.js'
import { sectionValue } from './section-value.js'

const MAX_DEPTH = 200

export const JSON_FORMAT: StructuredFormat = {
  name: 'json',
  separator: ',',
  read(text) {
    return Promise.resolve(readJson(text))
  },
  adopt,
}

function readJson(text: string): ReadDocument | undefined {
  try {
    JSON.parse(text)
    const scanner = new JsonScanner(text)
    const root = scanner.readRoot()
    return root === undefined || renderSection(root, ',') !== text ? undefined : { root, value: sectionValue(root) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnfitError) return undefined
    throw error
  }
}

/** Thrown inside this file only: the text is JSON, but not such that it can be merged by key. */
class UnfitError extends Error {}

/** Cuts a text that is known to be JSON. */
class JsonScanner {
  private at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }

  readRoot(): Section | undefined {
    const lead = this.space()
    if (this.text[this.at] !== '{') return undefined
    const root = this.object(0)
    return { ...root, open: lead + root.open, close: root.close + this.space() }
  }

  private object(depth: number): Section {
    if (depth > MAX_DEPTH) throw new UnfitError()
    this.at++
    const entries: Entry[] = []
    let space = this.space()
    while (this.text[this.at] !== '}') {
      const entry = this.entry(space, depth)
      const tail = this.space()
      if (this.text[this.at] === ',') {
        this.at++
        entries.push({ ...entry, tail })
        space = this.space()
      } else {
        entries.push(entry)
        space = tail
      }
    }
    this.at++
    const section: Section = { is: 'section', open: '{', entries, close: `${space}}` }
    if (hasRepeatedKey(section)) throw new UnfitError()
    return section
  }

  private entry(lead: string, depth: number): Entry {
    const start = this.at
    const key = JSON.parse(this.token()) as string
    this.space()
    this.at++
    this.space()
    const head = this.text.slice(start, this.at)
    return { key, lead, head, value: this.text[this.at] === '{' ? this.object(depth + 1) : this.leaf(depth), tail: '' }
  }

  private leaf(depth: number): Leaf {
    const start = this.at
    const meaning = this.meaning(depth)
    return { is: 'leaf', text: this.text.slice(start, this.at), meaning }
  }

  /** Reads one value and returns it without white space and with one spelling for each string. */
  private meaning(depth: number): string {
    if (depth > MAX_DEPTH) throw new UnfitError()
    const first = this.text[this.at]
    if (first === '{') return objectMeaning(this.object(depth + 1))
    if (first !== '[') {
      const token = this.token()
      return first === '"' ? JSON.stringify(JSON.parse(token)) : token
    }
    this.at++
    this.space()
    const items: string[] = []
    while (this.text[this.at] !== ']') {
      items.push(this.meaning(depth + 1))
      this.space()
      if (this.text[this.at] === ',') this.at++
      this.space()
    }
    this.at++
    return `[${items.join(',')}]`
  }

  private space(): string {
    return this.take(/[ \t\r\n]*/y)
  }

  /** Reads a string, a number or a literal. */
  private token(): string {
    return this.take(/"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y)
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0] ?? ''
    this.at += found.length
    return found
  }
}

function objectMeaning({ entries }: Section): string {
  const fields = entries.map(({ key, value }) => `${JSON.stringify(key)}:${value.is === 'leaf' ? value.meaning : objectMeaning(value)}`)
  return `{${fields.join(',')}}`
}

/** Gives an entry of theirs the white space of its new neighbours. */
function adopt(entry: Entry, { sibling, theirSibling, depth }: AdoptContext): Entry | undefined {
  if (sibling === undefined) return entry
  const from = indentOf((theirSibling ?? entry).lead)
  const to = indentOf(sibling.lead)
  const value = from === undefined || to === undefined ? entry.value : reindent(entry.value, unitOf(from, depth), unitOf(to, depth))
  return { ...entry, lead: sibling.lead, value }
}

/** Returns the indentation of one level, where every level has the same. */
function unitOf(indent: string, depth: number): string {
  return indent.slice(0, Math.floor(indent.length / depth))
}

function indentOf(lead: string): string | undefined {
  const newline = lead.lastIndexOf('\n')
  return newline === -1 ? undefined : lead.slice(newline + 1)
}

/** Replaces the indentation of every further line; JSON has no line break inside of a value that white space could change. */
function reindent(value: Leaf | Section, from: string, to: string): Leaf | Section {
  if (from === to) return value
  const shift = (text: string): string => text.replace(/\n([ \t]*)/g, (_, indent: string) => `\n${scale(indent, from, to)}`)
  if (value.is === 'leaf') return { ...value, text: shift(value.text) }
  const entries = value.entries.map((entry) => ({ ...entry, lead: shift(entry.lead), head: shift(entry.head), value: reindent(entry.value, from, to), tail: shift(entry.tail) }))
  return { ...value, open: shift(value.open), entries, close: shift(value.close) }
}

function scale(indent: string, from: string, to: string): string {
  if (from.length === 0) return indent
  const times = Math.floor(indent.length / from.length)
  return to.repeat(times) + indent.slice(times * from.length)
}
