import { isAtomError } from '../../src/base/errors.js'

/** Returns the code of the `AtomError` that a promise rejects with, 'nothing' when it does not; anything else goes on. */
export async function codeOfAsync(run: () => Promise<unknown>): Promise<string> {
  try {
    await run()
  } catch (error) {
    if (isAtomError(error)) return error.code
    throw error
  }
  return 'nothing'
}
