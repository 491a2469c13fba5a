/** Where the owner of a store listens: a Unix socket in `.atom/run`, or, where that path is too long for one, elsewhere with a link to it. */
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Environment } from '../context.js'

/** `sockaddr_un` holds 108 bytes on Linux and 104 on macOS, with a zero at the end. */
const PATH_MAX_BYTES = 100
const NAME = 'owner.sock'
const FAR_FOLDER = `atom-${String(process.getuid?.() ?? 0)}`

/** Returns where to knock, or undefined when nobody has listened here since the last clean end. Costs one system call. */
export function getOwnerAddress(folder: string): string | undefined {
  const path = join(folder, 'run', NAME)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (!found.isSymbolicLink()) return path
  const far = readlinkSync(path)
  return isFarAddress(far, folder) ? far : undefined
}

/** Tells whether a link leads where an owner of this store puts it: any other could be a trap, to be connected to or removed. */
function isFarAddress(path: string, folder: string): boolean {
  const place = dirname(path)
  if (basename(path) !== farName(folder) || basename(place) !== FAR_FOLDER) return false
  const found = lstatSync(place, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid)
}

/** Returns a free address to listen at. MUST be called under the store's lock: what is in the way is stale, and removed. */
export function prepareAddress(folder: string, env: Environment): string {
  clearAddress(folder)
  const run = join(folder, 'run')
  makePrivate(run)
  const path = join(run, NAME)
  if (Buffer.byteLength(path) <= PATH_MAX_BYTES) return path
  const far = join(farFolder(env), farName(folder))
  unlinkIfThere(far)
  symlinkSync(far, path)
  return far
}

/** Removes the socket of an owner that is gone. MUST be called under the store's lock. */
export function clearAddress(folder: string): void {
  const address = getOwnerAddress(folder)
  if (address !== undefined) unlinkIfThere(address)
  unlinkIfThere(join(folder, 'run', NAME))
}

function farName(folder: string): string {
  return `${createHash('sha256').update(folder).digest('hex').slice(0, 32)}.sock`
}

/** A folder that only this user can enter: whoever can connect is obeyed. */
function farFolder(env: Environment): string {
  const runtime = env['XDG_RUNTIME_DIR']
  const base = runtime !== undefined && runtime.startsWith('/') && Buffer.byteLength(runtime) < 40 ? runtime : tmpdir()
  const folder = join(base, FAR_FOLDER)
  makePrivate(folder)
  return folder
}

function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) throw new TypeError(`not a folder of this user: ${folder}`)
  if ((statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700)
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
  }
}
