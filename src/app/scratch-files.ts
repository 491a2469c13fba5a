/** Parts of a file that is being made, in a folder beside it. */
import { createReadStream } from 'node:fs'
import { appendFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scratch } from '../ops/transfer/standards/scratch.js'

/** Makes the folder, for this user only. */
export async function openScratchFiles(path: string): Promise<Scratch> {
  const folder = `${path}.${String(process.pid)}.parts`
  await mkdir(folder, { mode: 0o700 })
  const made = new Set<string>()
  return {
    async append(part, bytes) {
      await appendFile(join(folder, part), bytes)
      made.add(part)
    },
    async *read(part) {
      if (made.has(part)) yield* createReadStream(join(folder, part), { highWaterMark: 262_144 }) as AsyncIterable<Uint8Array>
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
