/** The grammar of search patterns: extended regular expressions without anything that looks back or ahead, so that matching is linear. */
import { AtomError } from '../../base/errors.js'

export type CharTest = (code: number) => boolean

export type PatternNode =
  | { readonly is: 'char'; readonly test: CharTest }
  | { readonly is: 'edge'; readonly edge: 'start' | 'end' | 'word' | 'not-word' }
  | { readonly is: 'all'; readonly nodes: readonly PatternNode[] }
  | { readonly is: 'any'; readonly nodes: readonly PatternNode[] }
  | { readonly is: 'repeat'; readonly node: PatternNode; readonly min: number; readonly max: number }

const MAX_REPEAT = 1_000
const MAX_NESTING = 100

interface Scan { readonly pattern: string; readonly chars: readonly string[]; at: number; depth: number; readonly ignoreCase: boolean }

/** Returns the tree of a pattern; throws `USAGE` where it cannot be read. */
export function parsePattern(pattern: string, options: { readonly ignoreCase: boolean }): PatternNode {
  const scan: Scan = { pattern, chars: [...pattern], at: 0, depth: 0, ignoreCase: options.ignoreCase }
  const node = readAlternatives(scan)
  if (scan.at < scan.chars.length) throw refuse(scan, 'a ) closes nothing')
  return node
}

function readAlternatives(scan: Scan): PatternNode {
  if (++scan.depth > MAX_NESTING) throw refuse(scan, `groups nest deeper than ${String(MAX_NESTING)}`)
  const nodes = [readSequence(scan)]
  while (scan.chars[scan.at] === '|') {
    scan.at++
    nodes.push(readSequence(scan))
  }
  scan.depth--
  return nodes.length === 1 && nodes[0] !== undefined ? nodes[0] : { is: 'any', nodes }
}

function readSequence(scan: Scan): PatternNode {
  const nodes: PatternNode[] = []
  for (let char = scan.chars[scan.at]; char !== undefined && char !== '|' && char !== ')'; char = scan.chars[scan.at]) nodes.push(readRepeated(scan))
  return { is: 'all', nodes }
}

function readRepeated(scan: Scan): PatternNode {
  let node = readOne(scan)
  for (;;) {
    const range = readRange(scan)
    if (range === undefined) return node
    if (node.is === 'edge') throw refuse(scan, 'an edge such as ^ cannot be repeated')
    node = { is: 'repeat', node, ...range }
    // A lazy mark changes what a match holds, not whether there is one.
    if (scan.chars[scan.at] === '?') scan.at++
  }
}

function readRange(scan: Scan): { readonly min: number; readonly max: number } | undefined {
  const char = scan.chars[scan.at]
  if (char === '*' || char === '+' || char === '?') {
    scan.at++
    return { min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Infinity }
  }
  return char === '{' ? readBraces(scan) : undefined
}

function readBraces(scan: Scan): { readonly min: number; readonly max: number } | undefined {
  const [whole, from = '', comma, to = ''] = /^\{(\d+)(,?)(\d*)\}/.exec(scan.chars.slice(scan.at, scan.at + 20).join('')) ?? []
  if (whole === undefined) return undefined
  const min = Number(from)
  const max = comma === '' ? min : to === '' ? Infinity : Number(to)
  if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT) || max < min) throw refuse(scan, `${whole} is no range up to ${String(MAX_REPEAT)}`)
  scan.at += whole.length
  return { min, max }
}

function readOne(scan: Scan): PatternNode {
  const char = scan.chars[scan.at++] ?? ''
  switch (char) {
    case '.': return { is: 'char', test: () => true }
    case '^': return { is: 'edge', edge: 'start' }
    case '$': return { is: 'edge', edge: 'end' }
    case '(': return readGroup(scan)
    case '[': return readClass(scan)
    case '\\': return readEscape(scan)
    case '*': case '+': case '?': throw refuse(scan, `${char} repeats nothing`)
    default: return { is: 'char', test: oneOf(char, scan.ignoreCase) }
  }
}

function readGroup(scan: Scan): PatternNode {
  if (scan.chars[scan.at] === '?') {
    if (scan.chars[scan.at + 1] !== ':') throw refuse(scan, 'groups that look ahead or have names are not taken')
    scan.at += 2
  }
  const node = readAlternatives(scan)
  if (scan.chars[scan.at++] !== ')') throw refuse(scan, 'a ( is not closed')
  return node
}

