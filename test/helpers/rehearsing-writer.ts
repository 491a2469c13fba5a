import type { Writer } from '../../src/refs/transaction.js'

class Rehearsed extends Error {}

/**
 * A writer that runs all work once for nothing, then as it is: the writer does so with work that makes a name. What the first time left anywhere but in
 * its transaction shows in what the second time makes.
 */
export function rehearsing(writer: Writer): Writer {
  return {
    ...writer,
    async transact(stamp, work) {
      try {
        await writer.transact(stamp, (tx) => {
          work(tx)
          throw new Rehearsed()
        })
      } catch (error) {
        if (!(error instanceof Rehearsed)) throw error
      }
      return writer.transact(stamp, work)
    },
  }
}
