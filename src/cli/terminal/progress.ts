/** Progress bars on stderr: only on a terminal, only for what lasts over a second, erased when done. */
import type { Reporter } from '../../base/ports.js'
import { visible } from './visible.js'
import { cutText } from './width.js'

export interface ProgressParts {
  readonly isTerminal: boolean
  readonly isQuiet: boolean
  readonly columns: number
  nowMs(): number
  write(text: string): void
  warn(message: string): void
}

export interface ProgressReporter extends Reporter {
  /** Takes the bar off the screen: before anything else is written there. */
  erase(): void
}

const SHOW_AFTER_MS = 1_000
const REDRAW_MS = 100
const BAR_COLUMNS = 20

interface Run {
  readonly label: string
  readonly startedMs: number
  readonly firstDone: number
}

export function createProgress(parts: ProgressParts): ProgressReporter {
  let run: Run | undefined
  let drawnMs = 0
  let isDrawn = false

  const erase = (): void => {
    if (isDrawn) parts.write('\r\u001b[K')
    isDrawn = false
  }
  const progress = (label: string, done: number, total?: number): void => {
    if (!parts.isTerminal || parts.isQuiet) return
    const nowMs = parts.nowMs()
    if (run?.label !== label) {
      erase()
      run = { label, startedMs: nowMs, firstDone: done }
    }
    if (total !== undefined && done >= total) {
      erase()
      run = undefined
      return
    }
    if (nowMs - run.startedMs < SHOW_AFTER_MS || nowMs - drawnMs < REDRAW_MS) return
    drawnMs = nowMs
    const rate = ((done - run.firstDone) * 1_000) / (nowMs - run.startedMs)
    parts.write(`\r${cutText(formatProgress({ label, done, total, rate }), parts.columns - 1)}\u001b[K`)
    isDrawn = true
  }
  return {
    erase,
    progress,
    warn: (message) => {
      erase()
      parts.warn(message)
    },
  }
}

export interface ProgressState {
  readonly label: string
  readonly done: number
  readonly total: number | undefined
  /** Items per second. */
  readonly rate: number
}

/** Returns one line: `verify  [#####     ]  50 %  500/1000  120/s  4 s left`. */
export function formatProgress(state: ProgressState): string {
  const { done, total, rate } = state
  const parts = [visible(state.label)]
  if (total !== undefined && total > 0) {
    const share = Math.min(1, done / total)
    const filled = Math.round(share * BAR_COLUMNS)
    parts.push(`[${'#'.repeat(filled)}${' '.repeat(BAR_COLUMNS - filled)}]`, `${Math.floor(share * 100)} %`)
  }
  parts.push(total === undefined ? formatCount(done) : `${formatCount(done)}/${formatCount(total)}`)
  if (rate > 0) parts.push(`${formatCount(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`)
  if (rate > 0 && total !== undefined) parts.push(`${formatDuration((total - done) / rate)} left`)
  return parts.join('  ')
}

function formatCount(count: number): string {
  const [whole = '', fraction] = String(count).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

function formatDuration(seconds: number): string {
  const rounded = Math.max(1, Math.round(seconds))
  if (rounded < 60) return `${rounded} s`
  if (rounded < 3_600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`
  return `${Math.floor(rounded / 3_600)} h ${Math.floor((rounded % 3_600) / 60)} min`
}
