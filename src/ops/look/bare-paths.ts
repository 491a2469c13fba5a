/** Words without `--`: as in git, from the first one that names no revision but a tracked path on, they are paths. */
import { isAtomError } from '../../base/errors.js'
import { resolveRevision } from '../../history/resolve.js'
import { parseRevision } from '../../history/revision-syntax.js'
import { getEntry } from '../../tree/read.js'
import { resolveContext, tipTree } from '../context.js'
import { layoutTree } from '../record/record-draft.js'
import type { Repo } from '../repo.js'
import { trackedPathOf } from './tracked-path.js'

export interface SplitWords {
  readonly revisions: readonly string[]
  readonly paths: readonly string[]
}

/** Splits words into revisions and paths. A word that is neither throws what resolving it throws. */
export async function splitBarePaths(repo: Repo, words: readonly string[]): Promise<SplitWords> {
  for (const [at, text] of words.entries()) {
    if (isRange(text)) continue
    try {
      await resolveRevision(resolveContext(repo), parseRevision(text))
    } catch (error) {
      if (!isAtomError(error, 'REVISION_NOT_FOUND') && !isAtomError(error, 'REVISION_SYNTAX')) throw error
      if (!isTracked(repo, text)) throw error
      return { revisions: words.slice(0, at), paths: words.slice(at) }
    }
  }
  return { revisions: words, paths: [] }
}

function isRange(text: string): boolean {
  return text.startsWith('^') || /\^[@!]$/.test(text) || (text.includes('..') && !/(?:^|\/)\.\.(?:\/|$)/.test(text))
}

function isTracked(repo: Repo, typed: string): boolean {
  try {
    const path = trackedPathOf(repo, typed)
    return [tipTree({ ...repo.store, ...repo.objects }, 'HEAD'), layoutTree(repo.store)].some((tree) => getEntry(repo.objects, tree, path) !== undefined)
  } catch (error) {
    if (isAtomError(error, 'PATH_INVALID')) return false
    throw error
  }
}
