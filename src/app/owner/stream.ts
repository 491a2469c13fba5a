/** Streams that hold the store only while they make an item, and streams that go on elsewhere when their owner ended. */
import { AtomError } from '../../base/errors.js'
import type { AppContext } from '../context.js'
import { OwnerLost } from './owner-lost.js'
import type { Guest, Residency } from './types.js'
import { encodeWire } from './wire.js'

/** Between two items the store stays open for so long; then whoever reads (a pager, mostly) is blocked, and others get it. */
export const PARKED_OPEN_MS = 50
/** Items that are made without a break hold up whatever else this process serves. */
const TURN_MS = 20

export function isStream<Output>(result: Output | Promise<Output> | AsyncIterable<Output>): result is AsyncIterable<Output> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}

export interface HoldOptions {
  readonly context: AppContext
  readonly who: Guest
  /** How long the store stays open after the last item. */
  readonly lingerMs: number
}

/**
 * Yields items with the store open only while one is made: between two of them it may be closed, taken by others and opened again. A use case
 * MUST NOT work on in between.
 */
export async function* holding<Output>(residency: Residency, items: AsyncIterable<Output>, { context, who, lingerMs }: HoldOptions): AsyncGenerator<Output> {
  const iterator = items[Symbol.asyncIterator]()
  let turnStartMs = performance.now()
  try {
    for (;;) {
      if (residency.stepIn(who) === 'closed') await comeBack(residency, who, context)
      let step: IteratorResult<Output>
      try {
        step = await iterator.next()
      } finally {
        void residency.leave(who, PARKED_OPEN_MS)
      }
      if (step.done === true) return
      yield step.value
      if (performance.now() - turnStartMs > TURN_MS) {
        await new Promise((resolve) => { setImmediate(resolve) })
        turnStartMs = performance.now()
      }
    }
  } finally {
    await iterator.return?.()
    if (residency.stepIn(who) === 'in') await residency.leave(who, lingerMs)
  }
}

/** Takes the store again. A client goes on elsewhere: this process has let go of the store, and does not come back for somebody else. */
async function comeBack(residency: Residency, who: Guest, context: AppContext): Promise<void> {
  if (who === 'client') throw new OwnerLost('the store was let go')
  await residency.sit({ context, owner: 'insist', serve: 'soon' })
}

/** Yields a stream from an owner; when that one ends in the middle, goes on behind the last item with a stream made anew. */
export async function* continued(first: AsyncIterable<unknown>, again: () => Promise<unknown>): AsyncGenerator {
  let items: AsyncIterable<unknown> = first
  let delivered = 0
  let last: unknown
  for (;;) {
    try {
      for await (const item of delivered === 0 ? items : behind(items, { delivered, last })) {
        yield item
        delivered++
        last = item
      }
      return
    } catch (error) {
      if (!(error instanceof OwnerLost)) throw error
    }
    items = await again() as AsyncIterable<unknown>
  }
}

/** Skips what was delivered. What is new may have come before it, never between: so the same item stands at its old place or later. */
async function* behind(items: AsyncIterable<unknown>, { delivered, last }: { readonly delivered: number; readonly last: unknown }): AsyncGenerator {
  const wanted = Buffer.from(encodeWire(last))
  let index = 0
  let isBehind = false
  for await (const item of items) {
    if (isBehind) yield item
    else isBehind = index >= delivered - 1 && wanted.equals(encodeWire(item))
    index++
  }
  if (!isBehind) {
    throw new AtomError('STORE_LOCKED', 'the process that was answering ended, and what it listed has changed since', { data: { folder: '', waitedMs: 0 }, hint: 'run the command again' })
  }
}
