/** What is wrong with a line, told apart from what is wrong with the store or the machine. */
import { isAtomError } from '../../../base/errors.js'

export interface LineProblem {
  readonly line: number
  readonly code: string
  readonly message: string
}

/** Returns the problem of a line; undefined where the error is none of the line's, and ends the import. */
export function getProblem(line: number, error: unknown): LineProblem | undefined {
  if (error instanceof SyntaxError) return { line, code: 'INPUT_INVALID', message: `it is not JSON: ${error.message}` }
  if (!isAtomError(error) || NOT_OF_LINE.has(error.code)) return undefined
  return { line, code: error.code, message: error.message }
}

const NOT_OF_LINE = new Set(['STORE_LOCKED', 'STORE_CORRUPT', 'STORE_FULL', 'STORE_OWNER', 'FORMAT_NEWER', 'INTERNAL'])
