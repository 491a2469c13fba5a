/** Starts work on items before their turn comes, so many at a time, and yields the results in the items' order. */
export async function* lookAhead<Item, Result>(items: AsyncIterable<Item>, count: number, make: (item: Item) => Promise<Result>): AsyncIterable<Result> {
  const started: Promise<Result>[] = []
  for await (const item of items) {
    const result = make(item)
    // Awaited in its turn; never, when one before it has failed.
    result.catch(() => undefined)
    started.push(result)
    if (started.length >= count) yield await (started.shift() as Promise<Result>)
  }
  for (const result of started) yield await result
}

/** Performs work on items in their order, so many at a time: work on one begins before that on the last has ended. Resolves when all is done. */
export async function workAhead<Item>(items: AsyncIterable<Item>, count: number, work: (item: Item) => Promise<unknown>): Promise<void> {
  const results = lookAhead(items, count, work)[Symbol.asyncIterator]()
  while ((await results.next()).done !== true) continue
}
