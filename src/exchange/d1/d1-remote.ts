/**
 * A remote in a Cloudflare D1 database: objects and refs as rows, and one row for each ATOM that anybody can ask with SQL. `docs/spec/d1.md` is what lies there.
 *
 * Guarantees: a ref moves by compare-and-set in one statement, and only to what is there; every question fits D1's limits and may be asked twice. Refuses: a database that
 * holds something else, and tables of a newer program.
 */
import type { ObjectId } from '../../codec/object-id.js'
import type { GetOptions, RefOutcome, RefUpdate, Remote, RemoteObject, RemoteState } from '../remote.js'
import type { D1Query } from './d1-query.js'
import { moveRefs, readRefs } from './move-refs.js'
import { Outbox } from './put-objects.js'
import { readWithOwned } from './read-objects.js'
import { idAt } from './rows.js'
import { migrate, readVersion, SCHEMA_VERSION } from './schema.js'
import { forgetTexts } from './trail-row.js'

/** Opens a database; nothing is asked before the first call, and nothing is made before the first `put` or `updateRefs`. */
export function openD1Remote(query: D1Query): Remote {
  const database = new Database(query)
  return {
    location: query.location,
    refs: () => database.refs(),
    missing: (ids) => database.missing(ids),
    get: (ids, options) => database.get(ids, options),
    put: (objects) => database.put(objects),
    updateRefs: (updates) => database.updateRefs(updates),
    forget: (ids) => database.forget(ids),
    async [Symbol.asyncDispose]() {
      // Nothing stays open between two calls.
    },
  }
}

const MISSING = 'SELECT value AS id FROM json_each(?1) WHERE NOT EXISTS (SELECT 1 FROM objects WHERE objects.id = value)'
const DROP = 'DELETE FROM objects WHERE id IN (SELECT value FROM json_each(?1))'
/** What was said of an ATOM before its objects came may hold the text that is erased with its body. */
const DROP_SAID = "DELETE FROM atom_said WHERE object IN (SELECT object FROM atom_trail_remote WHERE status = 'verified')"
const FORGOTTEN_AT_ONCE = 10_000

class Database {
  readonly #query: D1Query
  readonly #outbox: Outbox
  #version: number | undefined

  constructor(query: D1Query) {
    this.#query = query
    this.#outbox = new Outbox(query)
  }

  async refs(): Promise<RemoteState> {
    return await this.#isThere() ? readRefs(this.#query) : { refs: new Map(), head: undefined }
  }

  async missing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
    if (ids.length === 0 || !await this.#isThere()) return ids
    const [rows = []] = await this.#query.run([{ sql: MISSING, params: [JSON.stringify(ids)] }])
    return rows.map((row) => idAt(this.#query, row, 'id'))
  }

  async* get(ids: readonly ObjectId[], options: GetOptions): AsyncIterable<RemoteObject> {
    if (await this.#isThere()) yield* readWithOwned(this.#query, ids, options)
  }

  async put(objects: AsyncIterable<RemoteObject>): Promise<void> {
    await this.#make()
    try {
      for await (const object of objects) await this.#outbox.add(object)
      await this.#outbox.flush()
    } finally {
      this.#outbox.clear()
    }
  }

  async updateRefs(updates: readonly RefUpdate[]): Promise<readonly RefOutcome[]> {
    await this.#make()
    return moveRefs(this.#query, updates)
  }

  async forget(ids: readonly ObjectId[]): Promise<void> {
    if (!await this.#isThere()) return
    for (let from = 0; from < ids.length; from += FORGOTTEN_AT_ONCE) {
      const list = JSON.stringify(ids.slice(from, from + FORGOTTEN_AT_ONCE))
      await this.#query.run([forgetTexts(list), { sql: DROP_SAID, params: [] }, { sql: DROP, params: [list] }])
    }
  }

  /** Older tables are brought up by the next push; what this program reads is in them all. */
  async #isThere(): Promise<boolean> {
    this.#version = this.#version === undefined || this.#version === 0 ? await readVersion(this.#query) : this.#version
    return this.#version > 0
  }

  async #make(): Promise<void> {
    await this.#isThere()
    if (this.#version !== undefined) await migrate(this.#query, this.#version)
    this.#version = SCHEMA_VERSION
  }
}
