/**
 * Finds the ATOMs that answer a question, best first: full text ranked by BM25 with a weight for each column, then by how much of the question an ATOM covers, what
 * type was asked for, how new it is, and whether it was taken back.
 *
 * A word that nothing has is replaced by the nearest one that something has. Words that thousands have only count where no rarer one was asked for, so
 * a question costs milliseconds in a large trail too.
 */
import type { SearchHit } from '../../ops/ports.js'
import type { Connection } from './database.js'
import { editDistance, readQuestion, type Question } from './question.js'
import { SEARCH_COLUMNS } from './schema.js'

/** A word that more ATOMs have than this is common. */
const COMMON = 1_000
const CANDIDATES = 40
const WORDS_LOOKED_AT = 20_000
const RANK = `bm25(search, ${SEARCH_COLUMNS.map(([, weight]) => String(weight)).join(', ')})`

interface Term {
  /** What is looked for: the word itself, or the nearest one. */
  readonly found: string
  /** The ATOMs that have it; undefined where they are too many. */
  readonly seqs: ReadonlySet<number> | undefined
}

export function findAtoms(connection: Connection, words: string, limit: number): readonly SearchHit[] {
  const question = readQuestion(words)
  const terms = question.terms.flatMap((asked) => readTerm(connection, asked) ?? [])
  if (terms.length === 0) return []
  const ranks = candidates(connection, terms)
  if (ranks.size === 0) return []
  const covered = coverage(connection, terms, [...ranks.keys()])
  return scored(connection, ranks, { question, covered, asked: question.terms.length })
    .sort((left, right) => right.score - left.score || right.seq - left.seq)
    .slice(0, limit)
    .map(({ seq, score }) => ({ seq, score, words: terms.map(({ found }) => found) }))
}

/** A word finds itself and its forms. */
function exactly(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}

/** And what begins with it. */
function beginning(word: string): string {
  return word.length < 3 ? exactly(word) : `${exactly(word)}*`
}

function readTerm(connection: Connection, asked: string): Term | undefined {
  const seqs = seqsOf(connection, asked)
  if (seqs.length > 0) return termOf(asked, seqs)
  const found = nearest(connection, asked)
  return found === undefined ? undefined : termOf(found, seqsOf(connection, found))
}

function termOf(found: string, seqs: readonly number[]): Term {
  return { found, seqs: seqs.length > COMMON ? undefined : new Set(seqs) }
}

/** Returns the ATOMs that have a word, one more than `COMMON` at most. The word alone is asked for first: what begins with it has to be put together as a whole. */
function seqsOf(connection: Connection, word: string): readonly number[] {
  const statement = connection.prepare(`SELECT rowid FROM search WHERE search MATCH ? LIMIT ${String(COMMON + 1)}`)
  const exact = statement.all([exactly(word)])
  return (exact.length > COMMON ? exact : statement.all([beginning(word)])).map(([seq]) => Number(seq))
}

/** Returns the word of the index that is nearest to one that it lacks. The index has stems, so the beginning of the word is compared too. */
function nearest(connection: Connection, asked: string): string | undefined {
  if (asked.length < 4 || /^\d+$/.test(asked)) return undefined
  const limit = asked.length < 8 ? 1 : 2
  const first = asked[0] ?? ''
  const begins = connection.prepare(`SELECT term, doc FROM search_words WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ? LIMIT ${String(WORDS_LOOKED_AT)}`)
    .all([first, `${first}\u{10ffff}`, asked.length - 4, asked.length + limit])
  const found = best(asked, begins, limit)
  if (found !== undefined) return found
  return best(asked, connection.prepare(`SELECT term, doc FROM search_words WHERE length(term) BETWEEN ? AND ? LIMIT ${String(WORDS_LOOKED_AT)}`).all([asked.length - 4, asked.length + limit]), limit)
}

function best(asked: string, words: readonly (readonly unknown[])[], limit: number): string | undefined {
  let found: { readonly word: string; readonly distance: number; readonly count: number } | undefined
  for (const [term, doc] of words) {
    const word = String(term)
    const distance = Math.min(editDistance(asked, word, limit), word.length >= 5 && word.length < asked.length ? editDistance(asked.slice(0, word.length), word, limit) + 0.5 : limit + 1)
    if (distance <= limit && (found === undefined || distance < found.distance || (distance === found.distance && Number(doc) > found.count))) found = { word, distance, count: Number(doc) }
  }
  return found?.word
}

