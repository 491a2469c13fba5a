/**
 * The grammar of revisions: what a person types to name ATOMs. Reads text into a small tree and looks nothing up; which
 * of several things a name means is the resolver's to say. Refuses with `REVISION_SYNTAX`, never with anything else.
 */
import { AtomError } from '../base/errors.js'

/** What a plain name looks like. It only looks: a branch may be called `abcd`, which is also a hex prefix. */
export type NameShape = 'head' | 'object-id' | 'hex' | 'cid' | 'ref'

/** Where a revision starts. `ref` null means the current branch. */
export type RevisionBase =
  | { readonly is: 'name'; readonly text: string; readonly shape: NameShape }
  /** `ATOM-CFG-20241127-003`; with `prefix` the one of several whose object id begins so. */
  | { readonly is: 'atom-id'; readonly atomId: string; readonly prefix: string | null }
  /** `main@{2}`: where the ref stood so many moves ago. */
  | { readonly is: 'moves-ago'; readonly ref: string | null; readonly moves: number }
  /** `main@{monday}`: where the ref stood then. */
  | { readonly is: 'at-time'; readonly ref: string | null; readonly when: string }
  /** `main@{upstream}`. */
  | { readonly is: 'upstream'; readonly ref: string | null }
  /** `@{-1}`: the branch that was checked out before. */
  | { readonly is: 'branch-before'; readonly switches: number }
  /** `:/text`: the newest ATOM whose title or reason has it. The text runs to the end. */
  | { readonly is: 'search'; readonly text: string }

/** One step from a revision to another. */
export type RevisionStep =
  /** `^2`; 0 is the revision itself. */
  | { readonly is: 'parent'; readonly nth: number }
  /** `~3`: first parents, so many times. */
  | { readonly is: 'ancestor'; readonly generations: number }
  /** `^{atom}`: the first thing of that kind that it leads to; `to` empty = whatever a tag points at. */
  | { readonly is: 'peel'; readonly to: string }
  /** `^{/text}`: the newest ancestor that has it. */
  | { readonly is: 'search'; readonly text: string }

/** One ATOM, or with a path what it holds there; the path '' is its whole tree. */
export interface Revision {
  readonly base: RevisionBase
  readonly steps: readonly RevisionStep[]
  readonly path: string | null
}

/** What one argument names. */
export type RevisionSet =
  | { readonly is: 'one'; readonly revision: Revision }
  /** `^A`: not A and its ancestors. */
  | { readonly is: 'not'; readonly revision: Revision }
  /** `A..B`. */
  | { readonly is: 'range'; readonly from: Revision; readonly to: Revision }
  /** `A...B`. */
  | { readonly is: 'symmetric'; readonly left: Revision; readonly right: Revision }
  /** `A^@`: all its parents. */
  | { readonly is: 'parents'; readonly revision: Revision }
  /** `A^!`: it alone, without its parents. */
  | { readonly is: 'alone'; readonly revision: Revision }

const HEAD: Revision = { base: { is: 'name', text: 'HEAD', shape: 'head' }, steps: [], path: null }

/** Reads what names one ATOM or one path in it. Throws `REVISION_SYNTAX`, also for a range. */
export function parseRevision(text: string): Revision {
  const set = parseRevisionSet(text)
  if (set.is !== 'one') throw refuse(text, `'${text}' names several ATOMs where one is needed`, 'give one revision, e.g. HEAD~2')
  return set.revision
}

/** Reads one argument: a revision, a range, or what is to be left out. An end of a range left out is HEAD. Throws `REVISION_SYNTAX`. */
export function parseRevisionSet(text: string): RevisionSet {
  const scan: Scan = { text, at: 0 }
  if (text === '') throw refuse(text, 'a revision is empty', 'give an atom id, a branch, HEAD or an object id')
  if (text[0] === '^') {
    scan.at = 1
    return { is: 'not', revision: ended(scan, withoutPath(scan, readRevision(scan))) }
  }
  const dots = readDots(scan)
  const left = dots === null ? readRevision(scan) : HEAD
  const found = dots ?? readDots(scan)
  if (found === null) {
    const mark = text.slice(scan.at)
    if (left.path === null && (mark === '^@' || mark === '^!')) return { is: mark === '^@' ? 'parents' : 'alone', revision: left }
    return { is: 'one', revision: ended(scan, left) }
  }
  if (dots !== null && scan.at === text.length) throw refuse(text, `'${text}' has neither end`, 'give at least one, e.g. main..')
  const right = scan.at === text.length ? HEAD : ended(scan, withoutPath(scan, readRevision(scan)))
  return found === '..' ? { is: 'range', from: left, to: right } : { is: 'symmetric', left, right }
}

