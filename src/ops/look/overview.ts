/** What `atom` alone shows: where one is, the last ATOMs, what to type next. */
import { digestOf } from '../../codec/object-id.js'
import { getTip } from '../../history/resolve.js'
import { walk } from '../../history/graph/walk.js'
import { shortRefName } from '../../refs/name.js'
import { readLogState } from '../../refs/log-state.js'
import { readRecord, type AtomRecord } from '../../trail/record.js'
import { getProject } from '../record/add.js'
import { checkInput } from '../check.js'
import { resolveContext, targetRef } from '../context.js'
import type { Operation } from '../operation.js'
import { withTaint } from '../with-taint.js'

export interface Overview {
  readonly project: string | undefined
  /** undefined when HEAD is detached. */
  readonly branch: string | undefined
  readonly atoms: number
  /** Newest first. */
  readonly recent: readonly AtomRecord[]
}

const RECENT = 3

export const overview: Operation<Record<never, never>, Overview> = {
  name: 'overview',
  summary: 'Show where you are',
  effect: 'read',
  errors: [],
  check: checkInput({}),
  async run(repo) {
    const tip = getTip(resolveContext(repo))
    const seq = tip === undefined ? undefined : repo.index.getSeq(digestOf(tip))
    const ref = targetRef(repo)
    return {
      project: getProject(repo),
      branch: ref === 'HEAD' ? undefined : shortRefName(ref),
      atoms: readLogState(repo.store).atoms,
      recent: seq === undefined ? [] : await Promise.all([...walk(repo.index, [seq], { limit: RECENT })].map((each) => withTaint(repo, readRecord(repo, each, { files: 'include' })))),
    }
  },
}
