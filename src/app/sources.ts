/** Which adapters read other worlds' histories: the only place that knows. */
import { openGitHistory } from '../capture/git/history.js'
import { importGit, type ImportGitInput, type ImportGitResult } from '../ops/import-git.js'
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'

/** Returns `import git` for where the caller stands. */
export function importGitFor(context: Pick<AppContext, 'cwd' | 'env' | 'signal'>): Operation<ImportGitInput, ImportGitResult> {
  return importGit((location) => openGitHistory(location, context))
}
