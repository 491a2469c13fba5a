/** How a command ends: the exit code of what was thrown, and what is said about it. */
import { EXIT_CODES, isAtomError } from '../base/errors.js'
import { toJsonLine } from './json.js'
import type { Line } from './output.js'
import { textLines } from './visible.js'
import { ReaderGone } from './writer.js'

export const INTERRUPTED = 130

/** Returns the exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ReaderGone) return 0
  if (isAbort(error)) return INTERRUPTED
  return isAtomError(error) ? EXIT_CODES[error.kind] : EXIT_CODES.internal
}

/** Returns the lines that explain an error to a person. Only our own bugs show a stack. */
export function explainError(error: unknown): readonly Line[] {
  if (error instanceof ReaderGone) return []
  if (isAbort(error)) return [[['warn', 'interrupted']]]
  if (isAtomError(error) && error.kind !== 'internal') {
    const lines: Line[] = textLines(error.message).map((text, index) => (index === 0 ? [['error', 'error: '], ['plain', text]] : [['plain', `  ${text}`]]))
    for (const text of textLines(error.hint ?? '')) lines.push([['hint', 'hint: '], ['plain', text]])
    return lines
  }
  return [
    [['error', 'internal error: '], ['plain', messageOf(error)]],
    ...causeLines(error),
    [['hint', 'hint: '], ['plain', 'this is a bug in atom: please report it with the lines above']],
  ]
}

/** Returns the one line of JSON that explains an error to a program. */
export function errorJson(error: unknown): string {
  if (isAtomError(error)) return toJsonLine({ error: error.toJSON() })
  const [code, kind] = isAbort(error) ? ['INTERRUPTED', 'interrupted'] : ['INTERNAL', 'internal']
  return toJsonLine({ error: { code, kind, message: messageOf(error), hint: null, data: kind === 'internal' ? { detail: causeChain(error).join('\n') } : {} } })
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function causeLines(error: unknown): readonly Line[] {
  return causeChain(error).map((text) => [['dim', text]])
}

/** The stack of the error and of each cause below it, at most eight deep. */
function causeChain(error: unknown): readonly string[] {
  const lines: string[] = []
  let current = error
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const stack = textLines(current.stack ?? String(current)).filter((line) => !line.includes('node:internal')).slice(0, 8)
    lines.push(...stack.map((line, index) => (index === 0 && depth > 0 ? `caused by ${line}` : line)))
    current = current.cause
  }
  return lines
}
