/** Makes the commits of a mirror out of what was added to it. Each is a function of its object, of what that owns, and of the receipts. */
import { getText } from '../../base/bytes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { oidOf, withFolder, type GitObject, type Oid } from '../../git/git-object.js'
import type { AtomHeader } from '../../object/atom.js'
import { opReferences, ownedLinks } from '../../object/links.js'
import { openAny, openAs, type OpenedObject } from '../../object/open.js'
import { ATOM_FOLDER, encodeAbsent, layOutTrees, type AbsentFile, type Layout } from './atom-tree.js'
import { commitOfAtom, commitOfObject, ownName, type ShownTexts } from './commit-of.js'
import { fail, getContentBlob, getObjectBytes, isRaw, isThere, type Mirror } from './mirror.js'
import { gitFilesOf } from './mirror-tree.js'

export interface MadeCommit {
  readonly oid: Oid
  /** What has to be in the repository for it, without what the trees and blobs below it need: the commit last. */
  readonly objects: readonly GitObject[]
}

/** Returns the commit of an ATOM whose parents have theirs, and all else that it owns is there or forgotten. Throws `LINK_MISSING`. */
export async function makeAtomCommit(mirror: Mirror, id: ObjectId, { header, blob }: { readonly header: AtomHeader; readonly blob: Oid }): Promise<MadeCommit> {
  const parents = header.parents.map((parent) => getCommit(mirror, parent) ?? fail(parent, { id, role: 'parent' }))
  const body = await readBody(mirror, id, header)
  const files = await gitFilesOf(mirror, header.tree)
  const links = body === undefined ? {} : await linksOf(mirror, { id: header.body, object: body.object })
  const own = layOutTrees({
    atom: blob,
    ...(body !== undefined && { body: body.blob }),
    ...(files.absent.length > 0 && { absent: mirror.git.add({ type: 'blob', bytes: encodeAbsent(files.absent) }) }),
    ...some('link', links),
    ...some('rest', await restOf(mirror, { absent: files.absent, body: body?.object })),
  })
  const root: GitObject = { type: 'tree', bytes: withFolder(files.bytes, ATOM_FOLDER, own.oid) }
  const commit = commitOfAtom(id, header, { place: { tree: oidOf(root), parents }, texts: body === undefined ? undefined : await shownTexts(mirror, body.object) })
  return { oid: oidOf(commit), objects: [...own.objects, root, commit] }
}

/** Returns the commit that stands for an object, where one was made. */
export function getCommit({ index }: Mirror, id: ObjectId): Oid | undefined {
  const place = index.getPlace(id)
  return place?.is === 'carried' ? place.commit : undefined
}

function some(name: string, layout: Layout): Layout {
  return Object.keys(layout).length === 0 ? {} : { [name]: layout }
}

interface ReadBody { readonly blob: Oid; readonly object: OpenedObject }

async function readBody(mirror: Mirror, id: ObjectId, header: AtomHeader): Promise<ReadBody | undefined> {
  if (mirror.index.receipts.has(header.body)) return undefined
  const place = mirror.index.getPlace(header.body)
  if (place?.is !== 'blob' && place?.is !== 'carried') return fail(header.body, { id, role: 'body' })
  const object = mirror.bodies.peek(header.body)
  return { blob: place.blob, object: object ?? openAny(await getObjectBytes(mirror, header.body) ?? fail(header.body, { id, role: 'body' })) }
}

interface Linking { readonly id: ObjectId; readonly object: OpenedObject }

/** Returns the contents that an object links, by their number in the order of its links; those that were forgotten leave their number out. */
async function linksOf(mirror: Mirror, { id, object }: Linking): Promise<Layout> {
  const layout: { [number: string]: Oid | Layout } = {}
  for (const [number, link] of ownedLinks(object).entries()) {
    const laid = link.role === 'unknown' ? await unknownLink(mirror, id, link.id) : await getContentBlob(mirror, link.id, { id, role: link.role })
    if (laid !== undefined) layout[String(number)] = laid
  }
  return layout
}

/** What an object of an unknown kind links: a plain content, or a folder with the object and what it links in turn. What has a commit of its own is a parent. */
async function unknownLink(mirror: Mirror, owner: ObjectId, id: ObjectId): Promise<Oid | Layout | undefined> {
  const place = mirror.index.getPlace(id)
  if (mirror.index.receipts.has(id) || place?.is === 'carried') return undefined
  if (isRaw(id) || place?.is === 'file') return getContentBlob(mirror, id, { id: owner, role: 'unknown' })
  const bytes = await getObjectBytes(mirror, id)
  if (bytes === undefined) return fail(id, { id: owner, role: 'unknown' })
  const links: { [number: string]: Oid | Layout } = {}
  for (const [number, link] of ownedLinks(openAny(bytes)).entries()) {
    const laid = await unknownLink(mirror, id, link.id)
    if (laid !== undefined) links[String(number)] = laid
  }
  return { object: mirror.git.add({ type: 'blob', bytes }), ...some('link', links) }
}

