/** The one way in for every surface: check the input, open the store or find who has it, run the use case, let go of the store. */
import { isAtomError } from '../base/errors.js'
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'
import { findFolder, type StoreFolder } from './folder.js'
import { noteStore } from './settings/known-stores.js'
import { performCall } from './owner/call.js'
import { residencyOf } from './owner/residency.js'
import type { Residency } from './owner/types.js'
import { CONFIGURED_PUSH, withSettings } from './settings/settings.js'

/**
 * Begins to open the store that a call from here will want. Resolves as soon as LevelDB is at it, in a thread of its own, to what closes it again
 * if no call came; to nothing where there is no store to open: the call will say why.
 */
export async function openAhead(caller: Pick<AppContext, 'cwd' | 'env'>): Promise<(() => Promise<void>) | undefined> {
  let residency: Residency
  try {
    residency = residencyOf(findFolder(caller))
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
  residency.openAhead()
  // What is still to be done before it is asked for runs first.
  await new Promise<void>((resolve) => { process.nextTick(resolve) })
  return () => residency.dropAhead()
}

/**
 * Checks the input before anything is opened. The store is held while a result, or one item of a stream, is made, and let go of at the end;
 * also when whoever reads a stream takes nothing for 50 ms. A stream MUST be finished or left through `return`.
 */
export async function runOperation<Input, Output>(operation: Operation<Input, Output>, input: unknown, caller: AppContext): Promise<Output | AsyncIterable<Output>> {
  const checked = operation.check(input)
  const context = await withSettings(caller)
  const folder = findFolder(context)
  noteStore(folder.path, context.env)
  const wake = context.env[CONFIGURED_PUSH] === undefined ? undefined : await waker(folder, operation, context)
  const result = await performCall(residencyOf(folder), { operation, raw: input, input: checked, context }, { serve: 'soon', lingerMs: 0 })
  if (wake !== undefined) (context.atEnd ?? now)(wake)
  return result
}

function now(work: () => void): void {
  work()
}

/** Returns what has this store's ATOMs sent after a call; undefined where there is nothing to send for it. Loaded only where `push.auto` is set. */
export async function waker(folder: StoreFolder, { name, effect }: { readonly name: string; readonly effect: string }, { env }: Pick<AppContext, 'env'>): Promise<(() => void) | undefined> {
  const { isWaiting, wakeSender } = await import('./sending/auto-push.js')
  const isNeeded = name !== 'push' && (effect !== 'read' || isWaiting(folder.path))
  return isNeeded ? () => { wakeSender(folder, env) } : undefined
}
