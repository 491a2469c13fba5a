/** How a command ends: the exit code of what was thrown, and what is said about it. */
import { AtomError, EXIT_CODES, firstError, isAtomError } from '../base/errors.js'
import { toJsonLine } from './terminal/json.js'
import type { Line } from './terminal/output.js'
import { textLines } from './terminal/visible.js'
import { ReaderGone } from './terminal/writer.js'

export const INTERRUPTED = 130

/** What the file system refuses for reasons that lie outside of this program, in words. */
const FILE_REASONS: { readonly [code: string]: string | undefined } = {
  EACCES: 'permission denied', EPERM: 'not permitted', EROFS: 'the file system is read-only', ENOTDIR: 'a part of the path is no folder', EISDIR: 'it is a folder',
  ELOOP: 'symbolic links lead in a circle or elsewhere', ENAMETOOLONG: 'the name is too long', EMFILE: 'too many open files', ENFILE: 'too many open files', EIO: 'the disk failed',
}
const READING: readonly (string | undefined)[] = ['stat', 'lstat', 'scandir', 'read', 'readlink', 'realpath']

/** Returns an error of the file system that nobody named as one that a person can act on; any other as it is. */
function namedError(thrown: unknown): unknown {
  const error = firstError(thrown)
  const { code = '', syscall, path } = (error ?? {}) as { readonly code?: string; readonly syscall?: string; readonly path?: string }
  if (!(error instanceof Error) || isAtomError(error) || syscall === undefined) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AtomError('STORE_FULL', `the disk is full: ${path ?? syscall}`, { data: { folder: path ?? '' }, hint: 'free some room and try again', cause: error })
  const reason = code === 'ENOENT' && syscall === 'mkdir' ? 'a part of the path is gone' : FILE_REASONS[code]
  if (reason === undefined) return error
  const [kind, verb] = READING.includes(syscall) ? ['FILE_UNREADABLE', 'read'] as const : ['FILE_UNWRITABLE', 'use'] as const
  return new AtomError(kind, `cannot ${verb} ${path ?? 'a file'}: ${reason}`, { data: { path: path ?? '', reason }, hint: 'atom doctor looks over the store', cause: error })
}

/** Returns the exit code for whatever was thrown. */
export function exitCodeOf(thrown: unknown): number {
  const error = namedError(thrown)
  if (error instanceof ReaderGone) return 0
  if (isAbort(error)) return INTERRUPTED
  return isAtomError(error) ? EXIT_CODES[error.kind] : EXIT_CODES.internal
}

/** Returns the lines that explain an error to a person. Only our own bugs show a stack. */
export function explainError(thrown: unknown): readonly Line[] {
  const error = namedError(thrown)
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
export function errorJson(thrown: unknown): string {
  const error = namedError(thrown)
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