/** Returns what is left of large contents of which a part was forgotten: their `file` objects and the other chunks, by id. */
async function restOf(mirror: Mirror, { absent, body }: { readonly absent: readonly AbsentFile[]; readonly body: OpenedObject | undefined }): Promise<Layout> {
  const rest: { [id: string]: Oid } = {}
  const linked = body === undefined ? [] : ownedLinks(body).map(({ id }) => id)
  for (const id of [...absent.map(({ link }) => link), ...linked]) {
    const place = mirror.index.getPlace(id)
    if (place?.is !== 'file' || place.blob !== undefined || mirror.index.receipts.has(id)) continue
    for (const part of [id, ...openAs(place.bytes, 'file').chunks]) {
      const bytes = isThere(mirror, part) ? await getObjectBytes(mirror, part) : undefined
      if (bytes !== undefined) rest[part] = mirror.git.add({ type: 'blob', bytes })
    }
  }
  return rest
}

async function shownTexts(mirror: Mirror, body: OpenedObject): Promise<ShownTexts> {
  if (body.kind !== 'body') return { title: `(a body of kind ${body.kind === 'unknown' ? body.name : body.kind})` }
  const { large, title, reason } = body.value
  const shown = async (field: 'title' | 'reason', text: string | undefined): Promise<string | undefined> => {
    const id = large?.[field]
    if (id === undefined) return text
    const blob = await getContentBlob(mirror, id, { id, role: 'content' })
    return blob === undefined ? undefined : getText(await readStart(mirror, blob))
  }
  const shownReason = reason === undefined ? undefined : await shown('reason', reason) ?? '(forgotten)'
  return { title: await shown('title', title), ...(shownReason !== undefined && { reason: shownReason }) }
}

/** More than any message shows of a text. */
const START_BYTES = 262_144

/** Returns the start of a text, cut at a character. */
async function readStart({ git }: Mirror, blob: Oid): Promise<Uint8Array> {
  const start = new Uint8Array(START_BYTES)
  let length = 0
  await git.readBlob(blob, (bytes) => {
    const part = bytes.subarray(0, START_BYTES - length)
    start.set(part, length)
    length += part.length
    return undefined
  })
  let end = length
  if (length === START_BYTES) while (end > 0 && ((start[end - 1] ?? 0) & 0xc0) === 0x80) end--
  return start.subarray(0, length === START_BYTES ? end - 1 : end)
}

/**
 * Makes the commit of any object, after those of the objects that it names and that have commits: for an op what it comes after and what it says that refs were and are. Without
 * recursion: a log is long. Returns the commit's id; throws `LINK_MISSING` where the object is not here.
 */
export async function ensureCommit(mirror: Mirror, id: ObjectId): Promise<Oid> {
  const stack: { readonly id: ObjectId; readonly object: OpenedObject; readonly blob: Oid; readonly names: readonly ObjectId[]; next: number }[] = []
  const enter = async (entered: ObjectId): Promise<void> => {
    const place = mirror.index.getPlace(entered)
    if (place?.is !== 'carried' || place.commit !== undefined) return
    const object = openAny(await getObjectBytes(mirror, entered) ?? fail(entered, { id, role: 'ref' }))
    stack.push({ id: entered, object, blob: place.blob, names: namedCarried(mirror, object), next: 0 })
  }
  await enter(id)
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const named = top.names[top.next++]
    if (named !== undefined) {
      await enter(named)
      continue
    }
    stack.pop()
    if (getCommit(mirror, top.id) === undefined) await carry(mirror, top)
  }
  return getCommit(mirror, id) ?? fail(id, { id, role: 'ref' })
}

/** Returns the objects named that have commits, in the order of the parents, each once. */
function namedCarried({ index }: Mirror, object: OpenedObject): readonly ObjectId[] {
  const named = [...ownedLinks(object).map(({ id }) => id), ...opReferences(object)]
  return [...new Set(named)].filter((id) => index.getPlace(id)?.is === 'carried')
}

async function carry(mirror: Mirror, carried: Linking & { readonly blob: Oid; readonly names: readonly ObjectId[] }): Promise<void> {
  const { id, blob } = carried
  const made = await makeCarrier(mirror, carried)
  for (const part of made.objects) mirror.git.add(part)
  mirror.index.setPlace(id, { is: 'carried', blob, commit: made.oid })
  mirror.index.setCarried(made.oid, id)
}

async function makeCarrier(mirror: Mirror, { id, object, blob, names }: Linking & { readonly blob: Oid; readonly names: readonly ObjectId[] }): Promise<MadeCommit> {
  const links = object.kind === 'unknown' ? await linksOf(mirror, { id, object }) : {}
  const own = layOutTrees({ [ATOM_FOLDER]: { [ownName(object)]: blob, ...some('link', links) } })
  const parents = names.map((name) => getCommit(mirror, name)).filter((commit) => commit !== undefined)
  const commit = commitOfObject(id, object, { tree: own.oid, parents })
  return { oid: oidOf(commit), objects: [...own.objects, commit] }
}
