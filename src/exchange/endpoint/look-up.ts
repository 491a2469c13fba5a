/** Runs work that reads objects without waiting, as soon as they are here. */
import type { ObjectId } from '../../codec/object-id.js'
import type { ObjectReader } from '../../store/types.js'
import { MISSING_MAX_IDS } from '../remote.js'
import type { Place } from './place.js'

/** Thrown by a reader for what was not asked for yet. */
class NotRead extends Error {
  readonly id: ObjectId

  constructor(id: ObjectId) {
    super(`${id} is not read yet`)
    this.id = id
  }
}

/** Objects of one request: what was read once, or is known to be absent, is not asked for again. */
export class Reading {
  readonly #place: Pick<Place, 'read'>
  readonly #known = new Map<ObjectId, Uint8Array | undefined>()
  readonly #roundsMax: number
  #rounds = 0

  constructor(place: Pick<Place, 'read'>, roundsMax: number) {
    this.#place = place
    this.#roundsMax = roundsMax
  }

  /**
   * Runs each piece of work, which reads through the reader that it is given; what it finds missing is read for all of them together, then it is run again. Returns the results in
   * order; undefined for what was not done when the rounds were used up.
   */
  async settle<Result>(works: readonly ((objects: ObjectReader) => Result)[]): Promise<readonly (Result | undefined)[]> {
    const results = new Array<Result | undefined>(works.length).fill(undefined)
    let open = works.map((work, at) => ({ work, at }))
    while (open.length > 0) {
      const wanted = new Set<ObjectId>()
      open = open.filter(({ work, at }) => {
        const missing = this.#attempt(() => { results[at] = work(this) })
        if (missing !== undefined) wanted.add(missing)
        return missing !== undefined
      })
      if (wanted.size === 0 || this.#rounds >= this.#roundsMax) break
      this.#rounds++
      // The rest is asked for in the next round.
      const asked = [...wanted].slice(0, MISSING_MAX_IDS)
      for (const id of asked) this.#known.set(id, undefined)
      for await (const { id, bytes } of this.#place.read(asked)) this.#known.set(id, bytes)
    }
    return results
  }

  getObject(id: ObjectId): Uint8Array | undefined {
    if (this.#known.has(id)) return this.#known.get(id)
    throw new NotRead(id)
  }

  #attempt(run: () => void): ObjectId | undefined {
    try {
      run()
      return undefined
    } catch (error) {
      if (error instanceof NotRead) return error.id
      throw error
    }
  }
}
