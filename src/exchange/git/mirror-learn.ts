/**
 * Learns what commits that were fetched stand for. Only the folder `.atom` is believed, and only where everything in it and around it agrees: the files with the tree that the header names,
 * the commit's parents with the ATOM's, the body and the contents with their digests. Any other commit is somebody's own, and named so.
 */
import { isAtomError } from '../../base/errors.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import { GIT_FOLDER, type CommitHead, type GitEntry, type Oid } from '../../git/git-object.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks } from '../../object/links.js'
import { openAny, openAs, type OpenedObject } from '../../object/open.js'
import type { TreeEntry } from '../../object/tree.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { isAsMade } from './as-made.js'
import { ATOM_FOLDER, getAbsent, type AbsentFile } from './atom-tree.js'
import { Foreign, foreign } from './foreign.js'
import { learnBlob, type Learning } from './learn-blob.js'
import { keepFolder, learnEntries } from './learn-folder.js'
import type { Learned } from './learned.js'
import { getBlob } from './local-git.js'
import { flush, isFull, isRaw, type Mirror } from './mirror.js'
import { makeAtomCommit } from './mirror-commit.js'
import { readCommit, readTree, takeInHand, type CommitInHand, type OwnFolder, type ReadCommit, type Tree } from './read-commit.js'

/** What is to be learned, and where what was learned is kept for who asks next. */
export interface LearnRange {
  readonly tips: readonly Oid[]
  readonly known: readonly Oid[]
  readonly learned: Learned
}

/** Learns all commits that `tips` reach and `known` do not, parents first. Calls `count` after each. */
export async function learnCommits(mirror: Mirror, { tips, known, learned }: LearnRange, count: () => void): Promise<void> {
  const inHand = takeInHand(mirror, learned)
  const judge = async (): Promise<void> => {
    if (inHand.commit === '') return
    const carried = mirror.index.getCarried(inHand.commit) === undefined ? await learn(inHand) : undefined
    learned.close(carried?.id, carried?.parents ?? [])
    count()
    await flushLearned(mirror)
  }
  for await (const objects of mirror.git.history(tips, { known, isHere: (oid) => mirror.index.getContent(oid) !== undefined })) {
    for (const object of objects) {
      if (object.type === 'commit') {
        await judge()
        inHand.begin(object)
      } else inHand.take(object)
      if (!learned.isFull) continue
      await learned.write()
      await flushLearned(mirror)
    }
  }
  await judge()
}

/** What waits lives long enough to cost V8 three times its size. */
const LEARNED_RECORDS = 8_192
/** What a pack without objects takes, and then some. */
const NO_PACK_BYTES = 64

/** Writes what waits once it is much: sooner than elsewhere, as long as it is no pack that would be cut small. */
async function flushLearned(mirror: Mirror): Promise<void> {
  if (isFull(mirror) || (mirror.index.pending > LEARNED_RECORDS && mirror.git.pendingBytes < NO_PACK_BYTES)) await flush(mirror)
}

interface Carried { readonly id: ObjectId; readonly parents: readonly ObjectId[] }

/** Returns what a commit stands for; undefined where it is somebody's own. */
async function learn(inHand: CommitInHand): Promise<Carried | undefined> {
  const { commit, index } = inHand
  const { head, root, own } = await readCommit(inHand)
  try {
    if (own === undefined || head === undefined || root === undefined) throw new Foreign('it has no .atom folder')
    return own.name === 'atom' ? await learnAtom(inHand, { head, root, own }) : await learnCarrier(inHand, { head, root, own })
  } catch (error) {
    if (!(error instanceof Foreign) && !isAtomError(error, 'CBOR_INVALID') && !isAtomError(error, 'OBJECT_INVALID') && !isAtomError(error, 'KIND_UNKNOWN')) throw error
    index.setForeign(commit, JSON.stringify({ reason: error.message, subject: head?.subject ?? '' }))
    return undefined
  }
}

type Complete = { readonly [Part in keyof ReadCommit]-?: NonNullable<ReadCommit[Part]> }

async function learnAtom(inHand: CommitInHand, read: Complete): Promise<Carried> {
  const { commit, index } = inHand
  const { head, root, own } = read
  const header = openAs(own.bytes, 'atom')
  const id = idOf(own.bytes, 'dag-cbor')
  checkParents(inHand, header, head)
  const absentEntry = own.entries.get('absent')
  const absentBytes = absentEntry === undefined ? undefined : await getBlob(inHand.git, absentEntry.oid)
  const absent = absentBytes === undefined ? [] : getAbsent(absentBytes) ?? foreign('its list of absent files cannot be read')
  const files = await learnEntries(inHand, { entries: new Map([...root].filter(([name]) => name !== ATOM_FOLDER)), absent, path: '' })
  if (keepRoot(inHand, files, absent) !== header.tree) throw new Foreign('its files are not those of its ATOM')
  const body = await learnBody(inHand, header, own)
  await learnRest(inHand, own)
  inHand.keep(id, own.bytes, 'whole')
  // What it would be if it were made here, now: another one where a receipt came after it.
  const known = index.getPlace(id)
  if (known?.is !== 'carried' || known.commit === undefined) {
    const made = await isAsMade(inHand, { id, header, body, read, files }) ? commit : await remake(inHand, { id, header, blob: own.blob })
    index.setPlace(id, { is: 'carried', blob: own.blob, commit: made })
    if (made !== commit) index.setCarried(made, id)
  }
  index.setCarried(commit, id)
  return { id, parents: header.parents }
}

