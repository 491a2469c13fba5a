/** `export.context-sync`: the trail in a database that context-sync's servers open and recall from. */
import { AtomError } from '../../base/errors.js'
import { checkInput, filledText, flag, invalid, type Check } from '../check.js'
import type { Operation } from '../operation.js'
import type { SyncedExport } from '../ports.js'
import { getProject } from '../record/add.js'

export interface ExportContextSyncInput {
  /** An absolute path. */
  readonly file: string
  /** Absolute folders of projects, by name. Default for the store's own: its folder. */
  readonly paths: { readonly [project: string]: string }
  /** Only says what would be written. */
  readonly dryRun: boolean
}

const paths: Check<{ readonly [project: string]: string }> = (value = {}, field) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, undefined, 'folders by name of project')
  return Object.fromEntries(Object.entries(value).map(([name, path]) => [name, filledText(path, field)]))
}

export const exportContextSync: Operation<ExportContextSyncInput, SyncedExport> = {
  name: 'export.context-sync',
  summary: 'Write the trail for context-sync servers',
  effect: 'read',
  errors: ['VIEW_LOCKED', 'STORE_FULL', 'FILE_UNWRITABLE', 'UNSUPPORTED', 'OBJECT_NOT_FOUND'],
  check: checkInput<ExportContextSyncInput>({ file: filledText, paths, dryRun: flag }),
  async run(repo, { file, paths: folders, dryRun }) {
    if (repo.views === undefined) throw new AtomError('UNSUPPORTED', 'there is nowhere to make views of this trail', { data: { what: 'views' } })
    return (await repo.views.contextSync()).exportTo({ file, paths: folders, dryRun, root: repo.worktree.root, project: getProject(repo) }, repo)
  },
}
