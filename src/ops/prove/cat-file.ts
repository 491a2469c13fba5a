/** `cat-file`: one object as it is stored: its kind, its size, its bytes, what they say. */
import { decode } from '../../codec/cbor-decode.js'
import { codecOf, type ObjectId } from '../../codec/object-id.js'
import { openAny, type ObjectKind } from '../../object/open.js'
import { FOLDER_MODE } from '../../object/tree.js'
import { resolveObject } from '../../history/resolve.js'
import { notFound } from '../../store/objects.js'
import { toJsonValue, type Json } from '../../trail/atom-json.js'
import { readFolder } from '../../tree/read.js'
import { checkInput, filledText } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'
import { treeItem, type TreeItem } from './ls-tree.js'

export interface CatFileInput {
  readonly object: string
}

export interface CatFileResult {
  readonly id: ObjectId
  /** `raw` for contents; a kind of this program, or the name that an object of a later one gives itself. */
  readonly kind: ObjectKind | 'raw' | (string & {})
  readonly bytes: Uint8Array
  /** What the bytes say; absent for raw contents. */
  readonly value: Json | undefined
  /** The entries, where it is a tree: split folders as one. */
  readonly entries: readonly TreeItem[] | undefined
}

export const catFile: Operation<CatFileInput, CatFileResult> = {
  name: 'cat-file',
  summary: 'Show an object as it is stored',
  effect: 'read',
  errors: ['REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS'],
  check: checkInput<CatFileInput>({ object: filledText }),
  run: readOne,
}

async function readOne(repo: Repo, { object }: CatFileInput): Promise<CatFileResult> {
  const id = await resolveObject(resolveContext(repo), object)
  const bytes = repo.objects.getObject(id)
  if (bytes === undefined) throw notFound(id, 'object')
  if (codecOf(id) === 'raw') return { id, kind: 'raw', bytes, value: undefined, entries: undefined }
  const opened = openAny(bytes)
  return {
    id, bytes,
    kind: opened.kind === 'unknown' ? opened.name : opened.kind,
    value: toJsonValue(decode(bytes)),
    entries: opened.kind === 'tree' ? [...readFolder(repo.objects, id)].map(([name, entry]) => treeItem(name, entry)).sort(byName) : undefined,
  }
}

/** As git sorts: a folder as if its name ended with a slash. */
function byName(left: TreeItem, right: TreeItem): number {
  const [a, b] = [left, right].map(({ path, mode }) => (mode === FOLDER_MODE ? `${path}/` : path))
  return (a ?? '') < (b ?? '') ? -1 : 1
}
