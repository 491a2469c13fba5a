/**
 * Where a store is recovered: beside the one that is damaged, and in its place only when it is whole. Nothing is ever deleted but what this program made itself.
 *
 * `.atom.recovering/new` is what is being made. Once it counts as a store, the damaged folder is moved to `.atom.damaged-TIME`, and the new one takes its place. Killed
 * between the two moves, the next one finds a whole store there and no `.atom`, and ends the work.
 */
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import type { AppContext } from '../context.js'
import { FOLDER_NAME, getFolder, getWorkTree, isStore, userFolder, writeRoot } from '../folder.js'
import { lockTimeoutMs } from '../handles.js'
import { getOwnerAddress } from '../owner/address.js'
import { connectOwner } from '../owner/client.js'
import { claimStore } from '../owner/guard.js'

export interface Place {
  /** The `.atom` folder that there was, or will be. */
  readonly path: string
  /** The project's root; undefined for the machine-wide store. */
  readonly root: string | undefined
  /** Beside it: everything that is being made. */
  readonly work: string
}

/** What only a store has: a folder with none of these is another program's. */
const OURS: readonly string[] = ['format', 'store', 'spool', 'run', 'trail.log', 'config.toml']

/** Returns where to recover to: the store of where the caller stands, damaged or not; in an empty folder, and where there is none, a new one here. */
export function findPlace(context: AppContext, which: 'project' | 'user'): Place {
  const { cwd, env } = context
  if (which === 'user') return placeAt(userFolder(env), undefined)
  const named = env['ATOM_DIR']
  if (named !== undefined && named !== '') return placeAt(resolve(cwd, named), rootOf(resolve(cwd, named), context))
  const here = join(resolve(cwd), FOLDER_NAME)
  const isEmpty = readdirSync(cwd).every((name) => name.startsWith(FOLDER_NAME))
  const above = existsSync(here) || isEmpty ? undefined : getFolder(context)
  if (above?.root !== undefined) return placeAt(above.path, above.root)
  return placeAt(here, rootOf(here, context))
}

function placeAt(path: string, root: string | undefined): Place {
  const found = lstatSync(path, { throwIfNoEntry: false })
  const real = found === undefined ? path : realpathSync(path)
  if (found !== undefined && !isOurs(real)) {
    throw new AtomError('REPO_EXISTS', `another program uses ${path}`, { data: { folder: path }, hint: 'keep the store elsewhere: ATOM_DIR=.atom-trail atom recover --from URL (and set ATOM_DIR from then on)' })
  }
  return { path: real, root, work: `${real}.recovering` }
}

function isOurs(path: string): boolean {
  if (!lstatSync(path).isDirectory()) return false
  const names = readdirSync(path)
  return names.length === 0 || names.some((name) => OURS.includes(name))
}

/** The project of a store whose folder can still say it, else the folder that it lies in. */
function rootOf(path: string, context: AppContext): string | undefined {
  if (isStore(path)) return getFolder({ ...context, env: { ...context.env, ATOM_DIR: path } })?.root
  return getWorkTree(context) ?? dirname(path)
}

/** Takes the place for this process, with nobody else in the damaged store meanwhile. Throws `STORE_LOCKED` after ATOM_LOCK_TIMEOUT_MS. */
export async function holdPlace({ path, work }: Place, context: AppContext): Promise<Disposable> {
  mkdirSync(work, { recursive: true, mode: 0o700 })
  writeFileSync(join(work, '.gitignore'), '*\n')
  const held = [await hold(join(work, 'lock'), path, context)]
  try {
    if (lstatSync(join(path, 'run'), { throwIfNoEntry: false })?.isDirectory() === true) held.push(await hold(join(path, 'run'), path, context))
  } catch (error) {
    for (const guard of held) guard.release()
    throw error
  }
  return { [Symbol.dispose]: () => { for (const guard of held.reverse()) guard.release() } }
}

const RETRY_MS = 20

async function hold(run: string, folder: string, context: AppContext): Promise<{ release(): void }> {
  const deadlineMs = performance.now() + lockTimeoutMs(context)
  for (;;) {
    context.signal.throwIfAborted()
    const leftMs = deadlineMs - performance.now()
    const address = getOwnerAddress(folder)
    await (address === undefined ? undefined : await connectOwner(address, Math.max(leftMs, 50)))?.letGo(Math.max(leftMs, 50))
    let guard: ReturnType<typeof claimStore> | undefined
    try {
      guard = claimStore(run, folder)
      guard.seize()
      return guard
    } catch (error) {
      guard?.release()
      if (!isAtomError(error, 'STORE_LOCKED') || leftMs <= 0) throw error
      await new Promise((done) => { setTimeout(done, RETRY_MS) })
    }
  }
}

/** Returns the folder for the new store, cleared of what an attempt that was killed left there. */
export function clearWork({ work }: Place): { readonly fresh: string; readonly copy: string } {
  for (const name of readdirSync(work)) if (name !== 'lock' && name !== '.gitignore') rmSync(join(work, name), { recursive: true, force: true })
  return { fresh: join(work, 'new'), copy: join(work, 'copy') }
}

/** Tells whether an attempt was killed between its two moves: the new store is whole, and nothing is in its place. */
export function isHalfMoved({ path, work }: Place): boolean {
  return !existsSync(path) && isStore(join(work, 'new'))
}

/** Moves the damaged folder aside and the new store into its place; returns where the damaged one is now. */
export function swap({ path, root, work }: Place, nowMs: number): string | undefined {
  const aside = existsSync(path) ? freeName(`${path}.damaged-${new Date(nowMs).toISOString().replace(/\.\d+|[-:]/g, '')}`) : undefined
  if (aside !== undefined) {
    if (!existsSync(join(path, '.gitignore'))) writeFileSync(join(path, '.gitignore'), '*\n')
    renameSync(path, aside)
  }
  rmSync(join(work, 'new/root'), { force: true })
  renameSync(join(work, 'new'), path)
  if (root !== undefined) writeRoot(path, root)
  return aside
}

function freeName(wanted: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${String(count)}`
    if (!existsSync(name)) return name
  }
}

/** Removes what was only needed meanwhile. */
export function removeWork({ work }: Place): void {
  rmSync(work, { recursive: true, force: true })
}
