/** Reads an answer of Cloudflare's REST API to `/raw`: the rows of each statement, or what to throw. Computes only. */
import type { AtomError } from '../../base/errors.js'
import { authRefused, refusedBy, unreachable } from '../remote-errors.js'
import { TryAgain } from '../try-again.js'
import { d1Error } from './d1-errors.js'
import type { D1Row } from './d1-query.js'

export interface AskedRest {
  readonly location: string
  /** Cut out of whatever the other side says. */
  readonly secret: string
  /** How many results there must be. */
  readonly statements: number
}

export interface RestAnswer {
  readonly status: number
  readonly text: string
  header(name: string): string | undefined
}

/** Throws `REMOTE_AUTH`, `REMOTE_REFUSED`, and `TryAgain` for what may go well the next time. */
export function readAnswer(asked: AskedRest, answer: RestAnswer): readonly (readonly D1Row[])[] {
  const { location } = asked
  const { status, text } = answer
  if (status >= 300 && status < 400) throw refusedBy(location, 'it sends us elsewhere, and no redirect is followed')
  const envelope = getRecord(parse(text))
  if (status === 429) throw new TryAgain(unreachable(location, 'too many requests (HTTP 429)'), retryAfterMs(answer.header('retry-after')))
  if (status === 401 || status === 403) throw authRefused(location, said(asked, envelope) ?? `HTTP ${String(status)}`)
  if (status >= 400 || envelope?.['success'] !== true) throw refusal(asked, status, said(asked, envelope))
  const results = envelope['result']
  if (!Array.isArray(results) || results.length !== asked.statements) throw notAsked(location)
  return results.map((result: unknown) => rowsOf(location, getRecord(result)))
}

function refusal({ location }: AskedRest, status: number, message: string | undefined): AtomError | TryAgain {
  if (message !== undefined) return d1Error(location, message, status)
  if (status >= 500) return new TryAgain(unreachable(location, `HTTP ${String(status)}`))
  return status >= 400 ? refusedBy(location, `HTTP ${String(status)}`) : notAsked(location)
}

function notAsked(location: string): AtomError {
  return refusedBy(location, 'its answer is not what D1 answers')
}

/** Columns and rows become rows by column. */
function rowsOf(location: string, result: { readonly [key: string]: unknown } | undefined): readonly D1Row[] {
  const { columns, rows } = getRecord(result?.['results']) ?? {}
  if (!Array.isArray(columns) || !Array.isArray(rows)) throw notAsked(location)
  return rows.map((row: unknown) => {
    if (!Array.isArray(row)) throw notAsked(location)
    return Object.fromEntries(columns.map((column, index) => [String(column), row[index] as unknown]))
  })
}

/** Returns what the other side says went wrong, without what is secret. */
function said({ secret }: AskedRest, envelope: { readonly [key: string]: unknown } | undefined): string | undefined {
  const errors = envelope?.['errors']
  const texts = (Array.isArray(errors) ? errors : []).flatMap((error: unknown) => {
    const { code, message } = getRecord(error) ?? {}
    return typeof message === 'string' ? [typeof code === 'number' ? `${message} (${String(code)})` : message] : []
  })
  return texts.length === 0 ? undefined : texts.join('; ').replaceAll(secret, '…')
}

/** Seconds or a date, which only says that it is to be waited for: whose clock is right is not known. */
function retryAfterMs(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function getRecord(value: unknown): { readonly [key: string]: unknown } | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as { readonly [key: string]: unknown } : undefined
}
