/** Reads a bundle whole, each block rehashed, into a staging area: afterwards it can be asked like any remote. */
import { isAtomError } from '../../base/errors.js'
import { codecOf, idOf, type ObjectId } from '../../codec/object-id.js'
import { openAs } from '../../object/open.js'
import type { Remote } from '../remote.js'
import { followLinks } from '../follow-links.js'
import { refusedBy } from '../remote-errors.js'
import type { Staging } from '../sync/staging.js'
import { bundleCorrupt, readCar } from './car.js'

export interface Bundle {
  readonly file: string
  readonly refs: ReadonlyMap<string, ObjectId>
  /** ATOMs that the bundle builds on and does not hold. */
  readonly needs: readonly ObjectId[]
  /** The id of the set of refs: what the whole bundle is relative to. */
  readonly root: ObjectId
  readonly staging: Staging
  readonly blocks: number
  readonly bytes: number
}

export interface BundleSource {
  /** For errors. */
  readonly file: string
  readonly chunks: AsyncIterable<Uint8Array>
  readonly staging: Staging
  readonly signal: AbortSignal
}

/** Throws `BUNDLE_CORRUPT`: cut off, damaged, or no bundle of a trail. */
export async function readBundle({ file, chunks, staging, signal }: BundleSource): Promise<Bundle> {
  const { roots, blocks } = await readCar(chunks, file)
  const [root, needsRoot, third] = roots
  if (root === undefined || third !== undefined) throw bundleCorrupt(file, { offset: 0, reason: 'it is a CAR that holds something else than a trail' })
  let count = 0
  let bytes = 0
  for await (const block of blocks) {
    signal.throwIfAborted()
    const actual = idOf(block.bytes, codecOf(block.id))
    if (actual !== block.id) throw bundleCorrupt(file, { offset: bytes, reason: `the bytes of ${block.id.slice(2)} have the digest ${actual.slice(2)}` })
    await staging.put(block)
    count++
    bytes += block.bytes.length
  }
  const refs = readRefs(staging, root, file)
  const needs = needsRoot === undefined ? [] : [...readRefs(staging, needsRoot, file).values()]
  // Blocks stand oldest first: what was cut off leaves a ref that points at nothing.
  for (const [name, id] of refs) if (staging.getObject(id) === undefined && !needs.includes(id)) throw bundleCorrupt(file, { offset: bytes, reason: `it ends before what ${name} points at` })
  return { file, refs, needs, root, staging, blocks: count, bytes }
}

function readRefs(staging: Staging, id: ObjectId, file: string): ReadonlyMap<string, ObjectId> {
  const bytes = staging.getObject(id)
  try {
    if (bytes !== undefined) return openAs(bytes, 'refs')
  } catch (error) {
    if (!isAtomError(error)) throw error
  }
  throw bundleCorrupt(file, { offset: 0, reason: 'its root is no set of refs: it is a CAR that holds something else than a trail' })
}

/** Returns a bundle as a remote that can only be read. Closing it throws away what was staged. */
export function bundleRemote({ file, refs, staging }: Bundle): Remote {
  const readOnly = (): never => {
    throw refusedBy(file, 'a bundle is written once: atom bundle create makes another one')
  }
  return {
    location: file,
    refs: async () => ({ refs: new Map(refs), head: undefined }),
    missing: async (ids) => ids.filter((id) => staging.getObject(id) === undefined),
    get: (ids, { isHere }) => followLinks({ read: async (id) => staging.getObject(id), isHere }, ids),
    put: async () => readOnly(),
    updateRefs: async () => readOnly(),
    forget: async () => readOnly(),
    [Symbol.asyncDispose]: () => staging[Symbol.asyncDispose](),
  }
}
