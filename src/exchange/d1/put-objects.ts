/** Sends objects to D1 in groups: each group one question, whose statements carry all rows in one parameter each. */
import { toBase64 } from '../../base/base64.js'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { utf8Length } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import { codecOf, type ObjectId } from '../../codec/object-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import { openAny, openAs, type OpenedObject } from '../../object/open.js'
import type { RemoteObject } from '../remote.js'
import { PARAM_MAX_BYTES, type D1Query, type D1Statement } from './d1-query.js'
import { readObjects } from './read-objects.js'
import { insertTrailRows, trailRow } from './trail-row.js'

const INSERT = `INSERT INTO objects (id, kind, size, bytes)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1) WHERE true ORDER BY key
  ON CONFLICT (id) DO NOTHING`

const ATOM_IDS_REMEMBERED = 20_000

interface SizedBody {
  readonly body: Body
  readonly sizeBytes: number
}

/** What goes to one database, over several calls of `put`: a body may come in one, its header in the next. */
export class Outbox {
  readonly #query: D1Query
  readonly #bodies = createBoundedCache<ObjectId, SizedBody>({ limit: BATCH_MAX_BYTES, weigh: ({ sizeBytes }) => sizeBytes + 200 })
  readonly #atomIds = createBoundedCache<ObjectId, string>({ limit: ATOM_IDS_REMEMBERED })
  #rows: string[] = []
  #rowsBytes = 0
  #trail: string[] = []
  #trailBytes = 0

  constructor(query: D1Query) {
    this.#query = query
  }

  /** What was added since the last `flush` goes with the next one, unless it was too much to wait for. */
  async add({ id, bytes }: RemoteObject): Promise<void> {
    const object = openedOf(id, bytes)
    const row = `["${id}","${kindOf(id, object)}",${String(bytes.length)},"${toBase64(bytes)}"]`
    if (object?.kind === 'body') this.#bodies.set(id, { body: object.value, sizeBytes: bytes.length })
    const trail = object?.kind === 'atom' ? await this.#trailRow(id, object.value) : undefined
    const trailBytes = trail === undefined ? 0 : utf8Length(trail) + 1
    if (this.#rowsBytes + row.length + 1 > PARAM_MAX_BYTES || this.#trailBytes + trailBytes > PARAM_MAX_BYTES) await this.flush()
    this.#rows.push(row)
    this.#rowsBytes += row.length + 1
    if (trail === undefined) return
    this.#trail.push(trail)
    this.#trailBytes += trailBytes
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return
    const statements: D1Statement[] = [{ sql: INSERT, params: [`[${this.#rows.join(',')}]`] }]
    if (this.#trail.length > 0) statements.push(insertTrailRows(this.#trail))
    this.clear()
    await this.#query.run(statements)
  }

  /** Drops what was added and not sent. */
  clear(): void {
    this.#rows = []
    this.#rowsBytes = 0
    this.#trail = []
    this.#trailBytes = 0
  }

  async #trailRow(id: ObjectId, header: AtomHeader): Promise<string> {
    this.#atomIds.set(id, header.atomId)
    const [first] = header.parents
    return trailRow({ id, header, body: await this.#bodyOf(header.body), previousAtomId: first === undefined ? undefined : this.#atomIds.peek(first) })
  }

  /** A body that did not come just now is there already, or was erased. */
  async #bodyOf(id: ObjectId): Promise<Body | undefined> {
    const known = this.#bodies.peek(id)
    if (known !== undefined) return known.body
    for await (const { bytes } of readObjects(this.#query, [id])) {
      const body = bodyOf(bytes)
      if (body !== undefined) this.#bodies.set(id, { body, sizeBytes: bytes.length })
      return body
    }
    return undefined
  }
}

/** What cannot be read is kept all the same: whoever gets it judges it. */
function openedOf(id: ObjectId, bytes: Uint8Array): OpenedObject | undefined {
  return codecOf(id) === 'raw' ? undefined : orNothing(() => openAny(bytes))
}

function bodyOf(bytes: Uint8Array): Body | undefined {
  return orNothing(() => openAs(bytes, 'body'))
}

function orNothing<Value>(open: () => Value): Value | undefined {
  try {
    return open()
  } catch (error) {
    if (isAtomError(error)) return undefined
    throw error
  }
}

function kindOf(id: ObjectId, object: OpenedObject | undefined): string {
  return codecOf(id) === 'raw' ? 'raw' : object?.kind ?? 'unknown'
}
