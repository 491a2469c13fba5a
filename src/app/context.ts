/** What the caller of `app` brings: where it stands, its environment, and who hears of progress. */
import type { Reporter } from '../base/ports.js'

export type Environment = Readonly<Record<string, string | undefined>>

export interface AppContext {
  readonly cwd: string
  readonly env: Environment
  readonly reporter: Reporter
  readonly signal: AbortSignal
  /** Takes work that is done once the answer is out; absent: it is done at once. */
  readonly atEnd?: (work: () => void) => void
}
