/** What is remembered of failed attempts to send, in `.atom/run/push.json`: there only while something waits because of one. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PushState {
  /** Attempts in a row that failed. */
  readonly failures: number
  /** Not tried again before: ms since the epoch, by this machine's own clock. */
  readonly nextMs: number
  /** Why the last one failed. */
  readonly message: string
}

function placeOf(folder: string): string {
  return join(folder, 'run', 'push.json')
}

/** A file that is torn says nothing but that something waits: then it is tried at once. */
export function readPushState(folder: string): PushState | undefined {
  let text: string
  try {
    text = readFileSync(placeOf(folder), 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { failures, nextMs, message } = JSON.parse(text) as { readonly [key: string]: unknown }
    if (typeof failures === 'number' && typeof nextMs === 'number' && typeof message === 'string') return { failures, nextMs, message }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return { failures: 0, nextMs: 0, message: 'the last attempt was cut off' }
}

export function writePushState(folder: string, state: PushState | undefined): void {
  const file = placeOf(folder)
  if (state === undefined) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(join(folder, 'run'), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.${String(process.pid)}`, JSON.stringify(state), { mode: 0o600 })
  renameSync(`${file}.${String(process.pid)}`, file)
}

const FIRST_PAUSE_MS = 1_000
/** So that what waits is sent within a minute of the next command. */
export const PAUSE_MAX_MS = 30_000

/** Returns the state after one more failure: each pause is twice the one before. */
export function afterFailure(before: PushState | undefined, message: string, nowMs: number): PushState {
  const failures = (before?.failures ?? 0) + 1
  return { failures, nextMs: nowMs + Math.min(PAUSE_MAX_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 16)), message }
}
