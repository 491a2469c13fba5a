/** A store that is opened before anybody asks for it: LevelDB waits for the disk while a command's own modules load. */
import type { Store } from '../../store/types.js'

export interface Ahead {
  /** Begins, unless it has begun already. */
  begin(open: () => Promise<Store>): void
  /** Returns what was begun, once; who takes it meets its errors, and closes it. */
  take(): Promise<Store> | undefined
  /** Closes what nobody took. */
  drop(): Promise<void>
}

export function createAhead(): Ahead {
  let opening: Promise<Store> | undefined
  const take = (): Promise<Store> | undefined => {
    const taken = opening
    opening = undefined
    return taken
  }
  return {
    begin(open) {
      if (opening !== undefined) return
      opening = open()
      // Nobody may ever want it.
      opening.catch(() => undefined)
    },
    take,
    async drop() {
      const store = await take()?.catch(() => undefined)
      await store?.close()
    },
  }
}
