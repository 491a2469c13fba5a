/** The one way in for every surface: check the input, open the store or find who has it, run the use case, let go of the store. */
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'
import { findFolder } from './folder.js'
import { performCall } from './owner/call.js'
import { residencyOf } from './owner/residency.js'
import { withSettings } from './settings.js'

/**
 * Checks the input before anything is opened. The store is held while a result, or one item of a stream, is made, and let go of at the end;
 * also when whoever reads a stream takes nothing for 50 ms. A stream MUST be finished or left through `return`.
 */
export async function runOperation<Input, Output>(operation: Operation<Input, Output>, input: unknown, caller: AppContext): Promise<Output | AsyncIterable<Output>> {
  const checked = operation.check(input)
  const context = await withSettings(caller)
  return performCall(residencyOf(findFolder(context)), { operation, raw: input, input: checked, context }, { serve: 'soon', lingerMs: 0 })
}