/** Writes a revision so that `parseRevision` reads the same again. */
export function formatRevision(revision: Revision): string {
  const steps = revision.steps.map(formatStep).join('')
  return formatBase(revision.base) + steps + (revision.path === null ? '' : `:${revision.path}`)
}

interface Scan {
  readonly text: string
  at: number
}

const NUMBER = /\d*/y
/** As `git check-ref-format` has it, `@{` apart: that begins a suffix. */
// eslint-disable-next-line no-control-regex -- control characters written out: V8 takes longer for \p{Cc}
const NAME = /(?:(?!\.\.|@\{)[^\u0000-\u001f\u007f-\u009f ~^:?*[\\])+/uy
const ATOM_ID = /^(ATOM-[A-Z]+(?:-[A-Z]+)*-\d{8}-(?:[0-9a-f]{12}|\d{3,11}))(?:-([0-9a-f]{6,64}))?$/
const CID = /^baf[ky]rei[a-z2-7]{52}$/

function readRevision(scan: Scan): Revision {
  const base = readBase(scan)
  if (base.is === 'search') return { base, steps: [], path: null }
  const steps: RevisionStep[] = []
  for (let step = readStep(scan); step !== null; step = readStep(scan)) steps.push(step)
  if (scan.text[scan.at] !== ':') return { base, steps, path: null }
  const path = scan.text.slice(scan.at + 1)
  scan.at = scan.text.length
  return { base, steps, path }
}

function readBase(scan: Scan): RevisionBase {
  const { text } = scan
  if (text.startsWith(':/', scan.at)) {
    const wanted = text.slice(scan.at + 2)
    if (wanted === '') throw refuse(text, `':/' in '${text}' has no text to search for`, 'write :/ and a part of the title')
    scan.at = text.length
    return { is: 'search', text: wanted }
  }
  const name = match(scan, NAME)
  if (text.startsWith('@{', scan.at)) return readAt(scan, name)
  checkName(scan, name)
  const atomId = ATOM_ID.exec(name)
  if (atomId !== null) return { is: 'atom-id', atomId: atomId[1] as string, prefix: atomId[2] ?? null }
  return name === '@' ? HEAD.base : { is: 'name', text: name, shape: shapeOf(name) }
}

function readAt(scan: Scan, name: string): RevisionBase {
  const { text } = scan
  if (name !== '') checkName(scan, name)
  const ref = name === '' ? null : name === '@' ? 'HEAD' : name
  const inside = braced(scan, 2)
  if (inside === '') throw refuse(text, `'@{}' in '${text}' is empty`, 'write a number or a time, e.g. main@{2} or main@{monday}')
  if (/^-\d+$/.test(inside)) {
    const switches = toCount(scan, inside.slice(1))
    if (ref !== null || switches === 0) throw refuse(text, `'@{${inside}}' in '${text}' names no branch`, 'write @{-1} alone')
    return { is: 'branch-before', switches }
  }
  if (/^\d+$/.test(inside)) return { is: 'moves-ago', ref, moves: toCount(scan, inside) }
  if (/^(u|upstream)$/i.test(inside)) return { is: 'upstream', ref }
  return { is: 'at-time', ref, when: inside }
}

function readStep(scan: Scan): RevisionStep | null {
  const { text } = scan
  const sign = text[scan.at]
  if (sign === '~') {
    scan.at++
    return { is: 'ancestor', generations: readCount(scan) }
  }
  if (sign !== '^') return null
  const next = text[scan.at + 1]
  if (next === '@' || next === '!') return null
  if (next === '{') {
    const inside = braced(scan, 2)
    if (inside.startsWith('/')) {
      if (inside === '/') throw refuse(text, `'^{/}' in '${text}' has no text to search for`, 'write ^{/text}')
      return { is: 'search', text: inside.slice(1) }
    }
    if (!/^[a-z]*$/.test(inside)) throw refuse(text, `'^{${inside}}' in '${text}' is no kind of object`, 'write e.g. ^{atom} or ^{tree}')
    return { is: 'peel', to: inside }
  }
  scan.at++
  return { is: 'parent', nth: readCount(scan) }
}

function readDots(scan: Scan): '..' | '...' | null {
  const dots = scan.text.startsWith('...', scan.at) ? '...' : scan.text.startsWith('..', scan.at) ? '..' : null
  scan.at += dots?.length ?? 0
  return dots
}

function readCount(scan: Scan): number {
  const digits = match(scan, NUMBER)
  return digits === '' ? 1 : toCount(scan, digits)
}

function toCount({ text }: Scan, digits: string): number {
  const count = Number(digits)
  if (!Number.isSafeInteger(count)) throw refuse(text, `the number ${digits} in '${text}' is too great`, 'give a smaller one')
  return count
}

/** Reads to the brace that closes; braces inside must pair. `skip` is the length of what opens. */
function braced(scan: Scan, skip: number): string {
  const start = scan.at + skip
  let depth = 1
  for (let at = start; at < scan.text.length; at++) {
    if (scan.text[at] === '{') depth++
    if (scan.text[at] === '}') depth--
    if (depth > 0) continue
    scan.at = at + 1
    return scan.text.slice(start, at)
  }
  throw refuse(scan.text, `a brace in '${scan.text}' is not closed`, "write } at its end, and put quotes round it: 'main@{2}'")
}

function match(scan: Scan, pattern: RegExp): string {
  pattern.lastIndex = scan.at
  const found = pattern.exec(scan.text)?.[0] ?? ''
  scan.at += found.length
  return found
}

function shapeOf(name: string): NameShape {
  if (name === 'HEAD') return 'head'
  if (/^[0-9a-f]{64}$/i.test(name)) return 'object-id'
  if (/^[0-9a-f]{4,63}$/i.test(name)) return 'hex'
  return CID.test(name) ? 'cid' : 'ref'
}

function checkName({ text, at }: Scan, name: string): void {
  if (name === '') {
    if (at < text.length && text[at] === ':') throw refuse(text, `'${text}' has a path but no revision`, 'write HEAD:PATH')
    const where = at < text.length ? `before '${text[at] as string}' in` : 'at the end of'
    throw refuse(text, `a name is missing ${where} '${text}'`, 'give an atom id, a branch, HEAD or an object id')
  }
  const isBroken = name.startsWith('-') || /^\/|\/$|\/\/|\.$|(?:^|\/)\.|\.lock(?:\/|$)/.test(name)
  if (isBroken) throw refuse(text, `'${name}' cannot be the name of anything`, 'see `git check-ref-format --help` for what a ref may be called')
}

function withoutPath({ text }: Scan, revision: Revision): Revision {
  if (revision.path !== null) throw refuse(text, `'${text}' has a path in a range`, 'put the path after --, e.g. A..B -- PATH')
  return revision
}

function ended({ text, at }: Scan, revision: Revision): Revision {
  if (at < text.length) throw refuse(text, `'${text.slice(at)}' at the end of '${text}' cannot be read`, 'after a name come ~N, ^N, @{N} or :PATH')
  return revision
}

function formatBase(base: RevisionBase): string {
  switch (base.is) {
    case 'name': return base.text
    case 'atom-id': return base.prefix === null ? base.atomId : `${base.atomId}-${base.prefix}`
    case 'moves-ago': return `${base.ref ?? ''}@{${base.moves}}`
    case 'at-time': return `${base.ref ?? ''}@{${base.when}}`
    case 'upstream': return `${base.ref ?? ''}@{upstream}`
    case 'branch-before': return `@{-${base.switches}}`
    case 'search': return `:/${base.text}`
  }
}

function formatStep(step: RevisionStep): string {
  switch (step.is) {
    case 'parent': return `^${step.nth}`
    case 'ancestor': return `~${step.generations}`
    case 'peel': return `^{${step.to}}`
    case 'search': return `^{/${step.text}}`
  }
}

/** What was typed is quoted in the message, so what could steer a terminal is replaced. */
function refuse(revision: string, message: string, hint: string): AtomError<'REVISION_SYNTAX'> {
  return new AtomError('REVISION_SYNTAX', message.replace(/\p{Cc}/gu, '\ufffd'), { data: { revision }, hint })
}
