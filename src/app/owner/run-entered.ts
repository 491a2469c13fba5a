/** Runs one call on the store of this process, for itself or for a client: spool first, then the use case. */
import { AtomError } from '../../base/errors.js'
import type { Operation } from '../../ops/operation.js'
import { findRequest } from '../../refs/operation-log.js'
import { digestOf } from '../../codec/object-id.js'
import { drainSpool } from '../../capture/drain.js'
import { hasSpooled } from '../../capture/spool.js'
import type { AppContext } from '../context.js'
import { keepTrailLog } from '../keep-trail-log.js'
import { repoOn } from '../repo-on.js'
import type { Guest, Residency } from './types.js'
import { holding, isStream, PARKED_OPEN_MS } from './stream.js'

/** An owner with much to do looks into the spool this often. */
const DRAIN_EVERY_MS = 100

export interface EnteredCall<Input, Output> {
  readonly operation: Operation<Input, Output>
  /** Checked. */
  readonly input: Input
  readonly context: AppContext
  /** Set where the caller may have to repeat the call. */
  readonly request?: string
  readonly attempt: 'first' | 'again'
}

export interface Stay {
  readonly who: Guest
  /** How long the store stays open afterwards. */
  readonly lingerMs: number
}

/** Runs a call whose caller has stepped in. Leaves when it is done; a stream leaves between its items. */
export async function runEntered<Input, Output>(residency: Residency, call: EnteredCall<Input, Output>, { who, lingerMs }: Stay): Promise<Output | AsyncIterable<Output>> {
  const { operation, input, context, request } = call
  let isParked = false
  try {
    const drained = drain(residency, context)
    if (drained !== undefined) await drained
    if (operation.effect === 'read') await residency.followed()
    const repo = repoOn(residency, context, request)
    if (call.attempt === 'again' && request !== undefined && operation.effect !== 'read') await checkRepeat(residency, request)
    const result = operation.run(repo, input)
    if (!isStream(result)) {
      const value = await result
      if (operation.effect !== 'read' || drained !== undefined) await residency.follow(who, () => keepTrailLog(residency.folder.path, repo))
      return value
    }
    isParked = true
    return holding(residency, result, { context, who, lingerMs })
  } finally {
    await residency.leave(who, isParked ? PARKED_OPEN_MS : lingerMs)
  }
}

/** What recorded an ATOM answers a repeat as before; anything else was done, and its answer is lost. */
async function checkRepeat(residency: Residency, request: string): Promise<void> {
  const found = await findRequest(residency.store, request)
  if (found === undefined || found.op.command === 'add') return
  throw new AtomError('REQUEST_REUSED', `it was done (op ${digestOf(found.id).slice(0, 12)}), but the process that did it ended before it could say so`, { data: { request }, hint: 'atom op log -1' })
}

function drain(residency: Residency, context: AppContext): Promise<void> | undefined {
  const { path, root } = residency.folder
  return residency.drainWith(DRAIN_EVERY_MS, () => hasSpooled(path)
    ? drainSpool({ folder: path, repoAt: (cwd) => repoOn(residency, { ...context, cwd: cwd ?? root ?? context.cwd }), reporter: context.reporter })
    : undefined)
}
