import type { SqlRows, SqlValue } from '../../app/data/sql.js'
import { AtomError } from '../../base/errors.js'
import { toDisplayText } from '../../base/bytes.js'
import { followTables, type FollowedTables } from '../../ops/read/follow-tables.js'
import { defineCommand, flag, pairs, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import type { Pair } from '../words/options.js'
import { renderRows, rowJson } from '../render/sql.js'

export const sqlCommand: Command = defineCommand({
  name: 'sql',
  group: 'read',
  summary: 'Ask the trail in SQL',
  description: 'Runs one query over the tables of the trail, which are brought up to date first. It can only read: nothing that a query says changes the trail, a file or the tables themselves. '
    + '`atom sql .tables` lists the tables, `atom sql .schema [TABLE]` says what their columns mean, docs/cookbook.md has queries to begin with. '
    + 'Without a query, or with `-`, the query is read from stdin. Any SQLite client may open the file that --db names: read it, and run an `atom sql` before to have it up to date.',
  usage: 'sql [options] QUERY | .tables | .schema [TABLE]',
  positionals: ['query?', 'table?'],
  options: {
    param: pairs('NAME=VALUE', 'What :NAME in the query stands for; as often as needed'),
    csv: flag('Comma-separated values, with the names of the columns first', { conflicts: ['box', 'db'] }),
    box: flag('A table with borders', { conflicts: ['db'] }),
    db: flag('Show the path of the database and run nothing'),
    file: text('FILE', 'Ask a file that atom export sqlite made instead'),
    rebuild: flag('Make the tables again first'),
  },
  examples: [
    ['atom sql "SELECT atom_id, title FROM decisions ORDER BY timestamp DESC LIMIT 5"', 'the last five decisions'],
    ['atom sql "SELECT title FROM atom_trail WHERE agent = :agent" --param agent=qwen --csv', 'what an agent did, for a spreadsheet'],
    ['atom sql .schema atom_trail', 'what the columns of a table mean'],
    ['sqlite3 -readonly "$(atom sql --db)" .tables', 'the same tables in another client'],
  ],
  pager: true,
  perform: async (host, { positionals, options }) => {
    const follow = async (): Promise<FollowedTables> => await host.runOperation(followTables, { rebuild: options.rebuild }) as FollowedTables
    if (options.db) {
      const { file } = await follow()
      await (host.output.isJson ? host.output.json({ file }) : host.output.line([['path', file]]))
      return
    }
    const query = await readQuery(host, positionals.query)
    const word = query.trim()
    if (word.startsWith('.')) {
      await showWord(host, word, { table: positionals.table, follow })
      return
    }
    if (positionals.table !== undefined) throw new AtomError('USAGE', `the query ends before ${JSON.stringify(positionals.table.slice(0, 80))}`, { data: { value: positionals.table.slice(0, 80) }, hint: 'put the whole query into quotes' })
    const { querySql } = await import('../../app/data/sql.js')
    const result = await querySql({ query, parameters: parametersOf(options.param), ...(options.file !== undefined && { file: options.file }) }, follow)
    await show(host, result, options.csv ? 'csv' : options.box ? 'box' : 'table')
  },
})

async function readQuery(host: Host, given: string | undefined): Promise<string> {
  if (given !== undefined && given !== '-') return given
  if (given === undefined && host.stdin.isTerminal) throw new AtomError('USAGE', 'there is no query', { data: {}, hint: 'atom sql .tables, or atom help sql' })
  return toDisplayText(await host.stdin.bytes())
}

async function show(host: Host, result: SqlRows, form: 'table' | 'box' | 'csv'): Promise<void> {
  if (host.output.isJson) {
    for (const row of result.rows) {
      host.signal.throwIfAborted()
      await host.output.json(rowJson(result.columns, row))
    }
    return
  }
  for (const line of renderRows(result, form)) {
    host.signal.throwIfAborted()
    const blocked = host.output.line(line)
    if (blocked !== undefined) await blocked
  }
}

/** What looks like a number is one; everything else is a text. */
function parametersOf(given: readonly Pair[]): { readonly [name: string]: SqlValue } {
  return Object.fromEntries(given.map(([name, value]) => [name.replace(/^[:@$]/, ''), parameterValue(value)]))
}

function parameterValue(text: string): SqlValue {
  if (/^-?(?:0|[1-9]\d{0,17})$/.test(text)) return BigInt(text)
  return /^-?(?:0|[1-9]\d{0,15})\.\d{1,15}$/.test(text) ? Number(text) : text
}

interface Asked { readonly table: string | undefined; readonly follow: () => Promise<FollowedTables> }

/** The words of the sqlite3 shell that people type first. */
async function showWord(host: Host, word: string, { table, follow }: Asked): Promise<void> {
  const [name = '', asked = table] = word.split(/\s+/)
  if (name !== '.tables' && name !== '.schema') throw new AtomError('USAGE', `there is no ${name.slice(0, 40)} here`, { data: { value: name.slice(0, 40) }, hint: '.tables and .schema [TABLE] are; for others: sqlite3 "$(atom sql --db)"' })
  const { querySql } = await import('../../app/data/sql.js')
  const query = 'SELECT name, sql FROM sqlite_schema WHERE type IN (\'table\', \'view\') AND name NOT GLOB \'search_*\' AND name NOT GLOB \'sqlite_*\' AND (:asked IS NULL OR name = :asked) ORDER BY rowid'
  const { rows } = await querySql({ query, parameters: { asked: asked ?? null } }, follow)
  const found = [...rows].map(([table_name, sql]) => ({ name: String(table_name), sql: String(sql) }))
  if (found.length === 0) throw new AtomError('SQL_INVALID', `there is no table ${JSON.stringify((asked ?? '').slice(0, 80))}`, { data: { reason: 'no such table' }, hint: 'atom sql .tables' })
  for (const item of found) {
    if (host.output.isJson) await host.output.json(name === '.tables' ? { name: item.name, says: saysOf(item.sql) } : item)
    else if (name === '.tables') await host.output.line([['key', item.name.padEnd(Math.max(...found.map((other) => other.name.length)))], ['plain', `  ${saysOf(item.sql)}`]])
    else for (const line of `${item.sql};`.split('\n')) await host.output.line([['plain', line]])
  }
}

/** Returns the comment in the first line of a table's DDL. */
function saysOf(sql: string): string {
  return /-- (.*)$/m.exec(sql.split('\n')[0] ?? '')?.[1] ?? 'full-text search: atom sql .schema search'
}
