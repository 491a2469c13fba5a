/** What lies in `run/`: the marks of the processes that use a store. */
import { readdirSync } from 'node:fs'

/** Returns the names in it; none where it is not there. */
export function marksIn(run: string): readonly string[] {
  try {
    return readdirSync(run)
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw error
  }
}
