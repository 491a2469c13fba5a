/** What fills a database, as data that can cross to another thread, and what does it there or here. */
import { AtomError, isAtomError, type ErrorCode } from '../../base/errors.js'
import { BrokenView, openWritable, QueryRefused, type SqlRow, type SqlValue, type Statement } from './database.js'

export type LoadStep =
  | { readonly is: 'exec'; readonly sql: string }
  /** Answered with the first column of the first row. */
  | { readonly is: 'value'; readonly sql: string }
  | RowList

/** Rows in the order in which they go in, flat: that is cloned at a tenth of the cost of a list for each. */
export interface RowList {
  readonly is: 'rows'
  readonly statements: readonly { readonly sql: string; readonly width: number }[]
  /** The statement of each row, by its place above. */
  readonly which: readonly number[]
  readonly values: readonly SqlValue[]
}

export interface Steps {
  /** Once one has failed, all that follow fail with the same error, undone: nothing is committed over a gap. */
  perform(step: LoadStep): SqlValue | undefined
  close(): void
}

/** Opens a file that is to be filled; it is made where it is not there. */
export function openSteps(file: string): Steps {
  const connection = openWritable(file)
  const prepared = new Map<string, Statement>()
  const statementOf = (sql: string): Statement => {
    const known = prepared.get(sql) ?? connection.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  let failed: { readonly error: unknown } | undefined
  return {
    perform(step) {
      if (failed !== undefined) throw failed.error
      try {
        switch (step.is) {
          case 'exec': connection.exec(step.sql); return undefined
          case 'value': return connection.value(step.sql)
          case 'rows': runRows(step, step.statements.map(({ sql }) => statementOf(sql))); return undefined
        }
      } catch (error) {
        failed = { error }
        throw error
      }
    },
    close: () => { connection.close() },
  }
}

function runRows({ statements, which, values }: RowList, prepared: readonly Statement[]): void {
  let at = 0
  for (const place of which) {
    const end = at + (statements[place]?.width ?? 0)
    prepared[place]?.run(values.slice(at, end))
    at = end
  }
}

/** An error as data, which another thread can throw again as what it was. */
export interface Fault {
  readonly is: 'atom' | 'broken' | 'refused' | 'other'
  readonly message: string
  readonly code?: ErrorCode
  readonly data?: unknown
  readonly hint?: string
}

export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  if (isAtomError(error)) return { is: 'atom', message, code: error.code, data: error.data, ...(error.hint !== undefined && { hint: error.hint }) }
  return { is: error instanceof BrokenView ? 'broken' : error instanceof QueryRefused ? 'refused' : 'other', message }
}

export function errorOf({ is, message, code = 'INTERNAL', data, hint }: Fault): Error {
  switch (is) {
    case 'atom': return new AtomError(code, message, { data: data as { detail?: string }, ...(hint !== undefined && { hint }) })
    case 'broken': return new BrokenView(message)
    case 'refused': return new QueryRefused(message)
    case 'other': return new Error(message)
  }
}

/** Where rows go: an open database, or a loader. */
export interface RowSink {
  /** Inserts a row by a statement with as many parameters as it has values. */
  insert(sql: string, row: SqlRow): void
  exec(sql: string): void
}
