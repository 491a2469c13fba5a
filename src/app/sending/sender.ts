/** The process that sends what waits: one at a time for each store. It ends when the remotes have everything, or when an attempt failed. */
import { isAtomError } from '../../base/errors.js'
import type { PushResult } from '../../exchange/sync/push.js'
import { queued } from '../../ops/look/queued.js'
import { holdSender } from './auto-push.js'
import type { AppContext } from '../context.js'
import { findFolder } from '../folder.js'
import { afterFailure, PAUSE_MAX_MS, readPushState, writePushState } from './push-state.js'
import { pushFor } from '../remotes/remotes.js'
import { openSession, type Session } from '../session.js'
import { CONFIGURED_PUSH, withSettings } from '../settings/settings.js'

export type Sent = 'everything' | 'failed' | 'busy'

/** Sends until nothing waits. What was recorded after its last look and before it let go is found by looking once more. */
export async function sendQueued(caller: AppContext): Promise<Sent> {
  const context = await withSettings(caller)
  const { path } = findFolder(context)
  const remotes = context.env[CONFIGURED_PUSH]?.split(',') ?? []
  const session = await openSession(caller)
  try {
    for (;;) {
      const outcome = await sendOnce({ path, remotes, session, context })
      if (outcome !== 'everything' || remotes.length === 0 || await session.run(queued, {}) === 0) return outcome
    }
  } finally {
    await session.close()
  }
}

interface Sending { readonly path: string; readonly remotes: readonly string[]; readonly session: Session; readonly context: AppContext }

async function sendOnce({ path, remotes, session, context }: Sending): Promise<Sent> {
  let held: Disposable
  try {
    held = holdSender(path)
  } catch (error) {
    if (isAtomError(error, 'STORE_LOCKED')) return 'busy'
    throw error
  }
  using _held = held
  await pause((readPushState(path)?.nextMs ?? 0) - Date.now(), context.signal)
  const problems: string[] = []
  for (const remote of remotes) problems.push(...await sendTo(remote, session, context))
  const [first] = problems
  writePushState(path, first === undefined ? undefined : afterFailure(readPushState(path), first, Date.now()))
  return first === undefined ? 'everything' : 'failed'
}

/** Returns what went wrong. */
async function sendTo(remote: string, session: Session, context: AppContext): Promise<readonly string[]> {
  try {
    const { refused } = await session.run(pushFor(context), { remote, all: true, tags: true }) as PushResult
    return refused.map(({ message }) => message)
  } catch (error) {
    if (!isAtomError(error) || error.kind === 'internal') throw error
    return [error.message]
  }
}

/** A clock that was set back does not make it wait for longer than any pause is. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await new Promise((done) => { setTimeout(done, Math.min(ms, PAUSE_MAX_MS)) })
  signal.throwIfAborted()
}
