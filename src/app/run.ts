/** The one way in for every surface: check the input, open the store or find who has it, run the use case, let go of the store. */
import { isAtomError } from '../base/errors.js'
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'
import { findFolder } from './folder.js'
import { noteStore } from './known-stores.js'
import { performCall } from './owner/call.js'
import { residencyOf } from './owner/residency.js'
import type { Residency } from './owner/types.js'
import { withSettings } from './settings.js'

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
  return performCall(residencyOf(folder), { operation, raw: input, input: checked, context }, { serve: 'soon', lingerMs: 0 })
}
