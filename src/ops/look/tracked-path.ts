import type { Repo } from '../repo.js'

/** Returns the tracked path of what somebody typed, without a slash at its end; '' for the whole tree. */
export function trackedPathOf(repo: Pick<Repo, 'worktree'>, typed: string): string {
  return repo.worktree.locate(typed).replace(/\/+$/, '')
}
