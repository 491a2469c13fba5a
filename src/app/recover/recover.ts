/**
 * `recover`: brings a store back from a remote, in place of one that is damaged or gone.
 *
 * Guarantees: the damaged folder is only read, and in the end moved aside, never deleted; a remote that lies changes nothing here; what takes its place was verified first. Killed
 * anywhere, the same command ends the work. The lost store's operation log goes on, so `undo` works. Files are written only when asked for, and never over what is there.
 */
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import { utf8 } from '../../base/bytes.js'
import { idBytes } from '../../codec/object-id.js'
import { listSpooled } from '../../capture/spool.js'
import { rebuild, type Rebuilt } from '../../exchange/recover/rebuild.js'
import { tally, type Tally } from '../../exchange/recover/tally.js'
import { verifyStore } from '../../history/verify/verify.js'
import type { VerifyResult } from '../../history/verify/check.js'
import { tipTree } from '../../ops/context.js'
import { layOut, type LaidOut } from '../../ops/files/lay-out.js'
import type { Scope } from '../../ops/ports.js'
import type { Repo } from '../../ops/repo.js'
import { HEADS, REMOTES } from '../../refs/name.js'
import { getHeadBranch, listRefs, resolveRef } from '../../refs/ref.js'
import { getBody } from '../../store/body.js'
import { META, readObject } from '../../store/objects.js'
import { writeSetting } from '../settings/config.js'
import type { AppContext } from '../context.js'
import { FORMAT_VERSION } from '../folder.js'
import { finishFolder, makeFolder } from '../init.js'
import { keepTrailLog } from '../keep-trail-log.js'
import { createClock } from '../node-ports.js'
import { openRepo } from '../open.js'
import { residencyOf } from '../owner/residency.js'
import { checkUrl, chooseRemote, isBundleUrl, openUrl, remotesIn, type NamedRemote } from '../remotes/remotes.js'
import { openScratchStore } from '../scratch-store.js'
import { withSettings } from '../settings/settings.js'
import { compareOutside, type Compared, type NamedAtom } from './compare.js'
import { openDamaged, type Damaged } from './damaged.js'
import { clearWork, findPlace, holdPlace, isHalfMoved, removeWork, swap, type Place } from './place.js'
import { readWitness } from './witness.js'

export interface RecoverInput {
  /** A name or a URL. */
  readonly from: string
  /** Lays out tracked files that are not there. */
  readonly files: boolean
  /** Scopes beside `project` that may be written. */
  readonly scopes: readonly Scope[]
  /** Overwrites files that differ. */
  readonly force: boolean
  /** Which store's operation log goes on, where a remote has several. */
  readonly log?: string | undefined
  readonly which: 'project' | 'user'
}

/** What is known of the store that was lost. */
export interface Witness {
  /** What could be read of it. */
  readonly from: readonly ('database' | 'trail.log')[]
  /** ATOMs that it names and that are not here. */
  readonly lost: readonly NamedAtom[]
}

export interface RecoverResult {
  readonly folder: string
  readonly root: string | undefined
  readonly location: string
  /** What the remote is called here. */
  readonly remote: string
  /** Where the damaged store is now. */
  readonly aside: string | undefined
  readonly branch: string | undefined
  /** The store whose operation log goes on; undefined: a new one was begun. */
  readonly log: string | undefined
  /** Stores whose logs the remote has. */
  readonly logs: readonly string[]
  readonly tally: Tally
  readonly verified: VerifyResult
  /** ATOMs that only the damaged store had. */
  readonly salvaged: number
  readonly witness: Witness
  readonly compared: Compared
  readonly files: LaidOut<unknown> | undefined
  /** Files of the spool that were taken along. */
  readonly spooled: number
  /** Remotes that the lost store knew and whose URL is not known any more. */
  readonly forgottenRemotes: readonly string[]
  readonly tookMs: number
}

export async function recoverStore(input: RecoverInput, context: AppContext): Promise<RecoverResult> {
  const startedMs = performance.now()
  const place = findPlace(context, input.which)
  using _hold = await holdPlace(place, context)
  try {
    return { ...await recoverAt(place, input, context), tookMs: performance.now() - startedMs }
  } finally {
    // Whole and in nobody's place yet: the next attempt puts it there.
    if (!isHalfMoved(place)) removeWork(place)
  }
}

