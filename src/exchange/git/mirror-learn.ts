/**
 * Learns what commits that were fetched stand for. Only the folder `.atom` is believed, and only where everything in it and around it agrees: the files with the tree that the header names,
 * the commit's parents with the ATOM's, the body and the contents with their digests. Any other commit is somebody's own, and named so.
 */
import { isAtomError } from '../../base/errors.js'
import { lookAhead } from '../../base/look-ahead.js'
import { idOf, type ObjectId } from '../../codec/object-id.js'
import { GIT_FOLDER, type CommitHead, type GitEntry, type Oid } from '../../git/git-object.js'
import type { AtomHeader } from '../../object/atom.js'
import { ownedLinks } from '../../object/links.js'
import { openAny, openAs } from '../../object/open.js'
import { EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, SYMLINK_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { ATOM_FOLDER, getAbsent, type AbsentFile } from './atom-tree.js'
import { unescapeName } from './escape-name.js'
import { learnBlob } from './learn-blob.js'
import { getBlob } from './local-git.js'
import { flushWhenFull, isRaw, type Mirror } from './mirror.js'
import { makeAtomCommit } from './mirror-commit.js'
import { readCommit, readingAhead, readTree, readTreeOnce, type Ahead, type OwnFolder, type ReadCommit } from './read-commit.js'
import { sealFolder } from './seal-folder.js'

const AHEAD = 64

/** Learns all commits that `tips` reach and `known` do not, parents first. Calls `count` after each. */
export async function learnCommits(mirror: Mirror, range: { readonly tips: readonly Oid[]; readonly known: readonly Oid[] }, count: () => void): Promise<void> {
  const unknown = async function* (): AsyncIterable<Oid> {
    for await (const commit of mirror.git.commits(range.tips, { known: range.known, order: 'parents-first' })) if (mirror.index.getCarried(commit) === undefined) yield commit
  }
  const learning = readingAhead(mirror)
  for await (const read of lookAhead(unknown(), AHEAD, (commit) => readCommit(learning, commit))) {
    await learn(learning, read)
    count()
    await flushWhenFull(mirror)
  }
}

/** Why a commit is somebody's own. Never leaves this file. */
class Foreign extends Error {}

async function learn(mirror: Mirror & Ahead, read: ReadCommit): Promise<void> {
  try {
    if (read.own === undefined || read.head === undefined || read.root === undefined) throw new Foreign('it has no .atom folder')
    const learned = { commit: read.commit, head: read.head, root: read.root, own: read.own }
    if (read.own.name === 'atom') await learnAtom(mirror, learned)
    else await learnCarrier(mirror, learned)
  } catch (error) {
    if (!(error instanceof Foreign) && !isAtomError(error, 'CBOR_INVALID') && !isAtomError(error, 'OBJECT_INVALID') && !isAtomError(error, 'KIND_UNKNOWN')) throw error
    mirror.index.setForeign(read.commit, JSON.stringify({ reason: error.message, subject: read.head?.subject ?? '' }))
  }
}

interface Learned { readonly commit: Oid; readonly head: CommitHead; readonly root: ReadonlyMap<string, GitEntry>; readonly own: OwnFolder }

async function learnAtom(mirror: Mirror & Ahead, { commit, head, root, own }: Learned): Promise<void> {
  const header = openAs(own.bytes, 'atom')
  const id = idOf(own.bytes, 'dag-cbor')
  checkParents(mirror, header, head)
  const absentEntry = own.entries.get('absent')
  const absentBytes = absentEntry === undefined ? undefined : await getBlob(mirror.git, absentEntry.oid)
  const absent = absentBytes === undefined ? [] : getAbsent(absentBytes) ?? foreign('its list of absent files cannot be read')
  const files = new Map([...root].filter(([name]) => name !== ATOM_FOLDER))
  const tree = await learnEntries(mirror, { entries: files, absent, git: undefined })
  if (tree !== header.tree) throw new Foreign('its files are not those of its ATOM')
  await learnBody(mirror, header, own)
  await learnRest(mirror, own)
  // What it would be if it were made here, now: another one where a receipt came after it.
  const known = mirror.index.getPlace(id)
  if (known?.is !== 'carried' || known.commit === undefined) {
    const made = await makeAtomCommit(mirror, id, { header, blob: own.blob })
    if (made.oid !== commit) for (const part of made.objects) mirror.git.add(part)
    mirror.index.setPlace(id, { is: 'carried', blob: own.blob, commit: made.oid })
    mirror.index.setCarried(made.oid, id)
  }
  mirror.index.setCarried(commit, id)
}

function checkParents({ index }: Mirror, header: AtomHeader, head: CommitHead): void {
  const parents = head.parents.map((parent) => index.getCarried(parent))
  if (parents.length === header.parents.length && header.parents.every((parent, at) => parents[at] === parent)) return
  throw new Foreign(parents.includes(undefined) ? 'it comes after a commit that atom did not make' : 'it does not come after what its ATOM names')
}

function foreign(reason: string): never {
  throw new Foreign(reason)
}

async function learnBody(mirror: Mirror, header: AtomHeader, own: OwnFolder): Promise<void> {
  if (own.body === undefined) return
  if (idOf(own.body, 'dag-cbor') !== header.body) throw new Foreign('its body is not that of its ATOM')
  await learnLinks(mirror, own.body, own.entries)
  mirror.index.setPlace(header.body, { is: 'blob', blob: own.entries.get('body')?.oid ?? foreign('it has no body') })
}

/** Learns what the object in a folder links: `link/<n>` beside it. */
async function learnLinks(mirror: Mirror, bytes: Uint8Array, folder: ReadonlyMap<string, GitEntry>): Promise<void> {
  const entry = folder.get('link')
  if (entry === undefined) return
  const links = await readTree(mirror, entry.oid) ?? foreign('its links cannot be read')
  for (const [number, { id }] of ownedLinks(openAny(bytes)).entries()) {
    const link = links.get(String(number))
    if (link !== undefined) await learnLink(mirror, link, id)
  }
}

async function learnLink(mirror: Mirror, link: GitEntry, id: ObjectId): Promise<void> {
  if (link.mode !== GIT_FOLDER) {
    if (await learnBlob(mirror, link.oid) !== id) throw new Foreign('a content is not what its body links')
    return
  }
  const folder = await readTree(mirror, link.oid)
  const blob = folder?.get('object')?.oid
  const bytes = blob === undefined ? undefined : await getBlob(mirror.git, blob)
  if (folder === undefined || blob === undefined || bytes === undefined || isRaw(id) || idOf(bytes, 'dag-cbor') !== id) throw new Foreign('an object is not what links it')
  await learnLinks(mirror, bytes, folder)
  const { kind } = openAny(bytes)
  mirror.index.setPlace(id, kind === 'tree' ? { is: 'tree', bytes, git: undefined } : kind === 'body' ? { is: 'blob', blob } : { is: 'carried', blob, commit: undefined })
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
async function learnCarrier(mirror: Mirror, { commit, own }: Learned): Promise<void> {
  const object = openAny(own.bytes)
  const expected = object.kind === 'op' || object.kind === 'tag' || object.kind === 'receipt' ? object.kind : 'object'
  if (own.name !== expected || object.kind === 'atom') throw new Foreign(`its .atom/${own.name} is another kind`)
  const id = idOf(own.bytes, 'dag-cbor')
  await learnLinks(mirror, own.bytes, own.entries)
  const known = mirror.index.getPlace(id)
  if (known?.is !== 'carried' || known.commit === undefined) mirror.index.setPlace(id, { is: 'carried', blob: own.blob, commit })
  mirror.index.setCarried(commit, id)
}

interface Folder {
  readonly entries: ReadonlyMap<string, GitEntry>
  /** Paths below the folder. */
  readonly absent: readonly AbsentFile[]
  /** The git tree, where it is one as it stands. */
  readonly git: Oid | undefined
}

/** Returns our tree of a folder in git. */
async function learnFolder(mirror: Mirror & Ahead, oid: Oid | undefined, absent: readonly AbsentFile[]): Promise<ObjectId> {
  const known = oid === undefined || absent.length > 0 ? undefined : mirror.index.getContent(oid)
  if (known !== undefined && !isRaw(known)) return known
  const entries = oid === undefined ? new Map<string, GitEntry>() : await readTreeOnce(mirror, oid) ?? foreign('a folder cannot be read')
  return learnEntries(mirror, { entries, absent, git: oid })
}

async function learnEntries(mirror: Mirror & Ahead, { entries, absent, git }: Folder): Promise<ObjectId> {
  const below = byFirstName(absent)
  const found = new Map<string, TreeEntry>()
  for (const [escaped, entry] of entries) {
    const name = unescapeName(escaped, entry.mode as EntryMode) ?? foreign(`the name ${escaped.slice(0, 80)} is none that atom writes`)
    found.set(name, await learnEntry(mirror, entry, below.get(name) ?? []))
  }
  for (const [name, files] of below) if (found.get(name)?.mode !== FOLDER_MODE) found.set(name, found.has(name) ? foreign('an absent file is there') : await absentEntry(mirror, files))
  return found.size === 0 ? EMPTY_TREE.id : keepFolder(mirror, found, { absent, git })
}

/** Seals a folder and notes which git tree it is, where that is the one that would be made now. */
function keepFolder(mirror: Mirror, found: ReadonlyMap<string, TreeEntry>, { absent, git }: Omit<Folder, 'entries'>): ObjectId {
  const { root, objects } = sealFolder(found)
  for (const { id, bytes } of objects) if (mirror.index.getPlace(id) === undefined) mirror.index.setPlace(id, { is: 'tree', bytes, git: undefined })
  if (git !== undefined && absent.length === 0) mirror.index.setContent(git, root)
  if (git !== undefined && isAsMade(mirror, found)) mirror.index.setPlace(root, { is: 'tree', bytes: objects.at(-1)?.bytes ?? EMPTY_TREE.bytes, git: { oid: git, absent } })
  return root
}

async function learnEntry(mirror: Mirror & Ahead, { mode, oid }: GitEntry, absent: readonly AbsentFile[]): Promise<TreeEntry> {
  if (mode === GIT_FOLDER) return { mode: FOLDER_MODE, link: await learnFolder(mirror, oid, absent) }
  if (mode === FILE_MODE || mode === EXECUTABLE_MODE || mode === SYMLINK_MODE) return { mode, link: await learnBlob(mirror, oid) ?? foreign('a file cannot be read') }
  throw new Foreign(`the mode ${mode.toString(8)} is none that atom writes`)
}

/** What stands under a name of which git has nothing: one absent file, or a folder of them. */
async function absentEntry(mirror: Mirror & Ahead, files: readonly AbsentFile[]): Promise<TreeEntry> {
  const [file] = files
  if (file?.path === '') return { mode: file.mode, link: file.link }
  return { mode: FOLDER_MODE, link: await learnFolder(mirror, undefined, files) }
}

/** Tells whether the git tree is the one that would be made now: nothing in it was forgotten since. */
function isAsMade({ index }: Mirror, entries: ReadonlyMap<string, TreeEntry>): boolean {
  if (index.receipts.size === 0) return true
  return [...entries.values()].every(({ mode, link }) => {
    if (mode !== FOLDER_MODE) return !index.receipts.has(link)
    const place = index.getPlace(link)
    return place?.is === 'tree' && place.git !== undefined
  })
}

/** Groups absent files by the first part of their paths; what is left of the path is '' for a file in the folder itself. */
function byFirstName(absent: readonly AbsentFile[]): ReadonlyMap<string, readonly AbsentFile[]> {
  const groups = new Map<string, AbsentFile[]>()
  for (const file of absent) {
    const slash = file.path.indexOf('/')
    const name = slash === -1 ? file.path : file.path.slice(0, slash)
    const rest = { ...file, path: slash === -1 ? '' : file.path.slice(slash + 1) }
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [rest])
    else group.push(rest)
  }
  return groups
}
