/** Ends a command some of whose refs were refused: after its answer, with the first refusal as its error. */
import { AtomError, type ErrorCode, type ErrorData } from '../../base/errors.js'
import type { Refusal } from '../../exchange/sync/refusal.js'

/** For `exit` of a declaration. Throws where anything was refused. */
export function refusalExit(refused: readonly Refusal[]): 0 {
  const [first, ...others] = refused
  if (first === undefined) return 0
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`
  throw new AtomError<ErrorCode>(first.code, `${first.message}${more}`, { data: first.data as ErrorData[ErrorCode], ...(first.hint !== undefined && { hint: first.hint }) })
}
