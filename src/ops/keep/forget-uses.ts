/** Who shares the bytes that are to be erased: every ATOM and path, found by reading all objects once or twice. */
import { isAtomError } from '../../base/errors.js'
import { getText } from '../../base/bytes.js'
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { getObjectKeyId, rangeOf, seqInKey } from '../../store/keys.js'
import { readLogState } from '../../refs/log-state.js'
import type { Transaction } from '../../refs/transaction.js'
import { getObjectAs, readObject } from '../../store/objects.js'
import { diffTrees } from '../../tree/diff.js'
import { EMPTY_TREE, getEntry } from '../../tree/read.js'
import type { Repo } from '../repo.js'

/** One place where erased bytes are part of an ATOM. */
export interface Use {
  readonly atomId: string
  readonly object: Digest
  /** The tracked path; absent for a body and what belongs to it. */
  readonly path?: string
  /** What of the body it is: `title`, `evidence build.log`, `metadata.note`, or the body whole. */
  readonly part?: string
}

/** Returns the ATOMs that brought a content to a path, and those whose evidence or body values it is. */
export async function usesOfContent(repo: Repo, content: ObjectId): Promise<readonly Use[]> {
  const names = new Set<string>()
  const parts = new Map<ObjectId, readonly string[]>()
  await eachObject(repo, (id, object) => {
    if (object.kind === 'tree' && object.value.is === 'entries') for (const [name, entry] of object.value.entries) if (entry.link === content) names.add(name)
    if (object.kind === 'body') {
      const found = partsLinking(object.value, content)
      if (found.length > 0) parts.set(id, found)
    }
  })
  const uses: Use[] = names.size === 0 ? [] : [...await pathUses(repo, content, names)]
  if (parts.size > 0) {
    for (const { id, header } of await atomsWithBodies(repo, new Set(parts.keys()))) {
      for (const part of parts.get(header.body) ?? []) uses.push({ atomId: header.atomId, object: digestOf(id), part })
    }
  }
  return uses
}

/** Returns the ATOMs of a body: more than one only where imports without salt say the same. */
export async function usesOfBody(repo: Repo, body: ObjectId): Promise<readonly Use[]> {
  return (await atomsWithBodies(repo, new Set([body]))).map(({ id, header }) => ({ atomId: header.atomId, object: digestOf(id), part: 'body' }))
}

export interface Arrived {
  /** ATOMs whose body is erased. */
  readonly uses: readonly Use[]
  /** Parts to drop that something else links to by now. */
  readonly linked: ReadonlySet<ObjectId>
}

/** Returns what the ATOMs from a number on have to do with what is erased. Reads each of them: there are few. */
export function arrivedSince(tx: Transaction, first: number, { erase, drop }: { readonly erase: readonly ObjectId[]; readonly drop: readonly ObjectId[] }): Arrived {
  const uses: Use[] = []
  const linked = new Set<ObjectId>()
  for (let seq = first; seq < readLogState(tx).atoms; seq++) {
    const { id, digest, atomId } = tx.index.node(seq)
    const header = getObjectAs(tx, id, 'atom')
    if (header === undefined) continue
    const isErased = erase.includes(header.body)
    if (isErased) uses.push({ atomId, object: digest, part: 'body' })
    const links = drop.length === 0 ? [] : [...(isErased ? [] : bodyLinks(tx, header.body)), ...newContents(tx, header)]
    for (const link of links) if (drop.includes(link)) linked.add(link)
  }
  return { uses, linked }
}

function newContents(tx: Transaction, { parents: [parent], tree }: AtomHeader): readonly ObjectId[] {
  const before = parent === undefined ? EMPTY_TREE.id : readObject(tx, parent, 'atom').tree
  return diffTrees(tx, before, tree).flatMap(({ after }) => after?.link ?? [])
}

function bodyLinks(tx: Transaction, body: ObjectId): readonly ObjectId[] {
  const value = getObjectAs(tx, body, 'body')
  return value === undefined ? [] : linksOf({ kind: 'body', value })
}

/** Returns which of these objects something else than `except` links to. */
export async function alsoLinked(repo: Repo, ids: ReadonlySet<ObjectId>, except: ReadonlySet<ObjectId>): Promise<ReadonlySet<ObjectId>> {
  const found = new Set<ObjectId>()
  if (ids.size === 0) return found
  await eachObject(repo, (id, object) => {
    if (except.has(id)) return
    for (const linked of linksOf(object)) if (ids.has(linked)) found.add(linked)
  })
  return found
}

function linksOf(object: OpenedObject): readonly ObjectId[] {
  if (object.kind === 'tree') return object.value.is === 'entries' ? [...object.value.entries.values()].map(({ link }) => link) : []
  if (object.kind === 'file') return object.value.chunks
  if (object.kind !== 'body') return []
  return [...Object.values(object.value.large ?? {}), ...(object.value.evidence ?? []).flatMap(({ content }) => content ?? [])]
}

function partsLinking(body: Body, content: ObjectId): readonly string[] {
  const values = Object.entries(body.large ?? {}).flatMap(([field, id]) => id === content ? [field] : [])
  const evidence = (body.evidence ?? []).flatMap((item) => item.content === content ? [`evidence ${item.name}`] : [])
  return [...values, ...evidence]
}

async function atomsWithBodies(repo: Repo, bodies: ReadonlySet<ObjectId>): Promise<readonly { readonly id: ObjectId; readonly header: AtomHeader }[]> {
  const found: { readonly id: ObjectId; readonly header: AtomHeader }[] = []
  await eachObject(repo, (id, object) => {
    if (object.kind === 'atom' && bodies.has(object.value.body)) found.push({ id, header: object.value })
  })
  return found
}

/** The path index names every ATOM that changed a path: those of fitting names are looked at. */
async function pathUses(repo: Repo, content: ObjectId, names: ReadonlySet<string>): Promise<readonly Use[]> {
  const uses: Use[] = []
  for await (const list of repo.store.scan(rangeOf('path'))) {
    repo.signal.throwIfAborted()
    for (const [key] of list) {
      const path = getText(key.subarray(1, key.length - 5)) ?? ''
      if (!names.has(path.slice(path.lastIndexOf('/') + 1))) continue
      const { id, atomId, digest } = repo.index.node(seqInKey(key))
      const header = getObjectAs(repo.objects, id, 'atom')
      if (header !== undefined && getEntry(repo.objects, header.tree, path)?.link === content) uses.push({ atomId, object: digest, path })
    }
  }
  return uses
}

async function eachObject(repo: Repo, visit: (id: ObjectId, object: OpenedObject) => void): Promise<void> {
  let scanned = 0
  for await (const list of repo.store.scan(rangeOf('object'))) {
    repo.signal.throwIfAborted()
    repo.reporter.progress('looking for uses', scanned += list.length)
    for (const [key, bytes] of list) {
      const id = key[1] === 0x71 ? getObjectKeyId(key) : undefined
      const object = id === undefined ? undefined : readable(bytes)
      if (id !== undefined && object !== undefined) visit(id, object)
    }
  }
}

function readable(bytes: Uint8Array): OpenedObject | undefined {
  try {
    return openAny(bytes)
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}
