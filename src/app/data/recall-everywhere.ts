/** `recall` in every store that this user has opened. One that cannot be read is named and keeps nobody from the others. */
import { isAtomError } from '../../base/errors.js'
import { recall, type RecallAnswer, type RecallInput } from '../../ops/read/recall.js'
import type { AppContext } from '../context.js'
import { findFolder, getFolder } from '../folder.js'
import { knownStores } from '../settings/known-stores.js'
import { runOperation } from '../run.js'

export interface PlacedAnswer {
  /** The project's root, or the folder of a machine-wide store. */
  readonly place: string
  readonly answer: RecallAnswer
}

/** Returns the best answers of all, best first. */
export async function recallEverywhere(input: RecallInput, context: AppContext): Promise<readonly PlacedAnswer[]> {
  const here = getFolder(context)?.path
  const found: PlacedAnswer[] = []
  for (const path of new Set([...(here === undefined ? [] : [here]), ...knownStores(context.env)])) {
    context.signal.throwIfAborted()
    found.push(...await answersOf(path, input, context))
  }
  return found.sort((left, right) => right.answer.score - left.answer.score).slice(0, input.limit ?? LIMIT)
}

const LIMIT = 5

async function answersOf(path: string, input: RecallInput, context: AppContext): Promise<readonly PlacedAnswer[]> {
  // What is said of the store here is not said of another one.
  const env = { ...context.env, ATOM_DIR: path, ATOM_WORK_TREE: undefined, ATOM_BRANCH: undefined }
  const there = { ...context, env }
  try {
    const place = findFolder(there).root ?? path
    const answers: PlacedAnswer[] = []
    for await (const answer of await runOperation(recall, input, there) as AsyncIterable<RecallAnswer>) answers.push({ place, answer })
    return answers
  } catch (error) {
    if (!isAtomError(error)) throw error
    context.reporter.warn(`not looked in ${path}: ${error.message}`)
    return []
  }
}
