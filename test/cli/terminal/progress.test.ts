import { describe, expect, it } from 'vitest'
import { createProgress, formatProgress, type ProgressReporter } from '../../../src/cli/terminal/progress.js'

function watched(isTerminal = true, isQuiet = false): { readonly reporter: ProgressReporter; readonly clock: { nowMs: number }; text(): string } {
  const clock = { nowMs: 0 }
  let text = ''
  const reporter = createProgress({ isTerminal, isQuiet, columns: 80, nowMs: () => clock.nowMs, write: (part) => { text += part }, warn: (message) => { text += `${message}\n` } })
  return { reporter, clock, text: () => text }
}

describe('progress', () => {
  it('says nothing in the first second, then count, rate and time left, and erases itself', () => {
    const { reporter, clock, text } = watched()
    reporter.progress('verify', 0, 1_000)
    clock.nowMs = 999
    reporter.progress('verify', 100, 1_000)
    expect(text()).toBe('')
    clock.nowMs = 2_000
    reporter.progress('verify', 500, 1_000)
    expect(text()).toBe('\rverify  [##########          ]  50 %  500/1,000  250/s  2 s left\u001b[K')
    clock.nowMs = 2_001
    reporter.progress('verify', 501, 1_000)
    reporter.progress('verify', 1_000, 1_000)
    expect(text()).toBe('\rverify  [##########          ]  50 %  500/1,000  250/s  2 s left\u001b[K\r\u001b[K')
  })

  it('shows a count alone when nobody knows the total', () => {
    expect(formatProgress({ label: 'import', done: 1_234_567, total: undefined, rate: 3.14 })).toBe('import  1,234,567  3.1/s')
    expect(formatProgress({ label: 'a\u001b', done: 1, total: 10_000, rate: 1 })).toContain('2 h 46 min left')
  })

  it('says nothing where nobody looks', () => {
    for (const { reporter, clock, text } of [watched(false), watched(true, true)]) {
      reporter.progress('verify', 0, 10)
      clock.nowMs = 5_000
      reporter.progress('verify', 5, 10)
      expect(text()).toBe('')
    }
  })

  it('makes way for a warning', () => {
    const { reporter, clock, text } = watched()
    reporter.progress('verify', 0, 10)
    clock.nowMs = 5_000
    reporter.progress('verify', 5, 10)
    reporter.warn('careful')
    expect(text().endsWith('\r\u001b[Kcareful\n')).toBe(true)
  })
})
