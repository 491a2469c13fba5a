/** `ls-tree`: the entries of a tree: of an ATOM, of a folder in it, or everything below. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { FOLDER_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'
import { resolveObject } from '../../history/resolve.js'
import { openAny } from '../../object/open.js'
import { notFound, readObject } from '../../store/objects.js'
import { contentSizeBytes } from '../../store/content.js'
import { getEntry, readFolder, walkTree } from '../../tree/read.js'
import { displayPath, pathSeenFrom, pathTypedIn } from '../../tree/scope.js'
import { compareText } from '../../base/bytes.js'
import { checkInput, filledText, flag, oneOf, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface LsTreeInput {
  /** A revision, a `REV:path` or a tree. */
  readonly tree: string
  /** Only at or below these: from where `from` says, in a tree that is not an ATOM's from its top. */
  readonly paths: readonly string[]
  readonly recursive: boolean
  /** Folders alone. */
  readonly folders: boolean
  readonly sizes: boolean
  /** `here`: what is in the folder of the project that the user stands in, as git does. Default: the project's root. */
  readonly from?: 'root' | 'here' | undefined
}

export interface TreeItem {
  readonly mode: EntryMode
  readonly type: 'file' | 'tree'
  readonly object: ObjectId
  /** As people see it, from the project's root. */
  readonly path: string
  /** From where the user stands; absent where that is the same. */
  readonly seen?: string
  /** Of a file, where asked for; absent for what was forgotten. */
  readonly sizeBytes?: number | undefined
}

export const lsTree: Operation<LsTreeInput, TreeItem> = {
  name: 'ls-tree',
  summary: 'List the files of a tree',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS', 'USAGE'],
  check: checkInput<LsTreeInput>({ tree: filledText, paths: someOf(filledText), recursive: flag, folders: flag, sizes: flag, from: optional(oneOf('root', 'here')) }),
  run: listTree,
}

export function treeItem(path: string, { mode, link }: TreeEntry): TreeItem {
  return { mode, type: mode === FOLDER_MODE ? 'tree' : 'file', object: link, path }
}

/** The three scopes at the root of an ATOM's tree; the project's files show no scope. */
const SCOPES = ['project', 'home', 'system']

async function* listTree(repo: Repo, input: LsTreeInput): AsyncIterable<TreeItem> {
  const { root, isWhole } = await findRoot(repo, input.tree)
  const folder = input.from === 'here' ? repo.worktree.folder() ?? ROOT : ROOT
  for (const item of isWhole ? wholeItems(repo, { root, folder, input }) : partItems(repo, root, input)) {
    repo.signal.throwIfAborted()
    if (input.folders && item.type !== 'tree') continue
    yield input.sizes && item.type === 'file' ? { ...item, sizeBytes: repo.objects.getObject(item.object) === undefined ? undefined : contentSizeBytes(repo.objects, item.object) } : item
  }
}

const ROOT = 'project'

interface Listing { readonly root: ObjectId; readonly folder: string; readonly input: LsTreeInput }

/** The tree of an ATOM: paths in it are tracked paths. */
function* wholeItems(repo: Repo, { root, folder, input }: Listing): Iterable<TreeItem> {
  const itemAt = (path: string, entry: TreeEntry): TreeItem => {
    const item = treeItem(displayPath(path), entry)
    const seen = pathSeenFrom(folder, path)
    return seen === item.path ? item : { ...item, seen }
  }
  if (input.paths.length === 0) {
    // At the root of the project the other scopes show too.
    for (const place of folder === ROOT ? SCOPES : [folder]) yield* below(repo, { place, entry: getEntry(repo.objects, root, place), input }, itemAt)
  }
  for (const path of input.paths) {
    const place = pathTypedIn(folder, path)
    const entry = place === undefined ? undefined : getEntry(repo.objects, root, place)
    if (place === undefined || entry === undefined) throw nothingAt(path, input)
    if (entry.mode !== FOLDER_MODE || isShownItself(place, path, input)) yield itemAt(place, entry)
    else yield* below(repo, { place, entry, input }, itemAt)
  }
}

/** A tree by its id, or behind `REV:`: names begin there. */
function* partItems(repo: Repo, root: ObjectId, input: LsTreeInput): Iterable<TreeItem> {
  for (const path of input.paths.length === 0 ? [''] : input.paths) {
    const place = path.replace(/\/+$/, '')
    const entry = getEntry(repo.objects, root, place)
    if (entry === undefined) throw nothingAt(path, input)
    if (entry.mode !== FOLDER_MODE || isShownItself(place, path, input)) yield treeItem(place, entry)
    else yield* below(repo, { place, entry, input }, treeItem)
  }
}

/** git shows a folder itself unless its name ends with a slash. */
function isShownItself(place: string, typed: string, input: LsTreeInput): boolean {
  return place !== '' && !/(?:^|\/)\.{0,2}$/.test(typed) && !input.recursive
}

function nothingAt(path: string, { tree }: LsTreeInput): AtomError<'PATH_NOT_FOUND'> {
  return new AtomError('PATH_NOT_FOUND', `there is no ${path} in ${tree}`, { data: { path, revision: tree }, hint: `atom ls-tree -r ${tree}` })
}

interface Folder { readonly place: string; readonly entry: TreeEntry | undefined; readonly input: LsTreeInput }

function* below(repo: Repo, { place, entry, input }: Folder, itemAt: (path: string, entry: TreeEntry) => TreeItem): Iterable<TreeItem> {
  if (entry?.mode !== FOLDER_MODE) return
  const start = place === '' ? '' : `${place}/`
  if (input.recursive) {
    for (const file of walkTree(repo.objects, entry.link, start)) yield itemAt(file.path, file)
    return
  }
  const entries = [...readFolder(repo.objects, entry.link)].sort(([left, a], [right, b]) => compareText(a.mode === FOLDER_MODE ? `${left}/` : left, b.mode === FOLDER_MODE ? `${right}/` : right))
  for (const [name, found] of entries) yield itemAt(start + name, found)
}

async function findRoot(repo: Repo, text: string): Promise<{ readonly root: ObjectId; readonly isWhole: boolean }> {
  let id = await resolveObject(resolveContext(repo), text)
  for (;;) {
    const bytes = repo.objects.getObject(id)
    if (bytes === undefined) throw notFound(id, 'object')
    const object = id.startsWith('55') ? undefined : openAny(bytes)
    if (object?.kind === 'tree') return { root: id, isWhole: false }
    if (object?.kind === 'atom') return { root: object.value.tree, isWhole: true }
    if (object?.kind !== 'tag') throw new AtomError('USAGE', `${text} is no tree: it is ${object === undefined ? 'a file' : `a ${object.kind}`} (${digestOf(id)})`, { data: { value: text }, hint: `atom show ${text}` })
    id = readObject(repo.objects, id, 'tag').target
  }
}
