/** A store for a process that lives long: a library user, a server. It is open while there is work, and everybody else's while there is none. */
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'
import { findFolder } from './folder.js'
import { noteStore } from './settings/known-stores.js'
import { performCall } from './owner/call.js'
import { residencyOf } from './owner/residency.js'
import { waker } from './run.js'
import { CONFIGURED_PUSH, withSettings } from './settings/settings.js'

export interface SessionOptions {
  /** `auto`: opens the store on first use and serves other processes meanwhile. `never`: opens it for each call and closes it again. */
  readonly owner?: 'auto' | 'never'
}

export interface Session {
  /** The `.atom` folder. */
  readonly folder: string
  /** Runs a use case here, or in the process that has the store. Calls at the same time share their writes to disk. */
  run<Input, Output>(operation: Operation<Input, Output>, input: unknown, options?: { readonly signal?: AbortSignal }): Promise<Output | AsyncIterable<Output>>
  /** Finishes what is under way and lets go of the store. */
  close(): Promise<void>
}

/** Finds the store as the command line does. Opens nothing yet; throws `REPO_NOT_FOUND`. */
export async function openSession(caller: AppContext, options: SessionOptions = {}): Promise<Session> {
  const context = await withSettings(caller)
  const found = findFolder(context)
  noteStore(found.path, context.env)
  const residency = residencyOf(found)
  const isOwner = options.owner !== 'never'
  const detach = isOwner ? residency.attach() : undefined
  const running = new Set<Promise<unknown>>()
  let isOpen = true
  const run: Session['run'] = async (operation, input, { signal = context.signal } = {}) => {
    if (!isOpen) throw new TypeError('the session is closed')
    const call = { operation, raw: input, input: operation.check(input), context: signal === context.signal ? context : { ...context, signal } }
    const wake = context.env[CONFIGURED_PUSH] === undefined ? undefined : await waker(residency.folder, operation, context)
    const result = await performCall(residency, call, { serve: isOwner ? 'at-once' : 'never', lingerMs: 0 })
    wake?.()
    return result
  }
  return {
    folder: residency.folder.path,
    run(operation, input, runOptions) {
      const result = run(operation, input, runOptions)
      // For `close`, which waits until it is over; its error is the caller's.
      const settled = result.catch(() => undefined).finally(() => running.delete(settled))
      running.add(settled)
      return result
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      await Promise.all(running)
      await detach?.()
    },
  }
}