function keepRoot(inHand: CommitInHand, files: ReadonlyMap<string, TreeEntry>, absent: readonly AbsentFile[]): ObjectId {
  if (files.size > 0) return keepFolder(inHand, files, { absent, git: undefined }).id
  inHand.keep(EMPTY_TREE.id, EMPTY_TREE.bytes, 'whole')
  return EMPTY_TREE.id
}

async function remake(inHand: CommitInHand, { id, header, blob }: { readonly id: ObjectId; readonly header: AtomHeader; readonly blob: Oid }): Promise<Oid> {
  try {
    const made = await makeAtomCommit(inHand, id, { header, blob })
    if (made.oid !== inHand.commit) for (const part of made.objects) inHand.git.add(part)
    return made.oid
  } catch (error) {
    throw isAtomError(error, 'LINK_MISSING') ? new Foreign('something that its ATOM owns is not in it') : error
  }
}

function checkParents({ index }: Mirror, header: AtomHeader, head: CommitHead): void {
  const parents = head.parents.map((parent) => index.getCarried(parent))
  if (parents.length === header.parents.length && header.parents.every((parent, at) => parents[at] === parent)) return
  throw new Foreign(parents.includes(undefined) ? 'it comes after a commit that atom did not make' : 'it does not come after what its ATOM names')
}

async function learnBody(learning: Learning, header: AtomHeader, own: OwnFolder): Promise<OpenedObject | undefined> {
  if (own.body === undefined) return undefined
  if (idOf(own.body, 'dag-cbor') !== header.body) throw new Foreign('its body is not that of its ATOM')
  const body = openAny(own.body)
  await learnLinks(learning, body, own.entries)
  learning.index.setPlace(header.body, { is: 'blob', blob: own.entries.get('body')?.oid ?? foreign('it has no body') })
  learning.keep(header.body, own.body, 'whole')
  return body
}

/** Learns what the object in a folder links: `link/<n>` beside it. */
async function learnLinks(learning: Learning, object: OpenedObject, folder: Tree): Promise<void> {
  const entry = folder.get('link')
  if (entry === undefined) return
  const links = await readTree(learning, entry.oid) ?? foreign('its links cannot be read')
  for (const [number, { id }] of ownedLinks(object).entries()) {
    const link = links.get(String(number))
    if (link !== undefined) await learnLink(learning, link, id)
  }
}

async function learnLink(learning: Learning, link: GitEntry, id: ObjectId): Promise<void> {
  if (link.mode !== GIT_FOLDER) {
    if (await learnBlob(learning, link.oid) !== id) throw new Foreign('a content is not what its body links')
    return
  }
  const folder = await readTree(learning, link.oid)
  const blob = folder?.get('object')?.oid
  const bytes = blob === undefined ? undefined : await getBlob(learning.git, blob)
  if (folder === undefined || blob === undefined || bytes === undefined || isRaw(id) || idOf(bytes, 'dag-cbor') !== id) throw new Foreign('an object is not what links it')
  const object = openAny(bytes)
  await learnLinks(learning, object, folder)
  const { kind } = object
  learning.index.setPlace(id, kind === 'tree' ? { is: 'tree', bytes, git: undefined } : kind === 'body' ? { is: 'blob', blob } : { is: 'carried', blob, commit: undefined })
}

/** What is left of contents of which a part was forgotten. */
async function learnRest(mirror: Mirror, own: OwnFolder): Promise<void> {
  const entry = own.entries.get('rest')
  for (const [name, { oid }] of entry === undefined ? [] : await readTree(mirror, entry.oid) ?? []) {
    const bytes = await getBlob(mirror.git, oid)
    const codec = name.startsWith('55') ? 'raw' : 'dag-cbor'
    if (bytes === undefined || idOf(bytes, codec) !== name) throw new Foreign('a part of a content is not what it says')
    if (mirror.index.getPlace(name as ObjectId) === undefined) mirror.index.setPlace(name as ObjectId, codec === 'raw' ? { is: 'blob', blob: oid } : { is: 'file', bytes, blob: undefined })
  }
}

/** A commit that carries an op, a tag, a receipt or what this program does not know. */
async function learnCarrier(inHand: CommitInHand, { head, own }: Complete): Promise<Carried> {
  const { commit, index } = inHand
  const object = openAny(own.bytes)
  const expected = object.kind === 'op' || object.kind === 'tag' || object.kind === 'receipt' ? object.kind : 'object'
  if (own.name !== expected || object.kind === 'atom') throw new Foreign(`its .atom/${own.name} is another kind`)
  const id = idOf(own.bytes, 'dag-cbor')
  await learnLinks(inHand, object, own.entries)
  inHand.keep(id, own.bytes, 'whole')
  const known = index.getPlace(id)
  if (known?.is !== 'carried' || known.commit === undefined) index.setPlace(id, { is: 'carried', blob: own.blob, commit })
  index.setCarried(commit, id)
  return { id, parents: head.parents.flatMap((parent) => index.getCarried(parent) ?? []) }
}
