/** The clock and the randomness of this machine, or of a test: ATOM_NOW_MS and ATOM_RANDOM_SEED set them. */
import { createHash, randomFillSync } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AtomError } from '../base/errors.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../base/limits.js'
import type { Clock, Random } from '../base/ports.js'
import type { Environment } from './context.js'

export function createClock(env: Environment): Clock {
  const fixed = env['ATOM_NOW_MS']
  if (fixed === undefined || fixed === '') return { nowMs: () => Date.now() }
  const nowMs = Number(fixed)
  if (!Number.isSafeInteger(nowMs) || nowMs < TIME_MIN_MS || nowMs > TIME_MAX_MS) {
    throw new AtomError('CONFIG_INVALID', `ATOM_NOW_MS is no time in ms: ${fixed}`, { data: { file: 'environment', key: 'ATOM_NOW_MS', reason: 'not a time' } })
  }
  return { nowMs: () => nowMs }
}

const POOL_BYTES = 4_096

export function createRandom(env: Environment): Random {
  const seed = env['ATOM_RANDOM_SEED']
  if (seed !== undefined && seed !== '') return createSeededRandom(seed)
  let pool = new Uint8Array(0)
  return {
    bytes(length) {
      if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length))
      if (pool.length < length) pool = getSystemRandom() ?? randomFillSync(new Uint8Array(POOL_BYTES))
      const taken = pool.subarray(0, length)
      pool = pool.subarray(length)
      return taken
    },
  }
}

/** Returns what the kernel gives, where it is a file: node:crypto takes as long to load as a quarter of an empty program. Undefined elsewhere. */
function getSystemRandom(): Uint8Array<ArrayBuffer> | undefined {
  if (process.platform !== 'linux' && process.platform !== 'darwin') return undefined
  const bytes = new Uint8Array(POOL_BYTES)
  try {
    const file = openSync('/dev/urandom', 'r')
    try {
      return fstatSync(file).isCharacterDevice() && readSync(file, bytes) === POOL_BYTES ? bytes : undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // A container without it: node:crypto asks the kernel itself.
    return undefined
  }
}

/** @NOTE for tests only: what it gives can be guessed. */
function createSeededRandom(seed: string): Random {
  let count = 0
  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      for (let offset = 0; offset < length; offset += 32) {
        const block = createHash('sha256').update(`${seed}:${String(count++)}`).digest()
        bytes.set(block.subarray(0, Math.min(32, length - offset)), offset)
      }
      return bytes
    },
  }
}
