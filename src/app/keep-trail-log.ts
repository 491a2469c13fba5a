/** Brings trail.log up with the store after something was recorded. It is a view: when that fails, the recording has not. */
import type { Reporter } from '../base/ports.js'
import { followTrailLog, type TrailLogSource } from '../views/trail-log/follow.js'

export async function keepTrailLog(folder: string, source: TrailLogSource & { readonly reporter: Reporter }): Promise<void> {
  try {
    await followTrailLog(folder, source)
  } catch (error) {
    source.reporter.warn(`trail.log is behind: ${error instanceof Error ? error.message : String(error)}; the next recording brings it up to date`)
  }
}
