/** The one way in for every surface: check the input, open the store, run the use case, let go of the store. */
import type { Operation } from '../ops/operation.js'
import type { AppContext } from './context.js'
import { findFolder } from './folder.js'
import { openRepo, type OpenRepo } from './open.js'

/** Checks the input before anything is opened; a streaming use case holds the store until its stream ends or is left. */
export async function runOperation<Input, Output>(operation: Operation<Input, Output>, input: unknown, context: AppContext): Promise<Output | AsyncIterable<Output>> {
  const checked = operation.check(input)
  const repo = await openRepo(findFolder(context), context)
  let result: Promise<Output> | AsyncIterable<Output>
  try {
    result = operation.run(repo, checked)
    if (!isStream(result)) return await result
  } finally {
    if (result! === undefined || !isStream(result)) await repo[Symbol.asyncDispose]()
  }
  return holding(repo, result)
}

function isStream<Output>(result: Promise<Output> | AsyncIterable<Output>): result is AsyncIterable<Output> {
  return Symbol.asyncIterator in result
}

async function* holding<Output>(repo: OpenRepo, items: AsyncIterable<Output>): AsyncIterable<Output> {
  try {
    yield* items
  } finally {
    await repo[Symbol.asyncDispose]()
  }
}
