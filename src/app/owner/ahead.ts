/** A store that is opened before anybody asks for it: LevelDB waits for the disk while a command's own modules load. */
import type { Store } from '../../store/types.js'

export interface Ahead {
  /** Begins, unless it has begun already. What nobody took after so long is closed: others may want it while this command waits for its stdin. */
  begin(open: () => Promise<Store>, keepMs: number): void
  /** Returns what was begun, once; who takes it meets its errors, and closes it. */
  take(): Promise<Store> | undefined
  /** Closes what nobody took. */
  drop(): Promise<void>
}

export function createAhead(): Ahead {
  let opening: Promise<Store> | undefined
  let timer: NodeJS.Timeout | undefined
  const take = (): Promise<Store> | undefined => {
    const taken = opening
    opening = undefined
    clearTimeout(timer)
    return taken
  }
  const drop = async (): Promise<void> => {
    // One that did not open needs no closing: the command that opens it for itself meets the error.
    const store = await take()?.catch(() => undefined)
    await store?.close()
  }
  return {
    begin(open, keepMs) {
      if (opening !== undefined) return
      opening = open()
      // Nobody may ever want it; who takes it meets its error.
      opening.catch(() => undefined)
      timer = setTimeout(() => void drop(), keepMs)
      timer.unref()
    },
    take,
    drop,
  }
}
