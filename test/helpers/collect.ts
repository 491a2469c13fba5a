import type { Operation } from '../../src/ops/operation.js'
import type { Repo } from '../../src/ops/repo.js'

/** Runs a streaming use case to its end. */
export async function collect<Input, Output>(repo: Repo, operation: Operation<Input, Output>, input: unknown): Promise<Output[]> {
  const items: Output[] = []
  for await (const item of operation.run(repo, operation.check(input)) as AsyncIterable<Output>) items.push(item)
  return items
}
