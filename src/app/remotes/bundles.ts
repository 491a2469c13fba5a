/** Bundles as files: written whole or not at all, read in chunks. */
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rename, rm, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import { createBundle, type CreateBundleInput, type CreateBundleResult } from '../../exchange/bundle/create-bundle.js'
import { bundleRemote, readBundle, type Bundle } from '../../exchange/bundle/open-bundle.js'
import { unwrapPage } from '../../exchange/bundle/page.js'
import { verifyBundle, type BundleVerifyResult, type ExpectedRef } from '../../exchange/bundle/verify-bundle.js'
import type { Remote } from '../../exchange/remote.js'
import { fetchFrom, type FetchInput, type FetchResult } from '../../exchange/sync/fetch.js'
import { createStaging, type Staging } from '../../exchange/sync/staging.js'
import type { Operation } from '../../ops/operation.js'
import { openLevelStore } from '../../store/level/level-store.js'
import type { Store } from '../../store/types.js'
import type { AppContext } from '../context.js'
import { findFolder } from '../folder.js'
import { createRandom } from '../node-ports.js'
import { openScratchStore } from '../scratch-store.js'

const CHUNK_BYTES = 262_144

/** Returns `bundle create` into a file. */
export function createBundleAt(file: string, { cwd }: Pick<AppContext, 'cwd'>): Operation<CreateBundleInput, CreateBundleResult> {
  return createBundle((chunks) => writeWhole(resolve(cwd, file), file, chunks))
}

/** Writes a file beside its place first: it is whole or not there. */
export async function writeWhole(path: string, shown: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const temp = `${path}.${String(process.pid)}.tmp`
  const handle = await open(temp, 'wx').catch((cause: unknown) => { throw unwritable(shown, cause) })
  try {
    try {
      for await (const block of gathered(chunks)) await handle.writeFile(block)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temp, path)
  } catch (error) {
    await unlink(temp)
    throw (error as { code?: string }).code === undefined || error instanceof AtomError ? error : unwritable(shown, error)
  }
}

/** Joins small chunks, so that not each of them is a write of its own. */
async function* gathered(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes < CHUNK_BYTES) continue
    yield Buffer.concat(held)
    held = []
    heldBytes = 0
  }
  yield Buffer.concat(held)
}

function unwritable(shown: string, cause: unknown): AtomError {
  const { code = '', message } = cause as Error & { code?: string }
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AtomError('STORE_FULL', `${shown} was not written: the disk is full`, { data: { folder: shown }, hint: 'make room, then repeat the command', cause })
  return new AtomError('FILE_UNWRITABLE', `cannot write ${shown}: ${message}`, { data: { path: shown, reason: code || message }, cause })
}

/** Reads a bundle into a staging area; closing `staging` throws it away. */
async function openBundleFile(file: string, staging: Staging, { cwd, signal }: Pick<AppContext, 'cwd' | 'signal'>): Promise<Bundle> {
  return await readBundle({ file, chunks: readChunks(resolve(cwd, file), file), staging, signal })
}

async function* readChunks(path: string, shown: string): AsyncIterable<Uint8Array> {
  try {
    yield* unwrapPage(createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>, shown)
  } catch (cause) {
    if (isAtomError(cause)) throw cause
    const reason = (cause as Error).message
    throw new AtomError('FILE_UNREADABLE', `cannot read ${shown}: ${reason}`, { data: { path: shown, reason }, cause })
  }
}

/** A database in the temporary folder, for those who have no store. */
async function openTemporary(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'atom-bundle-'))
  const store = await openLevelStore(join(folder, 'store'), { createIfMissing: 'yes' })
  return { ...store, close: () => store.close().finally(() => rm(folder, { recursive: true, force: true })) }
}

/** Opens a bundle file as a remote that can only be read. */
export async function openBundleRemote(file: string, context: Pick<AppContext, 'cwd' | 'signal'>): Promise<Remote> {
  const staging = createStaging(openTemporary)
  try {
    return bundleRemote(await openBundleFile(file, staging, context))
  } catch (error) {
    await staging[Symbol.asyncDispose]()
    throw error
  }
}

/** Judges a bundle without a store. */
export async function verifyBundleFile(file: string, expected: readonly ExpectedRef[], context: AppContext): Promise<BundleVerifyResult> {
  await using staging = createStaging(openTemporary)
  const bundle = await openBundleFile(file, staging, context)
  return await verifyBundle(bundle, { random: createRandom(context.env), reporter: context.reporter, signal: context.signal }, expected)
}

export type BundleList = Pick<Bundle, 'file' | 'refs' | 'needs' | 'root'>

/** Returns what a bundle holds, after reading all of it: every block is rehashed. */
export async function listBundle(file: string, context: AppContext): Promise<BundleList> {
  await using staging = createStaging(openTemporary)
  const { refs, needs, root } = await openBundleFile(file, staging, context)
  return { file, refs, needs, root }
}

/** Returns `bundle unbundle`: a fetch from a file. A bundle is how things were once: what is remembered of it follows it back too. */
export function unbundleFrom(file: string, name: string, context: AppContext): Operation<FetchInput, FetchResult> {
  const fetch = fetchFrom({
    open: async () => ({ name, remote: await openBundleRemote(file, context) }),
    openScratch: () => openScratchStore(findFolder(context).path),
    command: 'unbundle',
  })
  return { ...fetch, name: 'bundle.unbundle', summary: 'Take what a bundle has and this store lacks' }
}