const isDigit: CharTest = (code) => code >= 48 && code <= 57
export const isWord: CharTest = (code) => isDigit(code) || code === 95 || (code | 32) >= 97 && (code | 32) <= 122 || code > 127 && /[\p{L}\p{N}_]/u.test(String.fromCodePoint(code))
const isSpace: CharTest = (code) => code === 32 || code >= 9 && code <= 13 || code > 127 && /\s/u.test(String.fromCodePoint(code))
const CLASSES: { readonly [letter: string]: CharTest } = { d: isDigit, w: isWord, s: isSpace }
const CONTROLS: { readonly [letter: string]: string } = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' }
const NAMED: { readonly [name: string]: CharTest } = {
  digit: isDigit, space: isSpace, alnum: (code) => isWord(code) && code !== 95, alpha: (code) => isWord(code) && code !== 95 && !isDigit(code), upper: (code) => /\p{Lu}/u.test(String.fromCodePoint(code)),
  lower: (code) => /\p{Ll}/u.test(String.fromCodePoint(code)), punct: (code) => /[\p{P}\p{S}]/u.test(String.fromCodePoint(code)), blank: (code) => code === 32 || code === 9,
  xdigit: (code) => isDigit(code) || (code | 32) >= 97 && (code | 32) <= 102,
}

function readEscape(scan: Scan): PatternNode {
  const char = scan.chars[scan.at++]
  if (char === undefined) throw refuse(scan, 'a \\ ends it')
  if (char === 'b' || char === 'B') return { is: 'edge', edge: char === 'b' ? 'word' : 'not-word' }
  const test = classOf(char)
  if (test !== undefined) return { is: 'char', test }
  if (/[1-9]/.test(char)) throw refuse(scan, `\\${char} looks back, which is not taken`)
  return { is: 'char', test: oneOf(CONTROLS[char] ?? char, scan.ignoreCase) }
}

function classOf(letter: string): CharTest | undefined {
  const test = CLASSES[letter.toLowerCase()]
  if (test === undefined || letter === letter.toLowerCase()) return test
  return (code) => !test(code)
}

function readClass(scan: Scan): PatternNode {
  const isNegated = scan.chars[scan.at] === '^'
  if (isNegated) scan.at++
  const tests: CharTest[] = []
  for (let isFirst = true; ; isFirst = false) {
    const char = scan.chars[scan.at]
    if (char === undefined) throw refuse(scan, 'a [ is not closed')
    if (char === ']' && !isFirst) break
    tests.push(readMember(scan))
  }
  scan.at++
  const has: CharTest = (code) => tests.some((test) => test(code))
  return { is: 'char', test: isNegated ? (code) => !has(code) : has }
}

function readMember(scan: Scan): CharTest {
  const rest = scan.chars.slice(scan.at, scan.at + 14).join('')
  const [whole, name = ''] = /^\[:([a-z]+):\]/.exec(rest) ?? []
  const named = whole === undefined ? undefined : NAMED[name]
  if (whole !== undefined && named !== undefined) {
    scan.at += whole.length
    return named
  }
  const low = readMemberChar(scan)
  if (typeof low === 'function') return low
  if (scan.chars[scan.at] !== '-' || scan.chars[scan.at + 1] === ']' || scan.chars[scan.at + 1] === undefined) return oneOf(low, scan.ignoreCase)
  scan.at++
  const high = readMemberChar(scan)
  const [from, to] = [low.codePointAt(0) ?? 0, typeof high === 'string' ? high.codePointAt(0) ?? 0 : -1]
  if (to < from) throw refuse(scan, 'a range in [] runs backwards')
  const within: CharTest = (code) => code >= from && code <= to
  return scan.ignoreCase ? (code) => caseForms(String.fromCodePoint(code)).some(within) : within
}

function readMemberChar(scan: Scan): string | CharTest {
  const char = scan.chars[scan.at++] ?? ''
  if (char !== '\\') return char
  const escaped = scan.chars[scan.at++]
  if (escaped === undefined) throw refuse(scan, 'a \\ ends it')
  return classOf(escaped) ?? CONTROLS[escaped] ?? escaped
}

function oneOf(char: string, ignoreCase: boolean): CharTest {
  const codes = ignoreCase ? caseForms(char) : [char.codePointAt(0) ?? 0]
  const [only] = codes
  return codes.length === 1 ? (code) => code === only : (code) => codes.includes(code)
}

function caseForms(char: string): readonly number[] {
  const forms = [char, char.toLowerCase(), char.toUpperCase()].filter((form) => [...form].length === 1)
  return [...new Set(forms.map((form) => form.codePointAt(0) ?? 0))]
}

function refuse({ pattern }: Pick<Scan, 'pattern'>, why: string): AtomError<'USAGE'> {
  return new AtomError('USAGE', `cannot search for ${JSON.stringify(pattern.slice(0, 120))}: ${why}`, { data: { value: pattern.slice(0, 120) }, hint: 'patterns are extended regular expressions; -F takes the text as it is' })
}

export function refusePattern(pattern: string, why: string): AtomError<'USAGE'> {
  return refuse({ pattern }, why)
}