async function recoverAt(place: Place, input: RecoverInput, context: AppContext): Promise<Omit<RecoverResult, 'tookMs'>> {
  const remotes = await remotesOf(place, context)
  const { name, url } = findSource(remotes, input.from, context)
  await residencyOf({ path: place.path, root: place.root }).letGo()
  const made = isHalfMoved(place) ? undefined : await make(input, context, { place, remotes, name, url: checkUrl(url, context.cwd) })
  const aside = swap(place, createClock(context.env).nowMs())
  const result = await inPlace(input, context, { place, made })
  return { ...result, location: made?.rebuilt.location ?? url, aside: aside ?? newestAside(place) }
}

/** A file or folder that is there needs no slash in its name. */
function findSource(remotes: readonly NamedRemote[], from: string, { cwd }: AppContext): { readonly name: string | undefined; readonly url: string } {
  const isPath = !remotes.some(({ name }) => name === from) && existsSync(resolve(cwd, from))
  return isPath ? { name: undefined, url: from } : chooseRemote(remotes, from)
}

interface Wanted { readonly place: Place; readonly remotes: readonly NamedRemote[]; readonly name: string | undefined; readonly url: string }

/** What came of the first half: everything that the second one cannot ask again. */
interface Made { readonly rebuilt: Rebuilt; readonly witness: readonly NamedAtom[]; readonly sources: Witness['from']; readonly verified: VerifyResult; readonly spooled: number }

/** Makes a whole store beside the place. */
async function make(input: RecoverInput, context: AppContext, wanted: Wanted): Promise<Made> {
  const { place } = wanted
  const { fresh, copy } = clearWork(place)
  await using damaged = await openDamaged(place.path, copy)
  const rebuilt = await rebuildIn(fresh, { input, context, wanted, damaged })
  const verified = await verifyIn(fresh, { place, context, rebuilt })
  const { atoms, sources } = await readWitness(place.path, damaged)
  const spooled = takeAlong(place.path, fresh)
  finishFolder(fresh, place.root)
  await keepSettings(wanted, fresh, rebuilt.name)
  return { rebuilt, witness: atoms, sources, verified, spooled }
}

interface Making { readonly input: RecoverInput; readonly context: AppContext; readonly wanted: Wanted; readonly damaged: Damaged | undefined }

async function rebuildIn(fresh: string, { input, context, wanted, damaged }: Making): Promise<Rebuilt> {
  const { place, name, url } = wanted
  // Without a mirror: what lies in the damaged folder may be part of the damage.
  await using remote = await openUrl(url, { ...context, ...(name !== undefined && { among: wanted.remotes.map((other) => other.url) }) })
  makeFolder(fresh)
  await using repo = await openRepo({ path: fresh, root: place.root }, context, { createIfMissing: 'yes', cache: 'small' })
  await repo.store.write({ puts: [[META.format, Uint8Array.of(FORMAT_VERSION)]], deletes: [] }, 'sync')
  const rebuilt = await rebuild(repo, {
    remote, salvage: damaged, openScratch: () => openScratchStore(fresh), log: input.log,
    remoteName: isBundleUrl(url, context.cwd) ? 'bundle' : name ?? wanted.remotes.find((other) => other.url === url)?.name ?? 'origin',
  })
  checkSameTrail(place, rebuilt)
  await repo.store.write({ puts: [[META.project, utf8(damaged?.project ?? projectOf(repo) ?? basename(place.root ?? 'machine'))], [META.layout, idBytes(tipTree({ ...repo.store, ...repo.objects }, 'HEAD'))]], deletes: [] }, 'sync')
  await keepTrailLog(fresh, repo)
  return rebuilt
}

/** Opens what was made once more: what is judged is what a command will find, and the memory that receiving took is free again. */
async function verifyIn(fresh: string, { place, context, rebuilt }: { readonly place: Place; readonly context: AppContext; readonly rebuilt: Rebuilt }): Promise<VerifyResult> {
  await using repo = await openRepo({ path: fresh, root: place.root }, context, { cache: 'small' })
  const verified = await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal })
  if (!verified.ok) throw notWhole(verified, rebuilt)
  return verified
}

interface Finished { readonly place: Place; readonly made: Made | undefined }

/** What is done and asked once the store is where it belongs. */
async function inPlace(input: RecoverInput, caller: AppContext, { place, made }: Finished): Promise<Omit<RecoverResult, 'location' | 'aside' | 'tookMs'>> {
  const context = await withSettings(caller)
  await using repo = await openRepo({ path: place.path, root: place.root }, context)
  const files = input.files ? await layOutMissing(repo, input) : undefined
  const remotes = (await remotesIn(place.path, context.env)).map(({ name }) => name)
  const { rebuilt, witness, sources, verified, spooled } = made ?? await madeBefore(repo, place)
  return {
    folder: place.path, root: place.root, remote: rebuilt?.name ?? remotes[0] ?? 'origin',
    branch: getHeadBranch(repo.store)?.slice(HEADS.length),
    log: rebuilt?.log?.store, logs: rebuilt?.logs ?? [],
    tally: await tally(repo), verified, salvaged: rebuilt?.salvaged ?? 0,
    witness: { from: sources, lost: witness.filter(({ object }) => repo.index.getSeq(object) === undefined) },
    compared: await compareOutside(repo, witness),
    files, spooled, forgottenRemotes: (await rememberedRemotes(repo)).filter((name) => !remotes.includes(name) && name !== rebuilt?.name),
  }
}

