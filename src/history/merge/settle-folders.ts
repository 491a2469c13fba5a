/** Files against folders: where one side has a file and the other files below that name, both cannot be. */
import type { ObjectId } from '../../codec/object-id.js'
import { FOLDER_MODE, type TreeEntry } from '../../object/tree.js'
import type { ObjectReader } from '../../store/types.js'
import { getEntry, walkPath } from '../../tree/read.js'

export interface FolderClash {
  readonly path: string
  /** What was to stand there. */
  readonly theirs: TreeEntry
}

/** Takes out of the changes what cannot stand beside ours' tree, and returns it: ours stays. */
export function settleFolders(reader: ObjectReader, ours: ObjectId, changes: Map<string, TreeEntry | undefined>): readonly FolderClash[] {
  const clashes: FolderClash[] = []
  const known = new Map<string, boolean>()
  const isFile = (path: string): boolean => {
    if (changes.has(path)) return changes.get(path) !== undefined
    let answer = known.get(path)
    if (answer === undefined) known.set(path, answer = isFileIn(reader, ours, path))
    return answer
  }
  for (const [path, theirs] of [...changes]) {
    if (theirs === undefined || (!folderPrefixes(path).some(isFile) && !hasFilesBelow(reader, ours, { path, changes }))) continue
    changes.delete(path)
    clashes.push({ path, theirs })
  }
  return clashes
}

function isFileIn(reader: ObjectReader, tree: ObjectId, path: string): boolean {
  const entry = getEntry(reader, tree, path)
  return entry !== undefined && entry.mode !== FOLDER_MODE
}

function folderPrefixes(path: string): string[] {
  const prefixes: string[] = []
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) prefixes.push(path.slice(0, at))
  return prefixes
}

interface ChangedPlace { readonly path: string; readonly changes: ReadonlyMap<string, TreeEntry | undefined> }

/** Tells whether ours' tree has files below a path that no change takes away. */
function hasFilesBelow(reader: ObjectReader, tree: ObjectId, { path, changes }: ChangedPlace): boolean {
  if (getEntry(reader, tree, path)?.mode !== FOLDER_MODE) return false
  for (const file of walkPath(reader, tree, path)) if (!changes.has(file.path) || changes.get(file.path) !== undefined) return true
  return false
}
