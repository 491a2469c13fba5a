/**
 * A remote in a Cloudflare D1 database: objects and refs as rows, and one row for each ATOM that anybody can ask with SQL. `docs/spec/d1.md` is what lies there.
 *
 * Guarantees: a ref moves by compare-and-set in one statement, and only to what is there; every question fits D1's limits and may be asked twice. Refuses: a database that
 * holds something else, tables of a newer program, and one whose large contents a Worker keeps in R2, which nobody else reads.
 */
import type { ObjectId } from '../../codec/object-id.js'
import type { GetOptions, RefOutcome, RefUpdate, Remote, RemoteObject, RemoteState } from '../remote.js'
import type { D1Query } from './d1-query.js'
import { refusedBy } from '../remote-errors.js'
import { moveRefs, readRefs } from './move-refs.js'
import { Outbox } from './put-objects.js'
import { readWithOwned } from './read-objects.js'
import { idAt } from './rows.js'
import { migrate, readTables, SCHEMA_VERSION } from './schema.js'
import { forgetTexts } from './trail-row.js'

/** Opens a database; nothing is asked before the first call, and nothing is made before the first `put` or `updateRefs`. `apart`: the caller reads contents that are in no row. */
export function openD1Remote(query: D1Query, contents: 'in rows' | 'apart' = 'in rows'): Remote {
  const database = new Database(query, contents)
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
  readonly #contents: 'in rows' | 'apart'
  readonly #outbox: Outbox
  #version: number | undefined

  constructor(query: D1Query, contents: 'in rows' | 'apart') {
    this.#query = query
    this.#contents = contents
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
    if (this.#version === undefined || this.#version === 0) {
      const { version, hasApart } = await readTables(this.#query, this.#contents === 'in rows' ? 'contents' : 'version')
      // What only a Worker reads would look like a loss from here.
      if (hasApart) throw refusedBy(this.#query.location, 'a Worker keeps its large contents in R2, where this way does not lead: use the URL of the Worker (https://…, with the bucket bound as CONTENTS) instead; nothing is lost')
      this.#version = version
    }
    return this.#version > 0
  }

  async #make(): Promise<void> {
    await this.#isThere()
    if (this.#version !== undefined) await migrate(this.#query, this.#version)
    this.#version = SCHEMA_VERSION
  }
}
