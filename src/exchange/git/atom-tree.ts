/** The folder `.atom` of a commit: the canonical bytes that the commit stands for, and what of the tracked files cannot stand in their place. Pure. */
import { compareText } from '../../base/bytes.js'
import { decode } from '../../codec/cbor-decode.js'
import { encode } from '../../codec/cbor.js'
import { Cid } from '../../codec/cid.js'
import { cidFromId, idFromCid, type ObjectId } from '../../codec/object-id.js'
import { EXECUTABLE_MODE, FILE_MODE, SYMLINK_MODE, type EntryMode } from '../../object/tree.js'
import { isFields } from '../../object/shape.js'
import { encodeGitTree, GIT_FILE, GIT_FOLDER, oidOf, type GitEntry, type GitObject, type Oid } from '../../git/git-object.js'

export const ATOM_FOLDER = '.atom'
/** What the object of a commit is called in that folder. Kinds that this program does not know are `object`. */
export const OWN_NAMES: readonly string[] = ['atom', 'op', 'tag', 'receipt', 'object']

/** A tracked file whose content was forgotten: it has a mode and an id, and no bytes. */
export interface AbsentFile {
  readonly path: string
  readonly mode: EntryMode
  readonly link: ObjectId
}

/** Returns the bytes of `.atom/absent`: path → {link, mode}, one item of canonical CBOR. */
export function encodeAbsent(files: readonly AbsentFile[]): Uint8Array {
  return encode(new Map(files.map(({ path, mode, link }) => [path, { link: cidFromId(link), mode }])))
}

/** Returns what `encodeAbsent` wrote, sorted by path, or undefined. Throws `CBOR_INVALID` for what is not canonical. */
export function getAbsent(bytes: Uint8Array): readonly AbsentFile[] | undefined {
  const fields = decode(bytes)
  if (!isFields(fields)) return undefined
  const files: AbsentFile[] = []
  for (const [path, value] of Object.entries(fields)) {
    const file = isFields(value) ? value : {}
    const link = file['link'] instanceof Cid ? idFromCid(file['link']) : undefined
    const mode = file['mode']
    if (link === undefined || (mode !== FILE_MODE && mode !== EXECUTABLE_MODE && mode !== SYMLINK_MODE) || Object.keys(file).length !== 2) return undefined
    files.push({ path, mode, link })
  }
  return files.sort((left, right) => compareText(left.path, right.path))
}

/** Files of a folder by name, folders of it as maps. */
export interface Layout { readonly [name: string]: Oid | Layout }

/** Returns the git trees of a layout, inner ones first, the whole last. Every file is a plain one. */
export function layOutTrees(layout: Layout): { readonly oid: Oid; readonly objects: readonly GitObject[] } {
  const entries = new Map<string, GitEntry>()
  const objects: GitObject[] = []
  for (const [name, child] of Object.entries(layout)) {
    if (typeof child === 'string') {
      entries.set(name, { mode: GIT_FILE, oid: child })
      continue
    }
    const inner = layOutTrees(child)
    objects.push(...inner.objects)
    entries.set(name, { mode: GIT_FOLDER, oid: inner.oid })
  }
  const tree: GitObject = { type: 'tree', bytes: encodeGitTree(entries) }
  return { oid: oidOf(tree), objects: [...objects, tree] }
}
