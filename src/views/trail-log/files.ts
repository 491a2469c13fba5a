/** The files of trail.log: the one that grows, and those before it that are full, `trail.log.1` the oldest. Plain text all of them: `grep … .atom/trail.log*`. */
import { closeSync, constants, lstatSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export const TRAIL_LOG = 'trail.log'
/** A log of this size is full. */
export const TRAIL_LOG_MAX_BYTES = 67_108_864

const FULL = /^trail\.log\.([1-9]\d{0,8})$/
const UNFINISHED = /^trail\.log(?:\.[1-9]\d{0,8})?\.new$/

/** Returns the numbers of the full logs, the oldest first. */
export function fullLogs(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = FULL.exec(name)?.[1]
    return number === undefined ? [] : [Number(number)]
  }).sort((left, right) => left - right)
}

export function fullLog(folder: string, number: number): string {
  return join(folder, `${TRAIL_LOG}.${String(number)}`)
}

/** Returns the paths of all logs that are plain files, the oldest first: what a link leads to is not ours. */
export function trailLogFiles(folder: string): readonly string[] {
  const paths = [...fullLogs(folder).map((number) => fullLog(folder, number)), join(folder, TRAIL_LOG)]
  return paths.filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

/** Gives the log the next number, and begins a new one. */
export function beginNextLog(folder: string): void {
  const file = join(folder, TRAIL_LOG)
  renameSync(file, fullLog(folder, (fullLogs(folder).at(-1) ?? 0) + 1))
  closeSync(openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600))
}

/** Puts logs that were made anew in place of the old ones; the last of them is the one that grows. */
export function replaceLogs(folder: string, fresh: readonly string[]): void {
  const full = fresh.slice(0, -1)
  full.forEach((path, place) => { renameSync(path, fullLog(folder, place + 1)) })
  for (const number of fullLogs(folder)) if (number > full.length) rmSync(fullLog(folder, number))
  const last = fresh.at(-1)
  if (last !== undefined) renameSync(last, join(folder, TRAIL_LOG))
}

/** Removes what was begun by a program that was killed. */
export function clearUnfinishedLogs(folder: string): void {
  for (const name of readdirSync(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name))
}
