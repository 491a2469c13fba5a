/** Learns what folders of git are as trees of a trail. */
import { getGitTree, GIT_FOLDER, type GitEntry, type Oid } from '../../git/git-object.js'
import { getTreeChanges } from '../../git/tree-changes.js'
import type { ObjectId } from '../../codec/object-id.js'
import { getPackedEntry, isOverfull, type PackedTree } from '../../object/packed-tree.js'
import type { SealedObject } from '../../object/seal.js'
import { EXECUTABLE_MODE, FILE_MODE, FOLDER_MODE, SYMLINK_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'
import { EMPTY_TREE } from '../../tree/read.js'
import { isFolderAsMade } from './as-made.js'
import type { AbsentFile } from './atom-tree.js'
import { unescapeName } from './escape-name.js'
import { Foreign, foreign } from './foreign.js'
import { learnBlob, type Learning } from './learn-blob.js'
import { isRaw } from './mirror.js'
import type { GitTreePlace } from './mirror-index.js'
import { packEntries, sealFolder, sealPacked } from './seal-folder.js'

export interface Folder {
  /** Where it is, from the root. */
  readonly path: string
  readonly entries: ReadonlyMap<string, GitEntry>
  /** Paths below the folder. */
  readonly absent: readonly AbsentFile[]
  /** The git tree, where it is one as it stands. */
  readonly git: Oid | undefined
}

/** Returns our tree of a folder in git. */
async function learnFolder(learning: Learning, folder: Omit<Folder, 'entries'>): Promise<ObjectId> {
  const { absent, git } = folder
  if (git === undefined) return (await learnEach(learning, { ...folder, entries: new Map() })).id
  const known = absent.length > 0 ? undefined : learning.index.getContent(git)
  if (known !== undefined && !isRaw(known)) return known
  const object = await learning.git.getObject(git)
  const bytes = object?.type === 'tree' ? object.bytes : foreign('a folder cannot be read')
  if (absent.length > 0 || learning.index.receipts.size > 0) return (await learnEach(learning, { ...folder, entries: readEntries(bytes) })).id
  const { id, packed } = await learnChanges(learning, { ...folder, git, bytes }) ?? await learnEach(learning, { ...folder, entries: readEntries(bytes) })
  if (packed !== undefined) learning.folders.set(folder.path, { git: new Uint8Array(bytes), packed })
  return id
}

function readEntries(bytes: Uint8Array): ReadonlyMap<string, GitEntry> {
  return getGitTree(bytes) ?? foreign('a folder cannot be read')
}

async function learnEach(learning: Learning, folder: Folder): Promise<KeptFolder> {
  const found = await learnEntries(learning, folder)
  return found.size === 0 ? { id: EMPTY_TREE.id, packed: undefined } : keepFolder(learning, found, folder)
}

/** Learns a folder of which an earlier state is known by what changed. undefined: all of it has to be looked at. */
async function learnChanges(learning: Learning, { path, git, bytes }: { readonly path: string; readonly git: Oid; readonly bytes: Uint8Array }): Promise<KeptFolder | undefined> {
  const before = learning.folders.peek(path)
  const changes = before === undefined ? undefined : getTreeChanges(before.git, bytes)
  if (before === undefined || changes === undefined) return undefined
  const next = new Map<string, TreeEntry | undefined>()
  for (const [escaped, { mode }] of changes.removed) next.set(unescapeName(escaped, mode as EntryMode) ?? foreign('a name is none that atom writes'), undefined)
  for (const [name, entry] of await learnEntries(learning, { entries: changes.added, absent: [], path })) {
    // Where it stands twice, all of it shows that.
    if (!next.has(name) && getPackedEntry(before.packed, name) !== undefined) return undefined
    next.set(name, entry)
  }
  const packed = packEntries(before.packed, next)
  if (packed.count === 0 || isOverfull(packed)) return undefined
  const { root, objects } = sealPacked(packed)
  keepTrees(learning, objects, { id: root, place: { oid: git, absent: [] } })
  learning.index.setContent(git, root)
  return { id: root, packed }
}

/** Returns what the entries of a git tree are, and those below it that are absent. */
export async function learnEntries(learning: Learning, { entries, absent, path }: Omit<Folder, 'git'>): Promise<ReadonlyMap<string, TreeEntry>> {
  const below = byFirstName(absent)
  const found = new Map<string, TreeEntry>()
  for (const [escaped, entry] of entries) {
    const name = unescapeName(escaped, entry.mode as EntryMode) ?? foreign(`the name ${escaped.slice(0, 80)} is none that atom writes`)
    if (found.has(name)) throw new Foreign('two of its files have one name')
    found.set(name, await learnEntry(learning, entry, { absent: below.get(name) ?? [], path: `${path}/${name}` }))
  }
  for (const [name, files] of below) if (found.get(name)?.mode !== FOLDER_MODE) found.set(name, found.has(name) ? foreign('an absent file is there') : await absentEntry(learning, files))
  return found
}

export interface KeptFolder {
  readonly id: ObjectId
  /** Where it is not split. */
  readonly packed: PackedTree | undefined
}

/** Seals a folder that is not empty and notes which git tree it is, where that is the one that would be made now. */
export function keepFolder(learning: Learning, found: ReadonlyMap<string, TreeEntry>, { absent, git }: Pick<Folder, 'absent' | 'git'>): KeptFolder {
  const { index } = learning
  const { root, objects, packed } = sealFolder(found)
  keepTrees(learning, objects, { id: root, place: git !== undefined && isFolderAsMade(index, found) ? { oid: git, absent } : undefined })
  if (git !== undefined && absent.length === 0) index.setContent(git, root)
  return { id: root, packed }
}

function keepTrees({ index, keep }: Learning, objects: readonly SealedObject[], root: { readonly id: ObjectId; readonly place: GitTreePlace | undefined }): void {
  for (const { id, bytes } of objects) {
    const place = id === root.id ? root.place : undefined
    const known = index.getPlace(id)
    if (known === undefined) keep(id, bytes, 'whole')
    if (known === undefined || place !== undefined) index.setPlace(id, { is: 'tree', bytes, git: place })
  }
}

async function learnEntry(learning: Learning, { mode, oid }: GitEntry, { absent, path }: Pick<Folder, 'absent' | 'path'>): Promise<TreeEntry> {
  if (mode === GIT_FOLDER) return { mode: FOLDER_MODE, link: await learnFolder(learning, { path, absent, git: oid }) }
  if (mode === FILE_MODE || mode === EXECUTABLE_MODE || mode === SYMLINK_MODE) return { mode, link: await learnBlob(learning, oid) ?? foreign('a file cannot be read') }
  throw new Foreign(`the mode ${mode.toString(8)} is none that atom writes`)
}

/** What stands under a name of which git has nothing: one absent file, or a folder of them. */
async function absentEntry(learning: Learning, files: readonly AbsentFile[]): Promise<TreeEntry> {
  const [file] = files
  if (file?.path === '') return { mode: file.mode, link: file.link }
  return { mode: FOLDER_MODE, link: await learnFolder(learning, { path: '', absent: files, git: undefined }) }
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
