/** Reads the bundle of a page: every block rehashed, what is not what it is called left out and named, the rest judged as `bundle verify` does. */
import { isAtomError } from '../base/errors.js'
import { silentReporter, type Random } from '../base/ports.js'
import { codecOf, digestOf, idOf, type ObjectId } from '../codec/object-id.js'
import { readCar } from '../exchange/bundle/car.js'
import { verifyBundle, type BundleVerifyResult, type ExpectedRef } from '../exchange/bundle/verify-bundle.js'
import type { Bundle } from '../exchange/bundle/open-bundle.js'
import type { Finding } from '../history/verify/finding.js'
import { createStaging, type Staging } from '../exchange/sync/staging.js'
import { openAs } from '../object/open.js'
import { createMemoryStore } from '../store/memory-store.js'

export interface ReadTrail {
  readonly objects: Staging
  /** The dag-cbor ones, in the order of the file. */
  readonly objectIds: readonly ObjectId[]
  /** Absent where not even the head of the bundle can be read. */
  readonly bundle: Bundle | undefined
  /** What was found while reading. */
  readonly findings: readonly Finding[]
}

/** Reads to the end, or to where nothing can be read any more. */
export async function readTrail(chunks: AsyncIterable<Uint8Array>): Promise<ReadTrail> {
  const objects = createStaging(async () => createMemoryStore())
  const objectIds: ObjectId[] = []
  const findings: Finding[] = []
  let roots: readonly ObjectId[] = []
  let blocks = 0
  let bytes = 0
  try {
    const car = await readCar(chunks, 'this page')
    roots = car.roots
    for await (const block of car.blocks) {
      blocks++
      bytes += block.bytes.length
      const actual = idOf(block.bytes, codecOf(block.id))
      if (actual !== block.id) findings.push(error('object-corrupt', `the bytes of ${digestOf(block.id)} have the digest ${digestOf(actual)}: they were changed`, digestOf(block.id)))
      else await objects.put(block)
      if (actual === block.id && codecOf(actual) === 'dag-cbor') objectIds.push(actual)
    }
  } catch (thrown) {
    if (!isAtomError(thrown)) throw thrown
    findings.push(error('bundle-corrupt', thrown.message))
  }
  const [root, needs] = roots
  const refs = root === undefined ? undefined : getRefs(objects, root)
  if (root === undefined || refs === undefined) return { objects, objectIds, bundle: undefined, findings: [...findings, error('bundle-corrupt', 'the set of refs that everything hangs on cannot be read')] }
  const needed = needs === undefined ? [] : [...getRefs(objects, needs)?.values() ?? []]
  return { objects, objectIds, findings, bundle: { file: 'this page', refs, needs: needed, root, staging: objects, blocks, bytes } }
}

function getRefs(objects: Staging, id: ObjectId): ReadonlyMap<string, ObjectId> | undefined {
  const bytes = objects.getObject(id)
  try {
    return bytes === undefined ? undefined : openAs(bytes, 'refs')
  } catch (thrown) {
    if (!isAtomError(thrown)) throw thrown
    // It is another kind of object: there is nothing to hang on, and the caller says so.
    return undefined
  }
}

function error(code: string, message: string, object: string | null = null): Finding {
  return { severity: 'error', code, object, atomId: null, path: null, message }
}

export interface Verdict extends Omit<BundleVerifyResult, 'file' | 'refs' | 'needs' | 'root'> {
  readonly root: string | undefined
}

/** Judges what was read; what was found while reading counts. */
export async function judgeTrail({ bundle, findings }: ReadTrail, random: Random, expected: readonly ExpectedRef[]): Promise<Verdict> {
  if (bundle === undefined) return { ok: false, atoms: 0, objects: 0, bytes: 0, root: undefined, findings, claims: [] }
  const judged = await verifyBundle(bundle, { random, reporter: silentReporter, signal: new AbortController().signal }, expected)
  if (findings.length === 0) return judged
  // Nothing is proved of a trail with a hole in it.
  return { ...judged, ok: false, findings: [...findings, ...judged.findings], claims: judged.claims.map((claim) => ({ ...claim, status: 'not-provable' as const, because: 'errors were found, see the findings' })) }
}
