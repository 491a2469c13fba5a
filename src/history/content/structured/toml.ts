/**
 * TOML as a document; the one door of smol-toml, which says whether a text is TOML and what it says. Import it lazily.
 *
 * Guarantees that whole lines are moved, with their comments. All blocks `[[name]]` of one list are one value. Refuses a
 * list whose blocks do not stand together.
 */
import { parse } from 'smol-toml'
import { isPlainMap, toPlainMap } from '../plain-value.js'
import { hasRepeatedKey, renderSection } from './document.js'
import type { Entry, ReadDocument, StructuredFormat } from './document.js'
import { isTrivia, SectionCollector, splitFileHead, withFinalNewline } from './keyed-lines.js'
import { tomlKeyEnd, tomlValueEnd } from './toml-scan.js'

export const TOML_FORMAT: StructuredFormat = {
  name: 'toml',
  separator: '',
  read(text) {
    return Promise.resolve(readToml(withFinalNewline(text)))
  },
  adopt(entry) {
    return entry
  },
}

const PARSE_OPTIONS = { integersAsBigInt: true, useLegacyDate: true } as const

function readToml(text: string): ReadDocument | undefined {
  const value = getToml(text)
  if (value === undefined) return undefined
  const root = new TomlCutter(text).cut()
  const sections = root.entries.flatMap((entry) => (entry.value.is === 'section' ? [entry.value] : []))
  if ([root, ...sections].some(hasRepeatedKey) || renderSection(root, '') !== text) return undefined
  return { root, value }
}

function getToml(text: string): unknown {
  try {
    return toComparable(parse(text, PARSE_OPTIONS))
  } catch (error) {
    if (error instanceof Error && error.name !== 'TypeError') return undefined
    throw error
  }
}

/** Keeps 1 and 1.0 apart, and makes texts of times. */
function toComparable(value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: String(value) }
  if (typeof value === 'number') return { float: Object.is(value, -0) ? '-0' : String(value) }
  if (value instanceof Date) return { time: value.toISOString() }
  if (Array.isArray(value)) return value.map(toComparable)
  if (!isPlainMap(value)) return value
  return toPlainMap(Object.entries(value).map(([key, item]) => [key, toComparable(item)] as const))
}

/** Cuts a text that is known to be TOML. */
class TomlCutter {
  private readonly collector = new SectionCollector()
  private readonly text: string
  private at = 0
  private open: string | undefined
  private trivia: string[] = []

  constructor(text: string) {
    this.text = text
  }

  cut(): ReturnType<SectionCollector['finish']> {
    while (this.at < this.text.length) {
      const line = this.lineAt(this.at)
      if (isTrivia(line, '#')) {
        this.trivia.push(line)
        this.at += line.length
      } else if (/^\s*\[\[/.test(line)) this.takeList(line)
      else if (/^\s*\[/.test(line)) {
        this.collector.begin({ key: keyOf(headerName(line)), lead: this.takeLead(), head: line, value: { is: 'leaf', text: '', meaning: '' }, tail: '' })
        this.at += line.length
      } else this.collector.add(this.takePair())
    }
    return this.collector.finish(this.open ?? '', this.trivia.join(''))
  }

  private takePair(): Entry {
    const lead = this.takeLead()
    const equals = tomlKeyEnd(this.text, this.at)
    const valueStart = equals + 1 + (/^[ \t]*/.exec(this.text.slice(equals + 1, equals + 1000))?.[0].length ?? 0)
    const valueEnd = tomlValueEnd(this.text, valueStart)
    const lineEnd = valueEnd + this.lineAt(valueEnd).length
    const key = this.text.slice(this.at, equals).trim()
    const head = this.text.slice(this.at, valueStart)
    const text = this.text.slice(valueStart, valueEnd)
    const tail = this.text.slice(valueEnd, lineEnd)
    this.at = lineEnd
    const meaning = JSON.stringify(getToml(`v = ${text}\n`)) as string | undefined
    return { key: keyOf(key), lead, head, value: { is: 'leaf', text, meaning: meaning ?? text }, tail }
  }

  /** Takes the blocks of one list, up to the first header that is not inside of it. */
  private takeList(header: string): void {
    const name = keyOf(headerName(header))
    const lead = this.takeLead()
    const start = this.at
    let end = start
    this.at += header.length
    end = this.at
    while (this.at < this.text.length) {
      const line = this.lineAt(this.at)
      if (isTrivia(line, '#')) {
        this.at += line.length
        continue
      }
      if (/^\s*\[/.test(line)) {
        const other = keyOf(headerName(line))
        if (other !== name && !other.startsWith(`${name}.`)) break
        this.at += line.length
      } else this.takePair()
      end = this.at
    }
    this.at = end
    const text = this.text.slice(start, end)
    this.collector.end()
    this.collector.add({ key: name, lead, head: '', value: { is: 'leaf', text, meaning: text }, tail: '' })
  }

  private takeLead(): string {
    if (this.open === undefined) {
      const head = splitFileHead(this.trivia)
      this.open = head.open
      this.trivia = [...head.lead]
    }
    const lead = this.trivia.join('')
    this.trivia = []
    return lead
  }

  private lineAt(at: number): string {
    const newline = this.text.indexOf('\n', at)
    return this.text.slice(at, newline === -1 ? this.text.length : newline + 1)
  }
}

function headerName(line: string): string {
  const inner = line.slice(line.indexOf('[') + 1).replace(/^\[/, '')
  return inner.slice(0, tomlKeyEnd(inner, 0))
}

/** Returns one spelling for a dotted key: `a . "b"` is `a.b`. */
function keyOf(key: string): string {
  const path: string[] = []
  let value: unknown = parse(`${key} = 0`)
  while (isPlainMap(value)) {
    const name = Object.keys(value)[0] ?? ''
    path.push(/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name))
    value = value[name]
  }
  return path.join('.')
}
