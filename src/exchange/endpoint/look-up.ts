/** Reads single objects from a remote, and runs work that reads them without waiting as soon as they are here. */
import type { ObjectId } from '../../codec/object-id.js'
import type { ObjectReader } from '../../store/types.js'
import { MISSING_MAX_IDS, type Remote } from '../remote.js'

/** Returns the objects that are there, and nothing else, whatever the remote gives along. */
export async function lookUp(remote: Remote, ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, Uint8Array>> {
  const found = new Map<ObjectId, Uint8Array>()
  for (let at = 0; at < ids.length; at += MISSING_MAX_IDS) {
    const wanted = new Set(ids.slice(at, at + MISSING_MAX_IDS))
    for await (const { id, bytes } of remote.get([...wanted], { have: [], isHere: (id) => !wanted.has(id) || found.has(id) })) if (wanted.has(id)) found.set(id, bytes)
  }
  return found
}

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
  readonly #remote: Remote
  readonly #known = new Map<ObjectId, Uint8Array | undefined>()
  readonly #roundsMax: number
  #rounds = 0

  constructor(remote: Remote, roundsMax: number) {
    this.#remote = remote
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
      const found = await lookUp(this.#remote, [...wanted])
      for (const id of wanted) this.#known.set(id, found.get(id))
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
