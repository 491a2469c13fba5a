/** `pull`: a fetch, then a merge of what the remote has on the branch. */
import { AtomError } from '../../base/errors.js'
import type { FetchInput, FetchResult } from '../../exchange/sync/fetch.js'
import { merge, type MergeInput, type MergeResult } from '../../ops/fork/merge.js'
import { overview, type Overview } from '../../ops/look/overview.js'
import type { Operation } from '../../ops/operation.js'
import { HEADS, REMOTES } from '../../refs/name.js'

export interface PullInput extends Omit<MergeInput, 'revision'> {
  /** Absent: the only remote, or `origin`. */
  readonly remote?: string | undefined
  /** The remote's branch; absent: the one that is current here. */
  readonly branch?: string | undefined
}

export interface PullResult {
  readonly fetched: FetchResult
  /** undefined where the remote's branch was refused: `fetched.refused` says why. */
  readonly merged: MergeResult | undefined
}

export interface PullParts {
  readonly fetch: Operation<FetchInput, FetchResult>
  run<Input, Output>(operation: Operation<Input, Output>, input: unknown): Promise<Output | AsyncIterable<Output>>
  /** Hears what was fetched before anything is merged. */
  onFetched?(fetched: FetchResult): Promise<void>
}

/** Throws `USAGE` where no branch is the current one, `REF_NOT_FOUND` for one that the remote has not, and what `fetch` and `merge` throw. */
export async function pull({ fetch, run, onFetched }: PullParts, { remote, branch: wanted, ...wish }: PullInput): Promise<PullResult> {
  const { branch: current } = await run(overview, {}) as Overview
  const branch = wanted ?? current
  if (branch === undefined) throw new AtomError('USAGE', 'HEAD is detached: no branch is the current one', { data: {}, hint: 'atom switch BRANCH, or atom pull REMOTE BRANCH' })
  const fetched = await run(fetch, { remote, force: false }) as FetchResult
  await onFetched?.(fetched)
  if (fetched.refused.some(({ ref }) => ref === HEADS + branch)) return { fetched, merged: undefined }
  if (!fetched.refs.some(({ name }) => name === HEADS + branch)) {
    throw new AtomError('REF_NOT_FOUND', `${fetched.location} has no branch ${branch}`, { data: { name: branch }, hint: `atom push ${fetched.remote} ${branch}, or name another one: atom pull ${fetched.remote} BRANCH` })
  }
  return { fetched, merged: await run(merge, { ...wish, revision: `${REMOTES}${fetched.remote}/${branch}` }) as MergeResult }
}
