/** Reads the files that an input names, each once, for the ATOM that will carry them. */
import { AtomError } from '../../base/errors.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import type { SealedObject } from '../../object/seal.js'
import type { TreeEntry } from '../../object/tree.js'
import type { CapturedFile, LayoutRecord } from '../ports.js'
import { layoutTree } from './record-draft.js'
import type { Repo } from '../repo.js'

export interface Captured {
  readonly files: ReadonlyMap<string, TreeEntry | undefined>
  readonly objects: readonly SealedObject[]
  readonly layout: readonly LayoutRecord[]
}

export interface CaptureInput {
  /** Paths as typed: files and folders to capture. */
  readonly files: readonly string[]
  /** Paths as typed that are gone. */
  readonly deletes: readonly string[]
  /** `tracked`: every tracked file that changed; `new`: untracked ones too. */
  readonly all?: 'tracked' | 'new' | undefined
}

/** Captures the files that an input names, each read once; of a folder, also that tracked files below it are gone. Throws `PATH_NOT_FOUND` for a typed path that is neither on disk nor tracked. */
export async function captureFiles(repo: Repo, input: CaptureInput): Promise<Captured> {
  const files = new Map<string, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  const layout: LayoutRecord[] = []
  const tree = layoutTree(repo.store)
  const source = { ...repo.store, ...repo.objects }
  let sizeBytes = 0
  const take = async (path: string): Promise<void> => {
    if (files.has(path)) return
    const file: CapturedFile | undefined = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    files.set(path, file?.entry)
    layout.push(file?.layout ?? { path, bytes: undefined })
    for (const object of file?.objects ?? []) {
      objects.push(object)
      sizeBytes += object.bytes.length
    }
    if (sizeBytes < BATCH_MAX_BYTES) return
    // Many small files are as much as a large one.
    await repo.writer.putAhead(objects.splice(0))
    sizeBytes = 0
  }
  for (const typed of input.files) {
    const path = repo.worktree.locate(typed)
    const found = await repo.worktree.list(path)
    for (const file of found) await take(file)
    if (found.length === 1 && found[0] === path) continue
    const gone = (await repo.worktree.changes(source, tree, { untracked: 'hide', paths: [path] })).filter(({ change }) => change === 'delete')
    if (gone.length === 0 && found.length === 0) throw new AtomError('PATH_NOT_FOUND', `there is no file ${typed}`, { data: { path: typed }, hint: 'atom status shows what there is' })
    for (const { path: file } of gone) await take(file)
  }
  for (const typed of input.deletes) {
    const path = repo.worktree.locate(typed)
    files.set(path, undefined)
    layout.push({ path, bytes: undefined })
  }
  if (input.all !== undefined) {
    const untracked = input.all === 'new' ? 'show' : 'hide'
    for (const { path } of await repo.worktree.changes(source, tree, { untracked })) if (!files.has(path)) await take(path)
  }
  return { files, objects, layout }
}
