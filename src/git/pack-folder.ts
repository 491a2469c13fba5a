/** Writes packs into a repository's own folder, so that git, isomorphic-git and this program read them. A pack is there whole or not at all. */
import { createHash } from 'node:crypto'
import { open, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflate } from 'node:zlib'
import { entryHead, makePackIndex, packHead, type Pack } from './pack.js'
import type { Oid } from './git-object.js'

const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n'

/** Makes a bare repository without anything in it, where there is none. HEAD names a branch (full name). */
export async function makeBareRepository(folder: string, head = 'refs/heads/main'): Promise<void> {
  await mkdir(join(folder, 'objects', 'pack'), { recursive: true })
  await mkdir(join(folder, 'objects', 'info'), { recursive: true })
  await mkdir(join(folder, 'refs', 'heads'), { recursive: true })
  await writeFile(join(folder, 'config'), CONFIG)
  await writeFile(join(folder, 'HEAD'), `ref: ${head}\n`)
}

/** Writes a pack and its index; returns when both have reached the disk. */
export async function writePack(folder: string, { name, pack, makeIndex }: Pack): Promise<void> {
  const path = join(folder, 'objects', 'pack', `pack-${name}`)
  await writeDurably(`${path}.pack`, pack)
  await writeDurably(`${path}.idx`, makeIndex())
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.${String(process.pid)}.tmp`
  const file = await open(fresh, 'w', 0o444)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}

/** A blob that is too large to hold. */
export interface LargeBlob {
  readonly sizeBytes: number
  readonly parts: AsyncIterable<Uint8Array>
}

/** Writes a large blob as a pack of its own, part by part; returns its id. */
export async function writeLargeBlob(folder: string, blob: LargeBlob): Promise<Oid> {
  const fresh = join(folder, 'objects', 'pack', `large-${String(process.pid)}.tmp`)
  const file = await open(fresh, 'w', 0o444)
  try {
    const object = createHash('sha1').update(`blob ${String(blob.sizeBytes)}\0`)
    const whole = createHash('sha1')
    let crc = 0
    const write = async (bytes: Uint8Array, place: 'head' | 'entry'): Promise<void> => {
      whole.update(bytes)
      if (place === 'entry') crc = crc32(bytes, crc)
      await file.writeFile(bytes)
    }
    await write(packHead(1), 'head')
    await write(entryHead('blob', blob.sizeBytes), 'entry')
    const seen = async function* (): AsyncIterable<Uint8Array> {
      for await (const part of blob.parts) {
        object.update(part)
        yield part
      }
    }
    await pipeline(seen(), createDeflate({ level: 1 }), async (stream: AsyncIterable<Uint8Array>) => { for await (const bytes of stream) await write(bytes, 'entry') })
    const checksum = whole.digest()
    await file.writeFile(checksum)
    await file.sync()
    const oid = object.digest('hex')
    const path = join(folder, 'objects', 'pack', `pack-${checksum.toString('hex')}`)
    await rename(fresh, `${path}.pack`)
    await writeDurably(`${path}.idx`, makePackIndex([{ oid, offset: 12, crc }], checksum))
    return oid
  } finally {
    await file.close()
    await rm(fresh, { force: true })
  }
}
