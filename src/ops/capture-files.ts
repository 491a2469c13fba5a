/** Reads the files that an input names, each once, for the ATOM that will carry them. */
import { AtomError } from '../base/errors.js'
import type { SealedObject } from '../object/seal.js'
import type { TreeEntry } from '../object/tree.js'
import type { CapturedFile, LayoutRecord } from './ports.js'
import { layoutTree } from './record-draft.js'
import type { Repo } from './repo.js'

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

/** Captures the files that an input names, each read once. Throws `PATH_NOT_FOUND` for a typed path that is neither on disk nor tracked. */
export async function captureFiles(repo: Repo, input: CaptureInput): Promise<Captured> {
  const files = new Map<string, TreeEntry | undefined>()
  const objects: SealedObject[] = []
  const layout: LayoutRecord[] = []
  const tree = layoutTree(repo.store)
  const source = { ...repo.store, ...repo.objects }
  const take = async (path: string): Promise<boolean> => {
    const file: CapturedFile | undefined = await repo.worktree.capture(path, (ahead) => repo.writer.putAhead(ahead))
    files.set(path, file?.entry)
    objects.push(...file?.objects ?? [])
    layout.push(file?.layout ?? { path, bytes: undefined })
    return file !== undefined
  }
  for (const typed of input.files) {
    const path = repo.worktree.locate(typed)
    const found = await repo.worktree.list(path)
    for (const file of found) await take(file)
    if (found.length > 0) continue
    const gone = await repo.worktree.changes(source, tree, { untracked: 'hide', paths: [path] })
    if (gone.length === 0) throw new AtomError('PATH_NOT_FOUND', `there is no file ${typed}`, { data: { path: typed }, hint: 'to record that a tracked file is gone: --delete PATH' })
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
