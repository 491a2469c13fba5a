/** Work that no caller waits for: done a moment later, once for all that asked for it meanwhile, or when somebody must have it done. */
export interface Postponed {
  /** Puts work in the place of what was put here before and has not begun. It MUST NOT fail. */
  put(work: () => Promise<void>): void
  /** Does what is left. Returns nothing where nothing was. */
  finish(): Promise<void> | undefined
}

/** Among many recordings in a row, what each of them asks for is done for all of them; alone, nobody sees the difference. */
const MOMENT_MS = 20

export function createPostponed(): Postponed {
  let next: (() => Promise<void>) | undefined
  let running: Promise<void> | undefined
  let moment: NodeJS.Timeout | undefined
  const finish = (): Promise<void> | undefined => {
    clearTimeout(moment)
    moment = undefined
    const work = next
    next = undefined
    if (work === undefined) return running
    const before = running
    const own = (before === undefined ? work() : before.then(work)).finally(() => { if (running === own) running = undefined })
    running = own
    return own
  }
  return {
    put(work) {
      next = work
      moment ??= setTimeout(() => void finish(), MOMENT_MS)
    },
    finish,
  }
}
