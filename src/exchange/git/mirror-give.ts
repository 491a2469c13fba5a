/** Gives the objects of a mirror: those asked for, and what they own, each after one that owns it, the newest first. */
import { createBoundedCache, type BoundedCache } from '../../base/bounded-cache.js'
import { concatBytes } from '../../base/bytes.js'
import { CHUNK_BYTES } from '../../base/limits.js'
import { lookAhead } from '../../base/look-ahead.js'
import type { ObjectId } from '../../codec/object-id.js'
import type { Oid } from '../../git/git-object.js'
import { ownedLinks } from '../../object/links.js'
import { openAny, openAs } from '../../object/open.js'
import { EMPTY_TREE } from '../../tree/read.js'
import type { GetOptions, RemoteObject } from '../remote.js'
import type { Learned } from './learned.js'
import { flush, getObjectBytes, isRaw, isThere, treesOf, type Mirror } from './mirror.js'
import { getCommit } from './mirror-commit.js'

const COMMITS_AHEAD = 64
const READ_AT_ONCE = 64
/** Contents that are asked for before their turn: what is left of them is in memory. */
const AHEAD_MAX = 128
const DEPTH_AHEAD = 32
/** Ids that are remembered as given, so that little is given twice. */
const REMEMBERED = 200_000

/** Yields the objects that are in the mirror, with all that those own and the caller has not: first what was learned, from where it was kept. */
export async function* giveObjects(mirror: Mirror, { ids, learned }: { readonly ids: readonly ObjectId[]; readonly learned: Learned }, options: GetOptions): AsyncIterable<RemoteObject> {
  await flush(mirror)
  const carried = learned.isEmpty ? [] : ids.filter((id) => getCommit(mirror, id) !== undefined)
  const older = carried.length === 0 ? [] : yield* giveLearned(mirror, learned.give(carried, (id) => options.isHere(id)), options)
  const left = carried.length === 0 ? ids : [...ids.filter((id) => !carried.includes(id)), ...older]
  if (left.length > 0) yield* giveIndexed(mirror, left, options)
}

async function* giveLearned(mirror: Mirror, giving: ReturnType<Learned['give']>, options: GetOptions): AsyncGenerator<RemoteObject, readonly ObjectId[]> {
  for (;;) {
    const next = await giving.next()
    if (next.done === true) return next.value
    const { id, bytes, kind } = next.value
    if (mirror.index.receipts.has(id)) continue
    yield { id, bytes }
    const place = kind === 'large' ? mirror.index.getPlace(id) : undefined
    if (place?.is === 'file' && place.blob !== undefined) yield* giveChunks(startGiving(mirror, options), bytes, place.blob)
  }
}

function startGiving(mirror: Mirror, options: GetOptions): Giving {
  const given = createBoundedCache<ObjectId, true>({ limit: REMEMBERED })
  return { mirror, given, ahead: new Map(), looked: createBoundedCache({ limit: REMEMBERED }), isHere: (id) => given.peek(id) !== undefined || options.isHere(id) }
}

async function* giveIndexed(mirror: Mirror, ids: readonly ObjectId[], options: GetOptions): AsyncIterable<RemoteObject> {
  const giving = startGiving(mirror, options)
  const carried = ids.filter((id) => getCommit(mirror, id) !== undefined)
  yield* giveEach(giving, ids.filter((id) => getCommit(mirror, id) === undefined))
  if (carried.length === 0) return
  const commits = mirror.git.commits(commitsOf(mirror, carried), { known: commitsOf(mirror, options.have), order: 'children-first' })
  for await (const read of lookAhead(commits, COMMITS_AHEAD, (oid) => readCarried(giving, oid))) {
    for (const object of read) yield* giveOne(giving, object)
    // What nobody took was given otherwise.
    if (giving.ahead.size > AHEAD_MAX) giving.ahead.clear()
  }
}

interface Giving {
  readonly mirror: Mirror
  /** Contents that were asked for before their turn came. */
  readonly ahead: Map<ObjectId, Promise<Uint8Array | undefined>>
  /** Trees whose contents were asked for. */
  readonly looked: BoundedCache<ObjectId, true>
  readonly given: { set(id: ObjectId, value: true): void }
  isHere(id: ObjectId): boolean
}

function commitsOf(mirror: Mirror, ids: readonly ObjectId[]): readonly Oid[] {
  return ids.map((id) => getCommit(mirror, id)).filter((commit) => commit !== undefined)
}

/** Returns what a commit stands for, and the body of an ATOM: what is read ahead. */
async function readCarried(giving: Giving, commit: Oid): Promise<readonly RemoteObject[]> {
  const { mirror } = giving
  const id = mirror.index.getCarried(commit)
  const bytes = id === undefined ? undefined : await getObjectBytes(mirror, id)
  if (id === undefined || bytes === undefined) return []
  const object = openAny(bytes)
  if (object.kind === 'atom') readAhead(giving, object.value.tree, 0)
  const body = object.kind === 'atom' && isThere(mirror, object.value.body) ? await getObjectBytes(mirror, object.value.body) : undefined
  return [{ id, bytes }, ...(object.kind === 'atom' && body !== undefined ? [{ id: object.value.body, bytes: body }] : [])]
}

