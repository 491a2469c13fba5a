/**
 * Decides whether a query may run. What it runs on cannot write a database; this keeps it from everything else that SQL can reach here.
 *
 * @NOTE this build of SQLite has functions that read and write files, and tables that list folders. Functions are found in the program that SQLite makes of the query,
 * whatever way they are written, and only those named here are allowed. Tables have to be named in the query itself, so their names are looked for in its text.
 */
import { AtomError } from '../../base/errors.js'
import type { Connection, QueryRefused } from './database.js'

/** What a statement may begin with. */
const READING = ['select', 'with', 'values', 'explain', 'pragma']
/** Pragmas that tell, with the name of a table or index at most. */
const PRAGMAS = ['table_info', 'table_xinfo', 'table_list', 'index_list', 'index_info', 'index_xinfo', 'foreign_key_list', 'foreign_key_check', 'integrity_check', 'quick_check', 'user_version', 'encoding', 'compile_options', 'function_list']

const FUNCTIONS: ReadonlySet<string> = new Set(`abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char charindex coalesce concat concat_ws cos cosh cot coth count cume_dist
  current_date current_time current_timestamp date datetime degrees dense_rank difference exp first_value floor format glob group_concat hex highlight ifnull iif instr json json_array json_array_length
  json_error_position json_extract json_group_array json_group_object json_insert json_object json_patch json_quote json_remove json_replace json_set json_type json_valid jsonb jsonb_array jsonb_extract
  jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday lag last_value lead leftstr length like likelihood likely ln log log10 log2 lower
  lower_quartile ltrim match max median min mod mode nth_value ntile nullif octet_length padc padl padr percent_rank pi pow power printf proper quote radians random rank regexp regexpi replace replicate
  reverse rightstr round row_number rtrim sha3 sign sin sinh snippet soundex sqlite_version sqrt square stdev strfilter strftime string_agg substr substring sum tan tanh time timediff total trim trunc typeof
  unhex unicode unixepoch unlikely upper upper_quartile uuid variance zeroblob -> ->>`.split(/\s+/))

/** Modules of this build that lead out of the database, or into its pages. */
const TABLES_REFUSED = /\b(?:fsdir|carray|dbstat|sqlite_dbpage|sqlite_stmt|fts3tokenize|vector_top_k|completion|csv|zipfile)\b/i
/** What a program of SQLite names a function by: `upper(1)`. */
const NAMED_FUNCTION = /^(.+)\(-?\d+\)$/
const CALLS: ReadonlySet<string> = new Set(['Function', 'PureFunc', 'AggStep', 'AggStep1', 'AggInverse', 'AggValue', 'AggFinal'])

/** Returns the query without what stands behind its end; throws `SQL_INVALID` for several statements, and for what does not only read. */
export function checkQuery(text: string): string {
  const { first, word, rest } = splitStatement(text)
  if (first === '') throw refused('there is no query', 'atom sql .schema shows what can be asked')
  if (rest) throw refused('only one statement can be run at a time', 'run them one after the other')
  if (!READING.includes(word)) throw refused(`a query cannot begin with ${JSON.stringify(word.toUpperCase().slice(0, 40))}: the view is only read`, 'begin with SELECT, WITH, VALUES, EXPLAIN or PRAGMA')
  const table = TABLES_REFUSED.exec(text)?.[0]
  if (table !== undefined) throw refused(`${table} is not there for queries`, 'where it is a text that you look for, give it with --param')
  if (word === 'pragma') checkPragma(first)
  return first
}

/** Throws `SQL_INVALID` where a query calls a function that is not among the allowed ones. Only asks SQLite what it would do. */
export function checkFunctions(connection: Connection, query: string): void {
  if (/^\s*(?:explain|pragma)\b/i.test(query)) return
  for (const [, opcode, , , , called] of connection.prepare(`EXPLAIN ${query}`).all()) {
    const name = CALLS.has(String(opcode)) ? NAMED_FUNCTION.exec(String(called))?.[1] : undefined
    if (name !== undefined && !FUNCTIONS.has(name.toLowerCase())) throw refused(`the function ${name} is not there for queries`, 'atom help sql')
  }
}

function checkPragma(statement: string): void {
  const name = /^\s*pragma\s+(?:main\.)?(\w+)\s*(?:\(\s*[\w"']*\s*\)\s*)?$/i.exec(statement)?.[1]?.toLowerCase()
  if (name === undefined || !PRAGMAS.includes(name)) throw refused('of pragmas only those are there that tell something', PRAGMAS.slice(0, 6).join(', '))
}

/** A comment, a text, a name in quotes, a blank, or a run of anything else that has none of these and no semicolon. */
const TOKEN = /--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$)|\s+|[^\s'"`[;/-]+|[;/-]/gy

interface Split {
  readonly first: string
  /** Its first word, in lower case. */
  readonly word: string
  /** Whether another statement follows. */
  readonly rest: boolean
}

function splitStatement(text: string): Split {
  let end = text.length
  let word = ''
  let rest = false
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const isBlank = /^(?:\s|--|\/\*)/.test(token)
    if (end < text.length) {
      rest ||= !isBlank && token !== ';'
    } else if (token === ';') {
      if (word !== '') end = index
    } else if (!isBlank && word === '') {
      word = (/^[a-z]+/i.exec(token)?.[0] ?? token).toLowerCase()
    }
  }
  return { first: word === '' ? '' : text.slice(0, end).replace(/^[\s;]+/, ''), word, rest }
}

/** Throws `SQL_INVALID` where a query has a named parameter that is not given, or one is given that it has not: SQLite would take nothing for it. */
export function checkParameterNames(query: string, given: readonly string[]): void {
  const wanted = new Set<string>()
  for (const { 0: token } of query.matchAll(TOKEN)) {
    if (!/^(?:['"`[]|--|\/\*)/.test(token)) for (const [, name = ''] of token.matchAll(/(?<![\w:@$])[:@$]([\p{L}_][\w\p{L}]*)/gu)) wanted.add(name)
  }
  for (const name of wanted) if (!given.includes(name)) throw refused(`the query has a parameter ${JSON.stringify(name)} that is not given`, `--param ${name}=…`)
  for (const name of given) if (!wanted.has(name)) throw refused(`the query has no parameter ${JSON.stringify(name.slice(0, 80))}`, `write it as :${/^\w+$/.test(name) ? name : 'name'}`)
}

function refused(reason: string, hint: string): AtomError<'SQL_INVALID'> {
  return new AtomError('SQL_INVALID', reason, { data: { reason }, hint })
}

/** Returns what SQLite said of a query as an error of its author. */
export function invalidQuery(error: QueryRefused): AtomError<'SQL_INVALID'> {
  return new AtomError('SQL_INVALID', `SQLite cannot run this: ${error.message}`, { data: { reason: error.message }, hint: 'atom sql .schema shows the tables', cause: error })
}
