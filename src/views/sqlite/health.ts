/** Whether a view can be read at all. */
import { BrokenView, openReadable } from './database.js'

/** Returns what SQLite finds wrong in a file, or undefined. Reads all of it; makes and changes nothing. */
export function getViewProblem(file: string): string | undefined {
  try {
    const view = openReadable(file)
    try {
      const found = view.value('PRAGMA quick_check(1)')
      return found === 'ok' ? undefined : String(found)
    } finally {
      view.close()
    }
  } catch (error) {
    if (error instanceof BrokenView) return error.message
    throw error
  }
}
