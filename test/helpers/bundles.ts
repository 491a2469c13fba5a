import { createBundle, type CreateBundleInput, type CreateBundleResult } from '../../src/exchange/bundle/create-bundle.js'
import { bundleRemote, readBundle, type Bundle } from '../../src/exchange/bundle/open-bundle.js'
import type { Remote } from '../../src/exchange/remote.js'
import { createStaging } from '../../src/exchange/sync/staging.js'
import type { Repo } from '../../src/ops/repo.js'
import { createMemoryStore } from '../../src/store/memory-store.js'

export interface MadeBundle {
  readonly file: Uint8Array
  readonly result: CreateBundleResult
}

export async function bundleOf(repo: Repo, input: Partial<CreateBundleInput> = {}): Promise<MadeBundle> {
  const chunks: Uint8Array[] = []
  const create = createBundle(async (written) => { for await (const chunk of written) chunks.push(chunk.slice()) })
  const result = await create.run(repo, create.check(input)) as CreateBundleResult
  return { file: new Uint8Array(Buffer.concat(chunks)), result }
}

/** Reads a bundle in chunks of a size. */
export async function openBytes(file: Uint8Array, chunkBytes = 1_000): Promise<Bundle> {
  const chunks = (async function* () {
    for (let offset = 0; offset < file.length; offset += chunkBytes) yield file.subarray(offset, offset + chunkBytes)
  })()
  return await readBundle({ file: 'trail.car', chunks, staging: createStaging(async () => createMemoryStore()), signal: new AbortController().signal })
}

export async function remoteOf(file: Uint8Array): Promise<Remote> {
  return bundleRemote(await openBytes(file))
}
