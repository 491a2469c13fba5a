/** What the lines' files are against the tree before: the index records that, not what a line says of it. */
import type { ObjectId } from '../../../codec/object-id.js'
import { FOLDER_MODE } from '../../../object/tree.js'
import type { ObjectReader } from '../../../store/types.js'
import { changeKind, type ChangeKind } from '../../../tree/diff.js'
import { getEntry } from '../../../tree/read.js'
import type { FileEdit } from './jsonl-form.js'

export function changesOf(reader: ObjectReader, base: ObjectId, files: readonly FileEdit[]): { readonly path: string; readonly change: ChangeKind }[] {
  return files.flatMap(({ path, entry }) => {
    const found = getEntry(reader, base, path)
    const before = found?.mode === FOLDER_MODE ? undefined : found
    const change = changeKind({ ...(before && { before }), ...(entry && { after: entry }) })
    return change === undefined ? [] : [{ path, change }]
  })
}
