/**
 * `recall`: what the trail already knows about a question. The tables rank; everything that is said of an answer is read from the trail itself: its words, the lines of
 * its files, what it was built on, what became of it, and what it would cost to find out again.
 */
import { getText } from '../../base/bytes.js'
import type { Digest } from '../../codec/object-id.js'
import { hasAncestor } from '../../history/graph/has-ancestor.js'
import { allTips } from '../../history/resolve.js'
import { SYMLINK_MODE } from '../../object/tree.js'
import { getContent } from '../../store/content.js'
import { totalTokens } from '../../trail/atom-json.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { readTaint, type Taint } from '../../trail/taint.js'
import { checkInput, count, filledText, flag, optional } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { SearchHit } from '../ports.js'
import type { Repo } from '../repo.js'
import { tablesOf } from './follow-tables.js'

export interface RecallInput {
  /** A question in plain words. */
  readonly words: string
  /** Answers at most; default 5. */
  readonly limit?: number | undefined
  /** Whole files instead of the matching lines. */
  readonly full: boolean
}

export interface RecalledLine {
  /** Counts from 1. */
  readonly number: number
  readonly text: string
}

export interface RecalledFile {
  /** Tracked path. */
  readonly path: string
  readonly lines: readonly RecalledLine[]
  /** Lines of the whole file. */
  readonly total: number
}

export interface RecallAnswer {
  readonly atom: AtomRecord
  readonly score: number
  readonly ageMs: number
  readonly files: readonly RecalledFile[]
  /** Atom ids of what reverted or refuted it. */
  readonly takenBackBy: readonly string[]
  /** Atom id of the newest ATOM after it that changed the same file; null for none. */
  readonly supersededBy: string | null
  /** What it was built on, nearest first. */
  readonly builtOn: readonly AtomRecord[]
  /** Tokens of it and of what it was built on: what finding it out again would cost. */
  readonly savedTokens: number
}

export const recall: Operation<RecallInput, RecallAnswer> = {
  name: 'recall',
  summary: 'Find what the trail knows about a question',
  effect: 'read',
  errors: ['VIEW_LOCKED', 'STORE_FULL', 'FILE_UNWRITABLE', 'FILE_UNREADABLE', 'UNSUPPORTED', 'OBJECT_NOT_FOUND'],
  check: checkInput<RecallInput>({ words: filledText, limit: optional(count), full: flag }),
  run: answers,
}

const LIMIT = 5
const CONE_MAX = 50
/** Of a file in which no line matches, the first so many are shown. */
const FIRST_LINES = 8
const LINES_MAX = 20
const FILES_MAX = 10
/** Changes of a path that are looked at for a newer one. */
const NEWER_LOOKED_AT = 20

async function* answers(repo: Repo, { words, limit = LIMIT, full }: RecallInput): AsyncIterable<RecallAnswer> {
  const tables = await tablesOf(repo)
  await tables.follow(repo)
  const hits = await tables.search(words, limit)
  const taint = await readTaint(repo, () => allTips(resolveContext(repo)))
  for (const hit of hits) yield await answerOf(repo, hit, { taint, full })
}

interface How { readonly taint: Taint; readonly full: boolean }

async function answerOf(repo: Repo, { seq, score, words }: SearchHit, { taint, full }: How): Promise<RecallAnswer> {
  const atom = readRecord(repo, seq, { files: 'include', isTainted: taint.isTainted(seq) })
  const builtOn = coneOf(repo, atom, taint)
  return {
    atom, score, builtOn,
    ageMs: Math.max(0, repo.clock.nowMs() - atom.header.timeMs),
    files: filesOf(repo, atom, { words, full }),
    takenBackBy: taint.takenBackBy(repo.index.node(seq).digest).map((taker) => repo.index.node(taker).atomId),
    supersededBy: await newerThan(repo, atom),
    savedTokens: [atom, ...builtOn].reduce((sum, { body }) => sum + (body?.tokens === undefined ? 0 : totalTokens(body.tokens)), 0),
  }
}

/** Returns what an ATOM was built on, near and far, as far as it is here. */
function coneOf(repo: Repo, atom: AtomRecord, taint: Taint): readonly AtomRecord[] {
  const cone: AtomRecord[] = []
  const seen = new Set<Digest>()
  for (const waiting = [atom]; waiting.length > 0 && cone.length < CONE_MAX;) {
    for (const { object } of waiting.shift()?.influences ?? []) {
      const seq = seen.has(object) ? undefined : repo.index.getSeq(object)
      seen.add(object)
      if (seq === undefined || seq === atom.seq) continue
      const record = readRecord(repo, seq, { isTainted: taint.isTainted(seq) })
      cone.push(record)
      waiting.push(record)
    }
  }
  return cone.slice(0, CONE_MAX)
}

interface Shown { readonly words: readonly string[]; readonly full: boolean }

function filesOf(repo: Repo, { files = [] }: AtomRecord, shown: Shown): readonly RecalledFile[] {
  return files.slice(0, FILES_MAX).flatMap(({ path, after }) => {
    const bytes = after === undefined || after.mode === SYMLINK_MODE ? undefined : getContent(repo.objects, after.link)
    const text = bytes === undefined ? undefined : getText(bytes)
    if (text === undefined || text.includes('\0')) return [{ path, lines: [], total: 0 }]
    const all = text.replace(/\n$/, '').split('\n').map((line, index) => ({ number: index + 1, text: line }))
    return [{ path, total: all.length, lines: shown.full ? all : matchingLines(all, shown.words) }]
  })
}

function matchingLines(lines: readonly RecalledLine[], words: readonly string[]): readonly RecalledLine[] {
  const matching = lines.filter(({ text }) => {
    const found = text.normalize('NFKC').toLowerCase()
    return words.some((word) => found.includes(word))
  })
  return matching.length > 0 ? matching.slice(0, LINES_MAX) : lines.slice(0, FIRST_LINES)
}

/** Returns the newest ATOM behind this one that changed a file which this one wrote. */
async function newerThan(repo: Repo, { seq, files = [] }: AtomRecord): Promise<string | null> {
  for (const { path, after } of files.slice(0, FILES_MAX)) {
    let looked = 0
    for await (const newer of repo.index.changing(path)) {
      if (newer <= seq || after === undefined || ++looked > NEWER_LOOKED_AT) break
      if (hasAncestor(repo.index, seq, [newer]) && hasAncestor(repo.index, newer, await allTips(resolveContext(repo)))) return repo.index.node(newer).atomId
    }
  }
  return null
}