/** Asks for the small contents of a tree that nobody has yet. They are given in their turn, from here where they are still wanted. */
function readAhead(giving: Giving, tree: ObjectId, depth: number): void {
  const { mirror, ahead, looked } = giving
  if (depth > DEPTH_AHEAD || looked.peek(tree) !== undefined || giving.isHere(tree) || !isThere(mirror, tree)) return
  looked.set(tree, true)
  const object = openAs(treesOf(mirror).getObject(tree) ?? EMPTY_TREE.bytes, 'tree')
  for (const { id } of ownedLinks({ kind: 'tree', value: object })) {
    if (ahead.size > AHEAD_MAX) return
    if (!isRaw(id)) readAhead(giving, id, depth + 1)
    else if (!ahead.has(id) && !giving.isHere(id) && isThere(mirror, id)) {
      const reading = getObjectBytes(mirror, id)
      // Awaited in its turn, or never.
      reading.catch(() => undefined)
      ahead.set(id, reading)
    }
  }
}

/** Gives an object that was read, then what it owns that has no commit of its own. */
async function* giveOne(giving: Giving, { id, bytes }: RemoteObject): AsyncIterable<RemoteObject> {
  if (giving.isHere(id)) return
  const links = isRaw(id) ? [] : ownedLinks(openAny(bytes))
  const place = giving.mirror.index.getPlace(id)
  giving.given.set(id, true)
  yield { id, bytes }
  if (place?.is === 'file' && place.blob !== undefined) yield* giveChunks(giving, place.bytes, place.blob)
  else yield* giveEach(giving, links.map((link) => link.id).filter((link) => giving.mirror.index.getPlace(link)?.is !== 'carried' || place?.is !== 'carried'))
}

/** Gives objects by their ids, each with what it owns. */
async function* giveEach(giving: Giving, ids: readonly ObjectId[]): AsyncIterable<RemoteObject> {
  const { mirror } = giving
  for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
    const wanted = ids.slice(at, at + READ_AT_ONCE).filter((id) => !giving.isHere(id) && isThere(mirror, id))
    const read = await Promise.all(wanted.map(async (id) => ({ id, bytes: await take(giving, id) })))
    for (const { id, bytes } of read) {
      if (bytes === undefined) continue
      if (id === EMPTY_TREE.id) yield { id, bytes }
      else yield* giveOne(giving, { id, bytes })
    }
  }
}

async function take({ mirror, ahead }: Giving, id: ObjectId): Promise<Uint8Array | undefined> {
  const reading = ahead.get(id) ?? getObjectBytes(mirror, id)
  ahead.delete(id)
  return reading
}

/** Reads a large content once and gives its chunks. */
async function* giveChunks(giving: Giving, file: Uint8Array, blob: Oid): AsyncIterable<RemoteObject> {
  const { chunks } = openAs(file, 'file')
  if (chunks.every((chunk) => giving.isHere(chunk))) return
  let number = 0
  for await (const bytes of chunksOf(giving.mirror, blob)) {
    const id = chunks[number++]
    if (id === undefined || giving.isHere(id)) continue
    giving.given.set(id, true)
    yield { id, bytes }
  }
}

/** Yields a blob in parts of 1 MiB; the reading waits until somebody takes them. Left early, the rest is read and dropped: git's answers come one after the other. */
async function* chunksOf({ git }: Mirror, blob: Oid): AsyncIterable<Uint8Array> {
  const ready: Uint8Array[] = []
  const rest = { parts: [] as Uint8Array[], length: 0 }
  const state = { isDone: false, isLeft: false, wake: (): void => undefined, go: (): void => undefined }
  const reading = git.readBlob(blob, (bytes) => {
    if (state.isLeft) return undefined
    cutChunks(bytes, rest, ready)
    state.wake()
    return ready.length === 0 ? undefined : new Promise<void>((resolve) => { state.go = resolve })
  }).finally(() => {
    state.isDone = true
    state.wake()
  })
  reading.catch(() => undefined)
  try {
    while (!state.isDone || ready.length > 0) {
      const chunk = ready.shift()
      if (chunk !== undefined) {
        yield chunk
        continue
      }
      const woken = new Promise<void>((resolve) => { state.wake = resolve })
      state.go()
      await woken
    }
    await reading
    if (rest.length > 0) yield concatBytes(rest.parts)
  } finally {
    state.isLeft = true
    state.go()
  }
}

function cutChunks(bytes: Uint8Array, rest: { parts: Uint8Array[]; length: number }, ready: Uint8Array[]): void {
  for (let offset = 0; offset < bytes.length;) {
    const part = bytes.slice(offset, offset + CHUNK_BYTES - rest.length)
    rest.parts.push(part)
    rest.length += part.length
    offset += part.length
    if (rest.length < CHUNK_BYTES) continue
    ready.push(concatBytes(rest.parts))
    rest.parts = []
    rest.length = 0
  }
}
