/**
 * YAML as a document; the one door of the `yaml` package, which says where keys and values lie and what they mean. Import
 * it lazily.
 *
 * Guarantees that whole lines are moved, with their comments. Block maps are entered; lists, flow maps and everything with
 * a tag or an anchor are one value. Refuses several documents, aliases, keys that are no scalars, tabs before keys.
 */
import { isAlias, isMap, isScalar, parseAllDocuments, visit } from 'yaml'
import type { Document, Pair, YAMLMap } from 'yaml'
import { isPlainMap, toPlainMap } from '../plain-value.js'
import { renderSection } from './document.js'
import type { AdoptContext, Entry, Leaf, ReadDocument, Section, StructuredFormat } from './document.js'
import { isTrivia, splitFileHead, textLines, withFinalNewline } from './keyed-lines.js'

export const YAML_FORMAT: StructuredFormat = {
  name: 'yaml',
  separator: '',
  read(text) {
    return Promise.resolve(readYaml(withFinalNewline(text)))
  },
  adopt: adoptAtSameIndent,
}

const MAX_DEPTH = 100
const PARSE_OPTIONS = { intAsBigInt: true, logLevel: 'silent' } as const

function readYaml(text: string): ReadDocument | undefined {
  if (isDeep(text)) return undefined
  const documents = parseAllDocuments(text, PARSE_OPTIONS)
  const [document] = documents
  if (!Array.isArray(documents) || documents.length !== 1 || document === undefined) return undefined
  if (document.errors.length > 0 || hasAlias(document) || !isMap(document.contents)) return undefined
  const root = cutRoot(text, document.contents)
  if (root === undefined || renderSection(root, '') !== text) return undefined
  return { root, value: toComparable(document.toJS({ maxAliasCount: 0 })) }
}

/**
 * Tells whether brackets or `- - -` may nest too deeply for the package, which recurses and can then take the whole process
 * down. Errs on the safe side: brackets inside of texts count too.
 */
function isDeep(text: string): boolean {
  let brackets = 0
  let marks = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '[' || character === '{') brackets++
    else if (character === ']' || character === '}') brackets = Math.max(0, brackets - 1)
    if (character === '-' || character === '?' || character === ':') marks++
    else if (character !== ' ' && character !== '\t') marks = 0
    if (brackets > MAX_DEPTH || (marks > MAX_DEPTH && text[at + 1] === ' ')) return true
  }
  return false
}

function hasAlias(document: Document): boolean {
  let found = false
  visit(document, {
    Alias() {
      found = true
      return visit.BREAK
    },
    Pair(_, pair) {
      if (isAlias(pair.value)) found = true
      return undefined
    },
  })
  return found
}

function toComparable(value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: String(value) }
  if (typeof value === 'number') return { float: Object.is(value, -0) ? '-0' : String(value) }
  if (Array.isArray(value)) return value.map(toComparable)
  if (!isPlainMap(value)) return value
  return toPlainMap(Object.entries(value).map(([key, item]) => [key, toComparable(item)] as const))
}

interface Cut {
  readonly text: string
  readonly depth: number
  /** Where the first entry's lines may begin: behind the parent's own line. */
  readonly from: number
}

function cutRoot(text: string, map: YAMLMap): Section | undefined {
  if (map.flow === true || map.tag !== undefined || map.anchor !== undefined) return undefined
  const cut = cutEntries(map, { text, depth: 0, from: 0 })
  const first = cut?.entries[0]
  if (cut === undefined || first === undefined) return undefined
  const lines = textLines(first.lead)
  const start = lines.findLastIndex((line) => !isTrivia(line, '#')) + 1
  const head = splitFileHead(lines.slice(start))
  const entries = [{ ...first, lead: head.lead.join('') }, ...cut.entries.slice(1)]
  return { is: 'section', open: lines.slice(0, start).join('') + head.open, entries, close: text.slice(cut.end) }
}

interface CutEntries {
  readonly entries: readonly Entry[]
  readonly end: number
}

/** Cuts a block map into entries of whole lines; undefined when a key shares its line with something else. */
function cutEntries(map: YAMLMap, { text, depth, from }: Cut): CutEntries | undefined {
  if (depth > MAX_DEPTH) return undefined
  const entries: Entry[] = []
  const keys = new Set<string>()
  let end = from
  for (const pair of map.items) {
    const start = isScalar(pair.key) ? pair.key.range?.[0] : undefined
    if (start === undefined || !isScalar(pair.key) || pair.key.anchor !== undefined) return undefined
    const lineStart = text.lastIndexOf('\n', start - 1) + 1
    if (lineStart < end || !/^ *$/.test(text.slice(lineStart, start))) return undefined
    const key = keyName(pair.key.value)
    const entry = cutEntry(pair, { text, depth, from: lineStart })
    if (entry === undefined || keys.has(key)) return undefined
    keys.add(key)
    entries.push({ ...entry.entry, key, lead: text.slice(end, lineStart) })
    end = entry.end
  }
  return { entries, end }
}

function keyName(value: unknown): string {
  return typeof value === 'string' ? value : `${typeof value} ${String(value)}`
}

function cutEntry(pair: Pair, { text, depth, from }: Cut): { readonly entry: Omit<Entry, 'key' | 'lead'>; readonly end: number } | undefined {
  const { value } = pair
  const keyLineEnd = lineEndAfter(text, from)
  if (isMap(value) && value.flow !== true && value.tag === undefined && value.anchor === undefined && value.items.length > 0) {
    const start = value.range?.[0] ?? 0
    if (start >= keyLineEnd) {
      const inner = cutEntries(value, { text, depth: depth + 1, from: keyLineEnd })
      if (inner === undefined) return undefined
      const section: Section = { is: 'section', open: '', entries: inner.entries, close: '' }
      return { entry: { head: text.slice(from, keyLineEnd), value: section, tail: '' }, end: inner.end }
    }
  }
  const range = (value as { range?: readonly number[] | null } | null)?.range
  const valueEnd = Math.max(range?.[1] ?? keyLineEnd, from + 1)
  const end = text[valueEnd - 1] === '\n' ? valueEnd : lineEndAfter(text, valueEnd)
  const leaf = cutLeaf(text, { from, start: range?.[0] ?? valueEnd, end, valueEnd })
  return { entry: { head: leaf.head, value: leaf.value, tail: leaf.tail }, end }
}

interface LeafRange {
  readonly from: number
  readonly start: number
  readonly valueEnd: number
  readonly end: number
}

/** A plain or quoted value on the key's line is split from its comment; any other is one text with its lines. */
function cutLeaf(text: string, { from, start, valueEnd, end }: LeafRange): { head: string; value: Leaf; tail: string } {
  const isInline = start >= from && valueEnd >= start && !text.slice(from, valueEnd).includes('\n')
  const [first, last] = isInline ? [start, valueEnd] : [from, end]
  const value = text.slice(first, last)
  return { head: text.slice(from, first), value: { is: 'leaf', text: value, meaning: value }, tail: text.slice(last, end) }
}

function lineEndAfter(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline === -1 ? text.length : newline + 1
}

/** Moves an entry only between maps of one indentation: other lines would mean something else. */
function adoptAtSameIndent(entry: Entry, { sibling }: AdoptContext): Entry | undefined {
  return sibling === undefined || indentOf(sibling) === indentOf(entry) ? entry : undefined
}

function indentOf({ head, value }: Entry): number {
  const text = head === '' && value.is === 'leaf' ? value.text : head
  return text.length - text.trimStart().length
}
