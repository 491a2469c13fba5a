/**
 * `drill`: rehearses a recovery from each remote alone, into a store that is thrown away, and records how long it took and what would have been lost.
 *
 * Nothing of the store's own helps: a git remote is read without the mirror here, and nothing is salvaged. The store is not held meanwhile; what is recorded during a drill is not part of it.
 */
import { AtomError, isAtomError } from '../../base/errors.js'
import { knownAtoms, type KnownAtoms } from '../../exchange/recover/known-atoms.js'
import { rebuild } from '../../exchange/recover/rebuild.js'
import { verifyStore } from '../../history/verify/verify.js'
import { createTrailIndex } from '../../index/trail-index.js'
import { add, type AddResult } from '../../ops/record/add.js'
import { createWriter } from '../../refs/transaction.js'
import { readLogState } from '../../refs/log-state.js'
import { META, objectsOf } from '../../store/objects.js'
import type { AppContext } from '../context.js'
import { findFolder, FORMAT_VERSION } from '../folder.js'
import { detectIdentity } from '../settings/identity.js'
import { createClock, createRandom } from '../node-ports.js'
import { chooseRemote, listRemotes, openUrl, type NamedRemote } from '../remotes/remotes.js'
import { runOperation } from '../run.js'
import { openScratchStore } from '../scratch-store.js'

export interface DrillInput {
  /** Names or URLs; none = every remote of the store. */
  readonly remotes: readonly string[]
}

export interface Rehearsal {
  readonly remote: string
  /** Why nothing could be brought back; undefined where it could. */
  readonly problem: string | undefined
  /** ATOMs that were brought back and verified. */
  readonly atoms: number
  /** ATOMs of this store that were not. */
  readonly lost: KnownAtoms['atoms']
  readonly tookMs: number
}

export interface DrillResult {
  /** ATOMs of the store when the drill began. */
  readonly atoms: number
  readonly rehearsals: readonly Rehearsal[]
  /** The ATOM that says so. */
  readonly recorded: AddResult
}

/** What opening a remote is told. */
interface DrillContext extends AppContext { readonly among: readonly string[] }

export async function drill({ remotes }: DrillInput, context: AppContext): Promise<DrillResult> {
  const known = await listRemotes(context)
  const chosen = remotes.length === 0 ? known : remotes.map((wanted): NamedRemote => {
    const { name, url } = chooseRemote(known, wanted)
    return { name: name ?? url, url }
  })
  if (chosen.length === 0) throw new AtomError('REMOTE_NOT_FOUND', 'there is no remote to recover from', { data: { name: 'origin' }, hint: 'atom remote add NAME URL, then atom push --all' })
  const here = await runOperation(knownAtoms, {}, context) as KnownAtoms
  const rehearsals: Rehearsal[] = []
  for (const remote of chosen) rehearsals.push(await rehearse(remote, here, { ...context, among: known.map(({ url }) => url) }))
  return { atoms: here.atoms.length, rehearsals, recorded: await record(here, rehearsals, context) }
}

async function rehearse({ name, url }: NamedRemote, here: KnownAtoms, context: DrillContext): Promise<Rehearsal> {
  const startedMs = performance.now()
  const took = (): number => Math.round(performance.now() - startedMs)
  try {
    const { atoms, lost } = await bringBack(url, here, context)
    return { remote: name, problem: undefined, atoms, lost, tookMs: took() }
  } catch (error) {
    // A remote that fails is what a drill is to find out; a fault of this program or of the disk here is none of its findings.
    if (!isAtomError(error) || !['remote', 'not-found', 'integrity', 'unsupported', 'usage'].includes(error.kind)) throw error
    return { remote: name, problem: error.message, atoms: 0, lost: here.atoms, tookMs: took() }
  }
}

async function bringBack(url: string, here: KnownAtoms, context: DrillContext): Promise<Pick<Rehearsal, 'atoms' | 'lost'>> {
  const { path } = findFolder(context)
  await using remote = await openUrl(url, context)
  const scratch = await openScratchStore(path)
  try {
    const random = createRandom(context.env)
    const index = createTrailIndex(scratch)
    const parts = { store: scratch, objects: objectsOf(scratch), index, writer: createWriter({ store: scratch, clock: createClock(context.env) }), reporter: context.reporter, signal: context.signal, random, identity: detectIdentity(context.env) }
    await scratch.write({ puts: [[META.format, Uint8Array.of(FORMAT_VERSION)]], deletes: [] }, 'sync')
    const { logs } = await rebuild(parts, { remote, salvage: undefined, openScratch: () => openScratchStore(path), remoteName: 'drill', preferLog: here.store })
    const { ok, findings } = await verifyStore({ records: scratch, random, reporter: context.reporter, signal: context.signal })
    const reason = findings[0]?.message ?? ''
    if (!ok) throw new AtomError('STORE_CORRUPT', `what it gave does not verify: ${reason}`, { data: { folder: url, reason } })
    if (!logs.includes(here.store)) context.reporter.warn(`${remote.location} has no operation log of this store: undo would begin anew`)
    return { atoms: readLogState(scratch).atoms, lost: here.atoms.filter(({ object }) => index.getSeq(object) === undefined) }
  } finally {
    await scratch.close()
  }
}

async function record(here: KnownAtoms, rehearsals: readonly Rehearsal[], context: AppContext): Promise<AddResult> {
  const all = here.atoms.length
  const said = rehearsals.map(({ remote, problem, lost, tookMs }) => (problem === undefined ? `${remote} ${String(all - lost.length)} of ${String(all)} in ${(tookMs / 1_000).toFixed(1)} s` : `${remote} failed`))
  return await runOperation(add, {
    type: 'TEST', operation: 'drill', title: `Recovery drill: ${said.join('; ')}`,
    metadata: { drill: Object.fromEntries(rehearsals.map(({ remote, problem, atoms, lost, tookMs }) => [remote, { atoms, lost: lost.length, duration_ms: tookMs, problem: problem ?? null }])) },
    evidence: rehearsals.map(({ remote, tookMs }) => ({ name: `recover from ${remote}`, phase: 'after', value: tookMs, unit: 'ms' })),
  }, context) as AddResult
}
