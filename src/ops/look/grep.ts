/** `grep`: the lines of tracked files that hold a pattern, at a revision. Linear in what it reads, whatever the pattern. */
import { AtomError } from '../../base/errors.js'
import { toDisplayText } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { getTip, resolveAtom } from '../../history/resolve.js'
import { anyPattern, createTextPattern, type TextPattern } from '../../history/pattern/text-pattern.js'
import { SYMLINK_MODE } from '../../object/tree.js'
import { codecOf } from '../../codec/object-id.js'
import { contentChunks } from '../../store/content.js'
import { readObject } from '../../store/objects.js'
import type { ObjectReader } from '../../store/types.js'
import { walkPath, type PathEntry } from '../../tree/read.js'
import { pathSeenFrom } from '../../tree/scope.js'
import { checkInput, filledText, flag, oneOf, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'

export interface GrepInput {
  /** Patterns, of which one must be found. */
  readonly patterns: readonly string[]
  readonly revision?: string | undefined
  /** As typed. */
  readonly paths: readonly string[]
  readonly ignoreCase?: boolean | undefined
  readonly fixed?: boolean | undefined
  /** Only whole words. */
  readonly word?: boolean | undefined
  readonly invert?: boolean | undefined
  /** Where no paths are given, `here`: only in the folder of the project that the user stands in, as git does. Default: everywhere. */
  readonly from?: 'root' | 'here' | undefined
  /** `lines`: every line; `files`: one answer for each file. */
  readonly want?: 'lines' | 'files' | 'counts' | undefined
}

export interface GrepMatch {
  /** Tracked path. */
  readonly path: string
  /** From where the user stands, where that was asked for. */
  readonly seen?: string
  /** From 1; absent where the file itself is the answer. */
  readonly line?: number
  readonly text?: string
  readonly count?: number
  /** It matches, but is no text to show. */
  readonly isBinary: boolean
}

export const grep: Operation<GrepInput, GrepMatch> = {
  name: 'grep',
  summary: 'Search tracked files',
  effect: 'read',
  errors: ['USAGE', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'ID_AMBIGUOUS', 'PATH_INVALID'],
  check: checkInput<GrepInput>({
    patterns: someOf(filledText), revision: optional(filledText), paths: someOf(filledText), ignoreCase: optional(flag), fixed: optional(flag), word: optional(flag),
    invert: optional(flag), want: optional(oneOf('lines', 'files', 'counts')), from: optional(oneOf('root', 'here')),
  }),
  run: streamGrep,
}

const ROOT = 'project'

async function* streamGrep(repo: Repo, input: GrepInput): AsyncGenerator<GrepMatch> {
  const context = resolveContext(repo)
  const pattern = patternOf(input)
  const tip = getTip(context)
  const seq = input.revision !== undefined ? await resolveAtom(context, input.revision) : tip === undefined ? undefined : repo.index.seqOf(tip)
  if (seq === undefined) throw new AtomError('REVISION_NOT_FOUND', 'there is no ATOM on this branch yet', { data: { revision: 'HEAD' } })
  const { tree } = readObject(repo.objects, repo.index.node(seq).id, 'atom')
  const folder = input.from === 'here' ? repo.worktree.folder() ?? ROOT : ROOT
  for (const path of input.paths.length === 0 ? [folder === ROOT ? '' : folder] : input.paths.map((typed) => trackedPathOf(repo, typed))) {
    for (const file of walkPath(repo.objects, tree, path)) {
      repo.signal.throwIfAborted()
      if (file.mode === SYMLINK_MODE || !isHere(repo.objects, file.link)) continue
      for (const match of searchFile(repo.objects, file, { pattern, input })) yield folder === ROOT ? match : { ...match, seen: pathSeenFrom(folder, match.path) }
    }
  }
}

function patternOf(input: GrepInput): TextPattern {
  const patterns = input.patterns.map((text) => createTextPattern(input.word === true ? `\\b(?:${input.fixed === true ? quoted(text) : text})\\b` : text, {
    kind: input.fixed === true && input.word !== true ? 'fixed' : 'extended', ignoreCase: input.ignoreCase === true,
  }))
  const found = anyPattern(patterns)
  return input.invert === true ? { matches: (line) => !found.matches(line) } : found
}

function quoted(text: string): string {
  return text.replace(/[.^$*+?()[\]{}|\\]/g, '\\$&')
}

/** Contents that were forgotten have no lines. */
function isHere(objects: ObjectReader, link: ObjectId): boolean {
  if (objects.getObject(link) === undefined) return false
  return codecOf(link) === 'raw' || readObject(objects, link, 'file').chunks.every((chunk) => objects.getObject(chunk) !== undefined)
}

interface Search { readonly pattern: TextPattern; readonly input: GrepInput }

function* searchFile(objects: ObjectReader, file: PathEntry, { pattern, input }: Search): Iterable<GrepMatch> {
  const want = input.want ?? 'lines'
  let number = 0
  let count = 0
  for (const { text, isBinary } of linesOf(contentChunks(objects, file.link))) {
    number++
    if (!pattern.matches(text)) continue
    count++
    if (want === 'counts') continue
    if (want === 'files' || isBinary) {
      yield { path: file.path, isBinary }
      return
    }
    yield { path: file.path, line: number, text, isBinary }
  }
  if (want === 'counts' && count > 0) yield { path: file.path, count, isBinary: false }
}

const NEWLINE = 10
const PROBE_BYTES = 8_000
/** A longer line is searched in pieces of this. */
const LINE_MAX_BYTES = 8_388_608

/** Yields the lines of a content in bounded memory, without their ends. A NUL early on makes it binary, as in git. */
function* linesOf(chunks: Iterable<Uint8Array>): Iterable<{ readonly text: string; readonly isBinary: boolean }> {
  let rest: Uint8Array = new Uint8Array(0)
  let isBinary: boolean | undefined
  for (const chunk of chunks) {
    isBinary ??= chunk.subarray(0, PROBE_BYTES).includes(0)
    const bytes = rest.length === 0 ? chunk : joined(rest, chunk)
    let at = 0
    for (let end = bytes.indexOf(NEWLINE, at); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      yield { text: lineText(bytes.subarray(at, end)), isBinary }
      at = end + 1
    }
    rest = bytes.subarray(at)
    if (rest.length > LINE_MAX_BYTES) {
      yield { text: lineText(rest), isBinary }
      rest = new Uint8Array(0)
    }
  }
  if (rest.length > 0) yield { text: lineText(rest), isBinary: isBinary === true }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const whole = new Uint8Array(left.length + right.length)
  whole.set(left)
  whole.set(right, left.length)
  return whole
}

function lineText(bytes: Uint8Array): string {
  const text = toDisplayText(bytes)
  return text.endsWith('\r') ? text.slice(0, -1) : text
}
