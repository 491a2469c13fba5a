/**
 * A remote in a plain folder: a second disk, a stick, a share, something that a cloud synchronises. Objects are files named by their digest, refs one file.
 *
 * Guarantees: every file is whole or absent, whenever it is pulled out; two who push at once both get through or one is told; everything a ref reaches was synced before
 * the ref. Refuses: a folder that holds something else.
 */
import { mkdir, readdir, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { lookAhead } from '../../base/look-ahead.js'
import { OBJECT_MAX_BYTES } from '../../base/limits.js'
import { utf8 } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { HEADS } from '../../refs/name.js'
import { followLinks } from '../follow-links.js'
import type { GetOptions, RefOutcome, RefUpdate, Remote, RemoteContext, RemoteObject, RemoteState } from '../remote.js'
import { authRefused, refMoved, refusedBy, targetMissing, unreachable } from '../remote-errors.js'
import { readBounded, syncFolder, writeWhole } from './files.js'
import { takeLock } from './lock.js'
import { formatRefsFile, parseRefsFile } from './refs-file.js'

const FORMAT_FILE = 'atom-remote'
const FORMAT = 'atom remote 1\n'
const REFS_MAX_BYTES = 67_108_864
/** Files in the works at once: more than a disk's queue gains nothing. */
const AT_ONCE = 16

export interface FolderPlace {
  /** Absolute. */
  readonly path: string
  /** As the user wrote it. */
  readonly location: string
}

/** Opens a folder. One that is absent or empty becomes a remote with the first write, its parent must be there. Throws `REMOTE_UNREACHABLE`, `REMOTE_REFUSED`. */
export async function openFolderRemote(place: FolderPlace, { signal }: RemoteContext): Promise<Remote> {
  const folder = new Folder(place, signal)
  await folder.look()
  return {
    location: place.location,
    refs: () => folder.guarded(() => folder.readRefs()),
    missing: (ids) => folder.guarded(() => folder.missing(ids)),
    get: (ids, options) => folder.get(ids, options),
    put: (objects) => folder.guarded(() => folder.put(objects)),
    updateRefs: (updates) => folder.guarded(() => folder.updateRefs(updates)),
    forget: (ids) => folder.guarded(() => folder.forget(ids)),
    async [Symbol.asyncDispose]() {
      // Nothing stays open between two calls.
    },
  }
}

/** Returns the path of an object below the folder: codec, two digits, the rest. */
export function objectPath(id: ObjectId): string {
  return join('objects', id.slice(0, 2), id.slice(2, 4), id.slice(4))
}

class Folder {
  readonly #path: string
  readonly #location: string
  readonly #signal: AbortSignal
  #isMade = false
  /** Folders with renames that are not synced yet. */
  readonly #touched = new Set<string>()

  constructor({ path, location }: FolderPlace, signal: AbortSignal) {
    this.#path = path
    this.#location = location
    this.#signal = signal
  }

  async look(): Promise<void> {
    await this.guarded(async () => {
      const parent = await stat(dirname(this.#path)).catch(() => undefined)
      if (parent?.isDirectory() !== true) throw unreachable(this.#location, `there is no folder ${dirname(this.#path)}: is the disk there?`)
      const format = readBounded(join(this.#path, FORMAT_FILE), 1_024)
      this.#isMade = format !== undefined
      if (format === undefined) await this.#checkFree()
      else if (new TextDecoder().decode(format) !== FORMAT) throw refusedBy(this.#location, 'a newer program made it, or it is no remote of atom')
    })
  }

  async #checkFree(): Promise<void> {
    const names = await readdir(this.#path).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return []
      if ((error as { code?: string }).code === 'ENOTDIR') throw refusedBy(this.#location, 'it is no folder')
      throw error
    })
    // What a first push that was cut off left is no obstacle.
    const foreign = names.find((name) => !['objects', 'tmp'].includes(name))
    if (foreign !== undefined) throw refusedBy(this.#location, `it holds something else (${foreign}): give a folder that is empty or not there yet`)
  }

  async #make(): Promise<void> {
    if (this.#isMade) return
    await mkdir(join(this.#path, 'tmp'), { recursive: true })
    await mkdir(join(this.#path, 'objects'), { recursive: true })
    await this.#write(FORMAT_FILE, utf8(FORMAT))
    this.#isMade = true
  }

  #write(name: string, bytes: Uint8Array): Promise<void> {
    const path = join(this.#path, name)
    // With the folders above: they may be new themselves.
    for (let folder = dirname(path); folder.length >= this.#path.length; folder = dirname(folder)) this.#touched.add(folder)
    return writeWhole({ path, tempFolder: join(this.#path, 'tmp'), bytes })
  }

  async readRefs(): Promise<RemoteState> {
    const bytes = readBounded(join(this.#path, 'refs'), REFS_MAX_BYTES)
    if (bytes === undefined) return { refs: new Map(), head: undefined }
    const state = bytes.length > REFS_MAX_BYTES ? 0 : parseRefsFile(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    if (typeof state === 'number') throw refusedBy(this.#location, `its file refs is damaged${state === 0 ? '' : ` in line ${String(state)}`}`)
    return state
  }

  async missing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
    const found: ObjectId[] = []
    for await (const [id, isThere] of lookAhead(each(ids), AT_ONCE, async (id) => [id, await this.#has(id)] as const)) if (!isThere) found.push(id)
    return found
  }

  async #has(id: ObjectId): Promise<boolean> {
    const found = await stat(join(this.#path, objectPath(id))).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return undefined
      throw error
    })
    return found?.isFile() === true
  }

  get(ids: readonly ObjectId[], { isHere }: GetOptions): AsyncIterable<RemoteObject> {
    const read = async (id: ObjectId): Promise<Uint8Array | undefined> => {
      this.#signal.throwIfAborted()
      return await this.guarded(async () => readBounded(join(this.#path, objectPath(id)), OBJECT_MAX_BYTES))
    }
    return followLinks({ read, isHere }, ids)
  }

  async put(objects: AsyncIterable<RemoteObject>): Promise<void> {
    await this.#make()
    const write = async ({ id, bytes }: RemoteObject): Promise<void> => {
      this.#signal.throwIfAborted()
      if (!await this.#has(id)) await this.#write(objectPath(id), bytes)
    }
    for await (const _ of lookAhead(objects, AT_ONCE, write)) this.#signal.throwIfAborted()
  }

  async updateRefs(updates: readonly RefUpdate[]): Promise<readonly RefOutcome[]> {
    await this.#make()
    await this.#sync()
    const lock = await takeLock({ folder: this.#path, location: this.#location, signal: this.#signal })
    try {
      const { refs, head } = await this.readRefs()
      const after = new Map(refs)
      const outcomes: RefOutcome[] = []
      for (const update of updates) outcomes.push({ ref: update.ref, refused: await this.#move(after, update) })
      const next = { refs: after, head: head !== undefined && after.has(head) ? head : firstBranch(after) }
      const text = formatRefsFile(next)
      if (text !== formatRefsFile({ refs, head })) {
        if (!await lock.isHeld()) throw unreachable(this.#location, 'it did not answer for so long that somebody else took over')
        await this.#write('refs', utf8(text))
        await this.#sync()
      }
      return outcomes
    } finally {
      await lock.release()
    }
  }

  async #move(refs: Map<string, ObjectId>, update: RefUpdate): Promise<AtomError | undefined> {
    const { ref, expected, next } = update
    const actual = refs.get(ref)
    if (actual !== expected) return refMoved(update, actual)
    if (next === undefined) refs.delete(ref)
    else if (await this.#has(next)) refs.set(ref, next)
    else return targetMissing(ref, next)
    return undefined
  }

  async forget(ids: readonly ObjectId[]): Promise<void> {
    for (const id of ids) {
      const path = join(this.#path, objectPath(id))
      if (!await this.#has(id)) continue
      // Emptied first, so that the bytes do not live on in what undeletes files; what the disk keeps below is beyond a program.
      await writeFile(path, '', { flag: 'r+' })
      await unlink(path)
      this.#touched.add(dirname(path))
    }
    await this.#sync()
  }

  async #sync(): Promise<void> {
    for (const folder of this.#touched) await syncFolder(folder)
    this.#touched.clear()
  }

  /** Does something with the disk, and says in our words why it failed. */
  async guarded<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      const { code } = error as { code?: string }
      if (error instanceof AtomError || code === undefined) throw error
      if (code === 'EACCES' || code === 'EPERM') throw authRefused(this.#location, 'no permission', error)
      if (code === 'EROFS') throw refusedBy(this.#location, 'it can only be read', error)
      if (code === 'ENOSPC' || code === 'EDQUOT') throw refusedBy(this.#location, 'its disk is full', error)
      throw unreachable(this.#location, code, error)
    }
  }
}

/** The branch that a clone begins with: the first that was ever pushed, so there is one only when this is asked. */
function firstBranch(refs: ReadonlyMap<string, ObjectId>): string | undefined {
  return refs.has(`${HEADS}main`) ? `${HEADS}main` : [...refs.keys()].find((name) => name.startsWith(HEADS))
}

async function* each<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items
}
