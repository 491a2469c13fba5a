/** `ls-tree`: the entries of a tree: of an ATOM, of a folder in it, or everything below. */
import { AtomError } from '../../base/errors.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { FOLDER_MODE, type EntryMode, type TreeEntry } from '../../object/tree.js'
import { resolveObject } from '../../history/resolve.js'
import { openAny } from '../../object/open.js'
import { notFound, readObject } from '../../store/objects.js'
import { contentSizeBytes } from '../../store/content.js'
import { getEntry, readFolder, walkTree } from '../../tree/read.js'
import { displayPath, pathInTree } from '../../tree/scope.js'
import { compareText } from '../../base/bytes.js'
import { checkInput, filledText, flag, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface LsTreeInput {
  /** A revision, a `REV:path` or a tree. */
  readonly tree: string
  /** Only at or below these, from the project's root. */
  readonly paths: readonly string[]
  readonly recursive: boolean
  /** Folders alone. */
  readonly folders: boolean
  readonly sizes: boolean
}

export interface TreeItem {
  readonly mode: EntryMode
  readonly type: 'file' | 'tree'
  readonly object: ObjectId
  /** As people see it. */
  readonly path: string
  /** Of a file, where asked for; absent for what was forgotten. */
  readonly sizeBytes?: number | undefined
}

export const lsTree: Operation<LsTreeInput, TreeItem> = {
  name: 'ls-tree',
  summary: 'List the files of a tree',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS', 'USAGE'],
  check: checkInput<LsTreeInput>({ tree: filledText, paths: someOf(filledText), recursive: flag, folders: flag, sizes: flag }),
  run: listTree,
}

export function treeItem(path: string, { mode, link }: TreeEntry): TreeItem {
  return { mode, type: mode === FOLDER_MODE ? 'tree' : 'file', object: link, path }
}

/** The three scopes at the root of an ATOM's tree; the project's files show no scope. */
const SCOPES = ['project', 'home', 'system']

async function* listTree(repo: Repo, input: LsTreeInput): AsyncIterable<TreeItem> {
  const { root, isWhole } = await findRoot(repo, input.tree)
  for (const item of items(repo, { root, isWhole, input })) {
    repo.signal.throwIfAborted()
    if (input.folders && item.type !== 'tree') continue
    yield input.sizes && item.type === 'file' ? { ...item, sizeBytes: repo.objects.getObject(item.object) === undefined ? undefined : contentSizeBytes(repo.objects, item.object) } : item
  }
}

interface Listing { readonly root: ObjectId; readonly isWhole: boolean; readonly input: LsTreeInput }

function* items(repo: Repo, { root, isWhole, input }: Listing): Iterable<TreeItem> {
  const show = isWhole ? displayPath : (path: string): string => path
  for (const path of input.paths.length === 0 ? [''] : input.paths) {
    const place = isWhole ? pathInTree(path) : path.replace(/\/+$/, '')
    const entry = getEntry(repo.objects, root, place)
    if (entry === undefined) throw new AtomError('PATH_NOT_FOUND', `there is no ${path} in ${input.tree}`, { data: { path, revision: input.tree }, hint: `atom ls-tree -r ${input.tree}` })
    // git shows a folder itself unless its name ends with a slash.
    const isShownItself = place !== '' && !path.endsWith('/') && !input.recursive
    if (entry.mode !== FOLDER_MODE || isShownItself) yield treeItem(show(place), entry)
    else if (input.recursive) for (const file of walkTree(repo.objects, entry.link, place === '' ? '' : `${place}/`)) yield treeItem(show(file.path), file)
    else if (isWhole && place === '') for (const scope of SCOPES) yield* folderItems(repo, getEntry(repo.objects, root, scope), (name) => displayPath(`${scope}/${name}`))
    else yield* folderItems(repo, entry, (name) => (place === '' ? name : `${show(place)}/${name}`))
  }
}

function* folderItems(repo: Repo, folder: TreeEntry | undefined, show: (name: string) => string): Iterable<TreeItem> {
  if (folder === undefined) return
  const entries = [...readFolder(repo.objects, folder.link)].sort(([left, a], [right, b]) => compareText(a.mode === FOLDER_MODE ? `${left}/` : left, b.mode === FOLDER_MODE ? `${right}/` : right))
  for (const [name, entry] of entries) yield treeItem(show(name), entry)
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
