/** Queries over the tables of a trail: they are brought up to date where the store is, and read here, without it. */
import { resolve } from 'node:path'
import { isWellFormed } from '../../base/bytes.js'
import { AtomError } from '../../base/errors.js'
import type { FollowedTables } from '../../ops/read/follow-tables.js'
import type { SqlParameters, SqlRow, SqlValue } from '../../views/sqlite/database.js'

export type { SqlParameters, SqlRow, SqlValue } from '../../views/sqlite/database.js'

export interface SqlInput {
  readonly query: string
  readonly parameters?: SqlParameters
  /** Another database than the store's own view: one that `export sqlite` made. */
  readonly file?: string
}

export interface SqlRows {
  readonly columns: readonly string[]
  /** Read as they are asked for. MUST be read to the end or left through `return`. */
  readonly rows: Iterable<SqlRow>
}

/** Runs one query; `follow` brings the tables up to date and says where they are. Throws `SQL_INVALID`, `INPUT_INVALID`. */
export async function querySql(input: SqlInput, follow: () => Promise<FollowedTables>): Promise<SqlRows> {
  const parameters = checkParameters(input.parameters ?? [])
  const file = input.file === undefined ? (await follow()).file : resolve(input.file)
  const { runQuery } = await import('../../views/sqlite/query.js')
  return runQuery(file, input.query, parameters)
}

/** Returns the parameters as SQLite takes them: whole numbers as integers, truth as 1 and 0. */
function checkParameters(given: { readonly [name: string]: unknown } | readonly unknown[]): SqlParameters {
  if (Array.isArray(given)) return (given as readonly unknown[]).map((value, index) => checkValue(value, String(index + 1)))
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, checkValue(value, name)]))
}

function checkValue(value: unknown, name: string): SqlValue {
  if (value === null || value instanceof Uint8Array) return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number' && Number.isFinite(value)) return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value
  if (typeof value === 'string' && isWellFormed(value)) return value
  throw new AtomError('INPUT_INVALID', `the parameter ${name} must be a text, a number of 64 bits, bytes or null`, { data: { field: name } })
}
