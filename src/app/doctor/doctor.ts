/** Looks over the installation and the store from outside: what is wrong, and the command that mends each. Changes nothing. */
import { accessSync, constants, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statfsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import { readSpoolItem, listSpooled } from '../../capture/spool.js'
import { readLogState } from '../../refs/log-state.js'
import { listRefs, resolveRef } from '../../refs/ref.js'
import { readObject } from '../../store/objects.js'
import type { ReindexResult } from '../../ops/keep/reindex.js'
import type { Repo } from '../../ops/repo.js'
import { trailLogFiles } from '../../views/trail-log/files.js'
import type { AppContext } from '../context.js'
import { findFolder, FORMAT_VERSION, readFormat, type StoreFolder } from '../folder.js'
import { lookForHoles } from './holes.js'
import { mendStore } from './mend.js'
import { residencyOf } from '../owner/residency.js'
import { remotesIn } from '../remotes/remotes.js'
import { repoOn } from '../repo-on.js'

export type Health = 'ok' | 'warning' | 'problem'

export interface Diagnosis {
  /** What was looked at: `node`, `program`, `store`, … */
  readonly name: string
  readonly health: Health
  readonly message: string
  /** The command that mends it; absent where nothing is to be done. */
  readonly fix?: string
}

export interface ProgramPlace {
  /** The file that runs: bin/atom.js. */
  readonly file: string
  /** The folder of the package. */
  readonly root: string
}

const NODE_LEAST = [20, 19] as const
const DISK_LEAST_BYTES = 256 * 1_048_576
const MODE_BITS = 0o777

/** Yields one diagnosis after the other: of the program first, then of the store that is found from here. */
export async function* diagnose(context: AppContext, program: ProgramPlace): AsyncIterable<Diagnosis> {
  yield checkNode()
  yield* checkProgram(context, program)
  let folder: StoreFolder
  try {
    folder = findFolder(context)
  } catch (error) {
    yield refusal('store', error, 'atom init')
    return
  }
  yield { name: 'store', health: 'ok', message: `${folder.path}, format ${String(readFormat(folder.path).version)} of ${String(FORMAT_VERSION)}` }
  yield* checkFolder(folder)
  yield* checkSpool(folder)
  const mending = await recovery(folder, context)
  const database = await checkDatabase(folder, context, mending)
  yield database
  if (database.health === 'ok') yield await checkObjects(folder, context, mending)
  yield* await checkView(folder)
}

/** Returns the command that brings a damaged store back, with the remote that it knows. */
async function recovery({ path }: StoreFolder, { env }: AppContext): Promise<string> {
  try {
    const names = (await remotesIn(path, env)).map(({ name }) => name)
    if (names.length > 0) return `atom recover --from ${names[0] ?? ''}${names.length > 1 ? ` (or ${names.slice(1).join(', ')})` : ''}`
  } catch (error) {
    // Settings that cannot be read name no remote; the command that reads them says what is wrong.
    if (!isAtomError(error, 'CONFIG_INVALID')) throw error
  }
  return `atom recover --from URL, if there is a copy; else ${RESTORE}`
}

function checkNode(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNew = major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1])
  return isNew
    ? { name: 'node', health: 'ok', message: `Node ${process.versions.node}` }
    : { name: 'node', health: 'problem', message: `Node ${process.versions.node} is older than 20.19`, fix: 'nvm install 20, or https://nodejs.org' }
}

function* checkProgram({ env }: AppContext, { file, root }: ProgramPlace): Iterable<Diagnosis> {
  const bundle = join(root, 'dist/bundle/atom.cjs')
  if (!existsSync(bundle)) yield { name: 'bundle', health: 'problem', message: `the bundle is missing: ${bundle}`, fix: `npm --prefix ${JSON.stringify(root)} run build` }
  else if (!existsSync(`${bundle}.cache`)) yield { name: 'bundle', health: 'warning', message: 'the code cache is missing: atom starts more slowly', fix: `npm --prefix ${JSON.stringify(root)} run build` }
  else yield { name: 'bundle', health: 'ok', message: bundle }
  const found = programsOnPath(env['PATH'] ?? '')
  const others = found.filter((place) => real(place) !== real(file))
  const [first] = found
  if (first === undefined) yield { name: 'path', health: 'warning', message: 'there is no atom on the PATH', fix: `npm install -g ${JSON.stringify(root)}` }
  else if (others.length === 0) yield { name: 'path', health: 'ok', message: first }
  else if (others.includes(first)) yield { name: 'path', health: 'problem', message: `atom runs ${first}, which is another program; also there: ${found.slice(1).join(', ') || 'nothing'}`, fix: `alias atom=${JSON.stringify(file)}, or put its folder first in PATH` }
  else yield { name: 'path', health: 'warning', message: `atom runs ${first}; behind it on the PATH: ${others.join(', ')}`, fix: 'nothing, as long as the order of PATH stays' }
}

