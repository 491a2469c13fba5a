/** What stopped one ref while others went through: an error as plain data, so that it crosses from process to process. */
import type { AtomError, ErrorCode } from '../../base/errors.js'

export interface Refusal {
  /** Full name, as the remote calls it. */
  readonly ref: string
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
  readonly data: unknown
}

export function refusalOf(ref: string, { code, message, hint, data }: AtomError): Refusal {
  return { ref, code, message, hint, data }
}