/** A run that ends another one's work finds its witnesses in the folder that was moved aside. */
async function madeBefore(repo: Repo, place: Place): Promise<Omit<Made, 'rebuilt'> & { readonly rebuilt: undefined }> {
  const { atoms, sources } = await readWitness(newestAside(place) ?? place.path, undefined)
  return { rebuilt: undefined, witness: atoms, sources, verified: await verifyStore({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal }), spooled: 0 }
}

/** Returns the names of remotes that the store remembers branches of, sorted. */
async function rememberedRemotes({ store }: Repo): Promise<readonly string[]> {
  return [...new Set((await listRefs(store, REMOTES)).map(({ name }) => name.slice(REMOTES.length).split('/')[0] ?? ''))].sort()
}

/** Brings back what is not there; what differs stays, unless `force` says otherwise. */
async function layOutMissing(repo: Repo, { scopes, force }: RecoverInput): Promise<LaidOut<unknown>> {
  const source = { ...repo.store, ...repo.objects }
  const tree = tipTree(source, 'HEAD')
  const changes = await repo.worktree.changes(source, tree, { untracked: 'hide' })
  const paths = changes.filter(({ change }) => force || change === 'delete').map(({ path }) => path)
  return await layOut(repo, { to: tree, from: tree, paths, scopes, force, dryRun: false, files: 'every', stamp: { agent: repo.identity.agent, command: 'recover' }, commit: () => undefined })
}

/** Refuses to put another trail in place of one that can still be read. */
function checkSameTrail({ path }: Place, { trail, location }: Rebuilt): void {
  if (trail === 'same') return
  throw new AtomError('REPO_EXISTS', `the store in ${path} is another trail than that of ${location}; nothing was changed`, { data: { folder: path }, hint: `to have that one too: atom clone ${location} DIR; to put it here: move ${path} away first` })
}

function projectOf({ store, objects }: Repo): string | undefined {
  const tip = resolveRef(store, 'HEAD')
  return tip === undefined ? undefined : getBody(objects, readObject(objects, tip, 'atom').body)?.project
}

function notWhole(verified: VerifyResult, { location }: Rebuilt): AtomError<'STORE_CORRUPT'> {
  const [first] = verified.findings
  const reason = first?.message ?? 'it does not verify'
  return new AtomError('STORE_CORRUPT', `what was put together from ${location} does not verify, and nothing was changed: ${reason}`, { data: { folder: location, reason }, hint: 'recover from another remote; please report this' })
}

/** Copies what waits to be recorded; returns how many files. */
function takeAlong(from: string, to: string): number {
  let count = 0
  for (const name of listSpooled(from)) {
    const file = join(from, 'spool', name)
    if (!lstatSync(file).isFile()) continue
    mkdirSync(join(to, 'spool'), { recursive: true, mode: 0o700 })
    copyFileSync(file, join(to, 'spool', name))
    count++
  }
  return count
}

/** The remotes of the settings stay, as far as they can be read; the one that was recovered from is among them, unless it is a file that can only be read. */
async function keepSettings({ place, remotes, url }: Wanted, fresh: string, name: string): Promise<void> {
  const file = join(fresh, 'config.toml')
  const old = join(place.path, 'config.toml')
  if (existsSync(old) && lstatSync(old).isFile() && remotes.length > 0) copyFileSync(old, file)
  if (name !== 'bundle') await writeSetting({ key: `remote.${name}.url`, value: url, file })
}

/** The settings of a damaged store may be damaged too: then only a URL helps. */
async function remotesOf({ path }: Place, context: AppContext): Promise<readonly NamedRemote[]> {
  try {
    return await remotesIn(path, context.env)
  } catch (error) {
    if (!isAtomError(error, 'CONFIG_INVALID')) throw error
    context.reporter.warn(`the settings of the damaged store were not taken over: ${error.message}`)
    return []
  }
}

function newestAside({ path }: Place): string | undefined {
  const folder = join(path, '..')
  const name = readdirSync(folder).filter((other) => other.startsWith(`${basename(path)}.damaged-`)).sort().at(-1)
  return name === undefined ? undefined : join(folder, name)
}
