/** What stdout and stderr are connected to, found without loading stream or tty code unless there is a terminal. */
import { fstatSync, statSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Environment, GlobalFlags } from '../host.js'
import { isGone } from './writer.js'

/** Tells whether a descriptor is a terminal. A closed one is not. */
export function isTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isCharacterDevice()) return false
    return !isNull(stat.rdev) && isatty(descriptor)
  } catch {
    return false
  }
}

function isNull(device: number): boolean {
  return process.platform !== 'win32' && statSync('/dev/null').rdev === device
}

/** Tells whether to colour what goes to a descriptor: `--no-color`, then FORCE_COLOR, NO_COLOR, TERM=dumb, then whether it is a terminal. */
export function wantsColor(env: Environment, flags: Pick<GlobalFlags, 'color'>, terminal: boolean): boolean {
  if (!flags.color) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '') return false
  return terminal && env['TERM'] !== 'dumb'
}

/** Writes to a descriptor at once; returns the bytes that it would not take without waiting. */
export function writeNow(descriptor: number, bytes: Uint8Array): Uint8Array {
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if (hasCode(error, 'EAGAIN')) return bytes.subarray(at)
      throw error
    }
  }
  return bytes.subarray(at)
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code)
}

/** Writes to stderr, waiting where it must; a closed one is ignored, since there is nowhere left to say it. */
export function writeStderr(text: string): void {
  let left = Buffer.from(text)
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(2, left))
    } catch (error) {
      if (isGone(error) || hasCode(error, 'EBADF', 'EIO')) return
      if (!hasCode(error, 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