/** Returns ATOMs with their rank, greater is better. */
function candidates(connection: Connection, terms: readonly Term[]): ReadonlyMap<number, number> {
  const rare = terms.filter(({ seqs }) => seqs !== undefined)
  if (rare.length === 0) return newest(connection, terms)
  const rows = connection.prepare(`SELECT rowid, ${RANK} AS score FROM search WHERE search MATCH ? ORDER BY score LIMIT ${String(CANDIDATES)}`)
    .all([rare.map(({ found }) => `(${exactly(found)} OR ${beginning(found)})`).join(' OR ')])
  return new Map(rows.map(([seq, rank]) => [Number(seq), -Number(rank)]))
}

/** Of words that thousands have: the newest ATOMs that have all of them, in the title before elsewhere; else the newest that have one. Counting them all would take long and tell little. */
function newest(connection: Connection, terms: readonly Term[]): ReadonlyMap<number, number> {
  const statement = connection.prepare(`SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ${String(CANDIDATES)}`)
  const matching = (match: string): readonly number[] => statement.all([match]).map(([seq]) => Number(seq))
  const words = terms.map(({ found }) => exactly(found))
  const all = matching(words.join(' AND '))
  if (all.length === 0) return new Map(matching(words.join(' OR ')).map((seq) => [seq, 1]))
  return new Map([...all.map((seq) => [seq, 2] as const), ...matching(`{title} : (${words.join(' AND ')})`).map((seq) => [seq, 3] as const)])
}

/** Returns how many of the terms each ATOM has. Where all are common, those found have the same. */
function coverage(connection: Connection, terms: readonly Term[], seqs: readonly number[]): ReadonlyMap<number, number> {
  if (terms.every((term) => term.seqs === undefined)) return new Map(seqs.map((seq) => [seq, terms.length]))
  const counts = new Map<number, number>()
  const add = (seq: number): void => { counts.set(seq, (counts.get(seq) ?? 0) + 1) }
  const statement = connection.prepare(`SELECT rowid FROM search WHERE search MATCH ? AND rowid IN (${seqs.map(String).join(', ')})`)
  for (const { found, seqs: known } of terms) {
    const having = known === undefined ? statement.all([exactly(found)]).map(([seq]) => Number(seq)) : seqs.filter((seq) => known.has(seq))
    having.forEach(add)
  }
  return counts
}

interface Facts { readonly question: Question; readonly covered: ReadonlyMap<number, number>; readonly asked: number }

/** What answers few questions: beginnings, marks of joining and taking back. */
const DULL: ReadonlySet<string> = new Set(['INIT', 'STATUS', 'MERGE', 'REVERT'])

function scored(connection: Connection, ranks: ReadonlyMap<number, number>, { question, covered, asked }: Facts): { readonly seq: number; readonly score: number }[] {
  const last = Math.max(1, Number(connection.value('SELECT max(seq) FROM atom_trail') ?? 1))
  const rows = connection.prepare(`SELECT seq, type, operation, tainted, EXISTS (SELECT 1 FROM taken_back WHERE taken_back.object = atom_trail.object) FROM atom_trail WHERE seq IN (${[...ranks.keys()].map(String).join(', ')})`).all()
  // BM25 says nothing where every ATOM has a word: then the other things decide.
  return rows.map(([at, type, operation, tainted, takenBack]) => {
    const seq = Number(at)
    let score = (ranks.get(seq) ?? 0) + 0.05
    score *= 0.3 + (covered.get(seq) ?? 0) / asked
    score *= 1 + 0.15 * (seq / last)
    if (question.types.includes(String(type))) score *= 1.4
    else if (DULL.has(String(type))) score *= 0.7
    if (question.wantsFirst && (operation === 'create_file' || operation === 'init_project')) score *= 1.5
    if (takenBack === 1) score *= 0.5
    else if (tainted === 1) score *= 0.8
    return { seq, score }
  })
}
