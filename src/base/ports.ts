/** What the pure floors need of the world, given to them by `app`. */

export interface Clock {
  /** Returns the time in ms since the Unix epoch. MAY go backwards. */
  nowMs(): number
}

export interface Random {
  /** Returns fresh unpredictable bytes. MUST NOT repeat. */
  bytes(length: number): Uint8Array
}

/** Where warnings and progress go. The core never prints. */
export interface Reporter {
  warn(message: string): void
  /** `total` is absent when nobody knows it. Called often: MUST be cheap. */
  progress(label: string, done: number, total?: number): void
}

export const silentReporter: Reporter = { warn: () => undefined, progress: () => undefined }
