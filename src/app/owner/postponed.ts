/** Work that no caller waits for: done when this turn is over, while the next write is on its way, or when somebody must have it done. */
export interface Postponed {
  /** Puts work in the place of what was put here before and has not begun. It MUST NOT fail. */
  put(work: () => Promise<void>): void
  /** Does what is left. Returns nothing where nothing was. */
  finish(): Promise<void> | undefined
}

export function createPostponed(): Postponed {
  let next: (() => Promise<void>) | undefined
  let running: Promise<void> | undefined
  let turn: NodeJS.Immediate | undefined
  const finish = (): Promise<void> | undefined => {
    clearImmediate(turn)
    turn = undefined
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
      turn ??= setImmediate(() => void finish())
    },
    finish,
  }
}
