import { describe, expect, it } from 'vitest'
import { AtomError, ERROR_KINDS, EXIT_CODES, type ErrorCode, type ErrorData } from '../../src/base/errors.js'
import { errorJson, exitCodeOf, explainError } from '../../src/cli/exit.js'
import { formatSpans, type Line } from '../../src/cli/terminal/output.js'
import { ReaderGone } from '../../src/cli/terminal/writer.js'

const shown = (error: unknown): string => explainError(error).map((line: Line) => ('bytes' in line ? '' : formatSpans(line, false))).join('\n')

describe('exit', () => {
  it('gives every code the exit code of its kind', () => {
    for (const [code, kind] of Object.entries(ERROR_KINDS)) {
      expect(exitCodeOf(new AtomError(code as ErrorCode, 'x', { data: {} as ErrorData[ErrorCode] }))).toBe(EXIT_CODES[kind])
    }
  })

  it('knows the reader that left, the interrupt and our own bugs', () => {
    expect(exitCodeOf(new ReaderGone('gone'))).toBe(0)
    expect(exitCodeOf(AbortSignal.abort().reason)).toBe(130)
    expect(exitCodeOf(new TypeError('bug'))).toBe(70)
    expect(exitCodeOf('thrown text')).toBe(70)
  })

  it('explains a mistake in a line and a hint, without a stack, nothing raw', () => {
    expect(shown(new AtomError('REF_NOT_FOUND', 'there is no branch \u001b[2J', { data: { name: 'x' }, hint: 'atom branch' }))).toBe('error: there is no branch \\e[2J\nhint: atom branch')
  })

  it('explains our bug with its causes and asks for a report', () => {
    const text = shown(new TypeError('broken', { cause: new Error('deeper') }))
    expect(text).toContain('internal error: broken')
    expect(text).toMatch(/TypeError: broken\n\s+at /)
    expect(text).toContain('caused by Error: deeper')
    expect(text).toContain('please report it')
  })

  it('explains what the file system refused without a stack', () => {
    const refused = Object.assign(new Error("EACCES: permission denied, mkdir '/x/.atom'"), { code: 'EACCES', syscall: 'mkdir', path: '/x/.atom' })
    expect(shown(refused)).toBe('error: cannot use /x/.atom: permission denied\nhint: atom doctor looks over the store')
    expect(exitCodeOf(refused)).toBe(EXIT_CODES.usage)
    expect(shown(Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'mkdir', path: '/x/.atom' }))).toContain('cannot use /x/.atom: a part of the path is gone')
    expect(shown(Object.assign(new Error('both'), { name: 'SuppressedError', suppressed: refused, error: new TypeError('closing') }))).toBe(shown(refused))
    expect(JSON.parse(errorJson(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })))).toMatchObject({ error: { code: 'STORE_FULL', kind: 'busy' } })
  })

  it('explains to programs in one line', () => {
    const error = new AtomError('ID_AMBIGUOUS', 'ab names two', { data: { prefix: 'ab', candidates: ['abc', 'abd'] } })
    expect(JSON.parse(errorJson(error))).toEqual({ error: { code: 'ID_AMBIGUOUS', kind: 'conflict', message: 'ab names two', hint: null, data: { prefix: 'ab', candidates: ['abc', 'abd'] } } })
    expect(JSON.parse(errorJson(new TypeError('bug')))).toMatchObject({ error: { code: 'INTERNAL', kind: 'internal', message: 'bug' } })
    expect(JSON.parse(errorJson(AbortSignal.abort().reason))).toMatchObject({ error: { code: 'INTERRUPTED' } })
    expect(errorJson(new TypeError('a\nb'))).not.toContain('\n')
  })
})
