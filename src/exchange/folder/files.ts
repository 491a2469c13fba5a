/** Files of a folder remote: written whole or not at all, read in bounded memory, never through a symbolic link. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** O_NONBLOCK: opening a pipe that somebody left there must not wait for its other end. Windows has neither flag. */
const READ_FLAGS = constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0) | ((constants.O_NONBLOCK as number | undefined) ?? 0)
const NOT_A_FILE: readonly string[] = ['ENOENT', 'ELOOP', 'EISDIR', 'ENXIO', 'ENOTDIR']

/**
 * Returns the bytes of a file, at most one more than `maxBytes` of them; undefined where no plain file is. Without awaiting: for small files by the thousand that takes a
 * tenth of the time.
 */
export function readBounded(path: string, maxBytes: number): Uint8Array | undefined {
  const handle = openIfThere(path)
  if (handle === undefined) return undefined
  try {
    const found = fstatSync(handle)
    if (!found.isFile()) return undefined
    const bytes = new Uint8Array(Math.min(found.size, maxBytes + 1))
    let length = 0
    while (length < bytes.length) {
      const got = readSync(handle, bytes, length, bytes.length - length, length)
      if (got === 0) break
      length += got
    }
    return bytes.subarray(0, length)
  } finally {
    closeSync(handle)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, READ_FLAGS)
  } catch (error) {
    if (NOT_A_FILE.includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}

export interface FileToWrite {
  readonly path: string
  /** Where it is written first, on the same disk. */
  readonly tempFolder: string
  readonly bytes: Uint8Array
}

/** Writes a file, synced, then renames it into place; folders are made. The folder itself is synced by `syncFolder`. */
export async function writeWhole({ path, tempFolder, bytes }: FileToWrite): Promise<void> {
  const temp = join(tempFolder, `${String(process.pid)}-${randomBytes(6).toString('hex')}`)
  const handle = await open(temp, 'wx')
  try {
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await moveInto(temp, path)
  } catch (error) {
    // Where even this fails the file stays in `tmp`, which nobody reads.
    await unlink(temp).catch(() => undefined)
    throw error
  }
}

async function moveInto(temp: string, path: string): Promise<void> {
  try {
    await rename(temp, path)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error
    await mkdir(dirname(path), { recursive: true })
    await rename(temp, path)
  }
}

/** Makes renames in a folder durable, where the platform lets a folder be synced. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