function programsOnPath(path: string): readonly string[] {
  const found: string[] = []
  for (const folder of path.split(delimiter)) {
    const file = join(folder === '' ? '.' : folder, 'atom')
    try {
      accessSync(file, constants.X_OK)
      if (statSync(file).isFile() && !found.includes(file)) found.push(file)
    } catch {
      // Not there, or not for us: the shell passes it over too.
    }
  }
  return found
}

function real(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function* checkFolder({ path }: StoreFolder): Iterable<Diagnosis> {
  const { mode, uid } = statSync(path)
  const user = process.getuid?.()
  if ((mode & 0o077) !== 0) yield { name: 'permissions', health: 'warning', message: `others can look into ${path} (mode ${(mode & MODE_BITS).toString(8)})`, fix: `chmod 700 ${JSON.stringify(path)}` }
  else yield { name: 'permissions', health: 'ok', message: 'only you can read it' }
  if (user !== undefined && uid !== user) yield { name: 'owner', health: 'warning', message: `it belongs to user ${String(uid)}`, fix: `sudo chown -R ${String(user)} ${JSON.stringify(path)}` }
  for (const name of ['store', 'spool', 'run']) {
    if (!existsSync(join(path, name))) yield { name: 'folder', health: name === 'store' ? 'problem' : 'warning', message: `${name} is missing in ${path}`, fix: name === 'store' ? 'atom recover --from REMOTE, by name or URL' : `mkdir -m 700 ${JSON.stringify(join(path, name))}` }
  }
  if (!existsSync(join(path, '.gitignore'))) yield { name: 'gitignore', health: 'warning', message: 'git would take the store up', fix: `echo '*' > ${JSON.stringify(join(path, '.gitignore'))}` }
  const leftovers = readdirSync(path).filter((name) => name.endsWith('.new'))
  if (leftovers.length > 0) yield { name: 'leftovers', health: 'warning', message: `left over from a command that was killed: ${leftovers.join(', ')}`, fix: `rm ${leftovers.map((name) => JSON.stringify(join(path, name))).join(' ')}` }
  yield checkDisk(path)
}

function checkDisk(path: string): Diagnosis {
  const { bavail, bsize } = statfsSync(path)
  const free = bavail * bsize
  const text = `${(free / 1_048_576).toFixed(0)} MiB free`
  return free < DISK_LEAST_BYTES ? { name: 'disk', health: 'warning', message: text, fix: 'make room; atom gc helps a little' } : { name: 'disk', health: 'ok', message: text }
}

function* checkSpool({ path }: StoreFolder): Iterable<Diagnosis> {
  const names = listSpooled(path)
  const torn = names.filter((name) => isTorn(path, name))
  const bad = lstatSync(join(path, 'spool/bad'), { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(join(path, 'spool/bad')).length : 0
  if (torn.length > 0) yield { name: 'spool', health: 'problem', message: `${String(torn.length)} spool files cannot be read: ${torn.slice(0, 3).join(', ')}`, fix: 'atom status (the next command moves them to spool/bad)' }
  else yield { name: 'spool', health: 'ok', message: names.length === 0 ? 'nothing waits' : `${String(names.length)} recordings wait for the next command` }
  if (bad > 0) yield { name: 'spool', health: 'warning', message: `${String(bad)} files in spool/bad could not be recorded`, fix: `look at them, then rm -r ${JSON.stringify(join(path, 'spool/bad'))}` }
}

function isTorn(path: string, name: string): boolean {
  try {
    readSpoolItem(path, name)
    return false
  } catch (error) {
    if (isAtomError(error, 'INPUT_INVALID')) return true
    if ((error as { code?: string }).code === 'ENOENT') return false
    throw error
  }
}

async function checkDatabase(folder: StoreFolder, context: AppContext, mending: string): Promise<Diagnosis> {
  try {
    return await withStore(folder, context, async (repo) => {
      const { atoms, ops } = readLogState(repo.store)
      if (atoms > 0) repo.index.node(atoms - 1)
      // What every command reads first.
      await listRefs(repo.store, '')
      const tip = resolveRef(repo.store, 'HEAD')
      if (tip !== undefined) readObject(repo.objects, tip, 'atom')
      return checkTrailLog(folder, { atoms, ops })
    })
  } catch (error) {
    if (isAtomError(error, 'STORE_LOCKED')) return { name: 'database', health: 'warning', message: error.message, fix: 'wait for the other command, or raise ATOM_LOCK_TIMEOUT_MS' }
    if (!isAtomError(error)) throw error
    const { message, hint = 'atom doctor' } = error
    // Whoever was sent here is not sent back.
    const fix = hint === 'atom doctor' ? isIndexDamage(error) ? 'atom doctor --reindex' : mending : hint
    return { name: 'database', health: 'problem', message, fix }
  }
}

async function checkObjects(folder: StoreFolder, context: AppContext, mending: string): Promise<Diagnosis> {
  try {
    const { looked, lacking } = await withStore(folder, context, ({ store, signal }) => lookForHoles(store, signal))
    if (lacking !== undefined) return { name: 'objects', health: 'problem', message: lacking, fix: mending }
    return { name: 'objects', health: 'ok', message: `${String(looked)} looked at: what they link to is there; atom verify rehashes all of them` }
  } catch (error) {
    if (!isAtomError(error)) throw error
    return { name: 'objects', health: 'problem', message: error.message, fix: isAtomError(error, 'STORE_LOCKED') ? 'wait for the other command' : mending }
  }
}

/** A view is made again whenever it is broken: nothing is lost, and the next question takes longer. */
async function checkView({ path }: StoreFolder): Promise<readonly Diagnosis[]> {
  const file = join(path, 'view.db')
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (found === undefined) return []
  if (!found.isFile()) return [{ name: 'view', health: 'problem', message: `${file} is no plain file`, fix: `rm -r ${JSON.stringify(file)}` }]
  const { getViewProblem } = await import('../../views/sqlite/health.js')
  const problem = getViewProblem(file)
  return [problem === undefined
    ? { name: 'view', health: 'ok', message: 'it can be read; atom verify --view compares it with the trail' }
    : { name: 'view', health: 'warning', message: `view.db is broken: ${problem}`, fix: 'nothing: atom sql and atom recall make it again' }]
}

const RESTORE = 'put .atom/store back from a backup, or begin again beside it: move .atom away, atom init, atom import jsonl EXPORT; trail.log still names every ATOM'

function isIndexDamage(error: unknown): boolean {
  return isAtomError(error, 'STORE_CORRUPT') && /index|log state|operation log/.test(error.message)
}

function checkTrailLog({ path }: StoreFolder, { atoms, ops }: { readonly atoms: number; readonly ops: number }): Diagnosis {
  const counts = `${String(atoms)} ${atoms === 1 ? 'ATOM' : 'ATOMs'}, ${String(ops)} ${ops === 1 ? 'operation' : 'operations'}`
  const file = join(path, 'trail.log')
  const found = lstatSync(file, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile()) return { name: 'database', health: 'problem', message: `${counts}; trail.log is no plain file and is not written`, fix: `rm -r ${JSON.stringify(file)}, then atom doctor --reindex` }
  const lines = trailLogFiles(path).reduce((sum, each) => sum + countLines(each), 0)
  if (lines < atoms) return { name: 'database', health: 'warning', message: `${counts}; trail.log has ${String(lines)} lines`, fix: 'atom doctor --reindex, or record something' }
  if (lines > atoms) return { name: 'database', health: 'warning', message: `${counts}; trail.log has ${String(lines)} lines: ATOMs were dropped by gc or taken out`, fix: 'atom verify' }
  return { name: 'database', health: 'ok', message: `${counts}; it opens, atom verify looks at every byte` }
}

function countLines(file: string): number {
  let lines = 0
  for (const byte of readFileSync(file)) if (byte === 10) lines++
  return lines
}

function refusal(name: string, error: unknown, fix: string): Diagnosis {
  if (!(error instanceof AtomError)) throw error
  return { name, health: 'problem', message: error.message, fix: error.hint ?? fix }
}

/** Opens the store for this process alone: nobody is served meanwhile. */
async function withStore<Value>(folder: StoreFolder, context: AppContext, work: (repo: Repo) => Promise<Value>): Promise<Value> {
  const residency = residencyOf({ ...folder, path: realpathSync(folder.path) })
  await residency.sit({ context, owner: 'insist', serve: 'never' })
  try {
    return await work(repoOn(residency, context))
  } finally {
    await residency.leave('own', 0)
  }
}

/** Makes all indexes and trail.log again. */
export async function mendIndexes(context: AppContext): Promise<ReindexResult> {
  const folder = findFolder(context)
  const result = await withStore(folder, context, (repo) => mendStore(folder.path, repo))
  // What this process remembers of the old indexes goes with the open store.
  await residencyOf({ ...folder, path: realpathSync(folder.path) }).letGo()
  return result
}
