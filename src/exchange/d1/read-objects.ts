/** Reads objects from D1 in pages of bounded size: those that are asked for, and what they own, near and far, in one sweep down the table. */
import { codecOf, linksIn, type ObjectId } from '../../codec/object-id.js'
import type { GetOptions, RemoteObject } from '../remote.js'
import { refusedBy } from '../remote-errors.js'
import { PAGE_BYTES, PAGE_ROWS, type D1Query, type D1Row, type D1Statement } from './d1-query.js'
import { bytesAt, countAt, idAt, textAt } from './rows.js'

interface ReadObject extends RemoteObject {
  readonly seq: number
  readonly kind: string
}

/** Rows of a page: from the newest on until their sizes reach the limit, one of them at least. `pool`: seq and size of those that may be in it. */
const pageOf = (pool: string): string => `SELECT seq, id, kind, bytes FROM objects WHERE seq IN (
    SELECT seq FROM (SELECT seq, size, sum(size) OVER (ORDER BY seq DESC) AS total FROM (${pool})) WHERE total - size < ${String(PAGE_BYTES)}
  ) ORDER BY seq DESC`

const ASKED = pageOf('SELECT o.seq, o.size FROM json_each(?1) AS asked JOIN objects AS o ON o.id = asked.value')
/** Down to the next that the other side has. */
const FLOOR = 'SELECT coalesce(max(o.seq), 0) FROM json_each(?2) AS had JOIN objects AS o ON o.id = had.value WHERE o.seq < CAST(?1 AS INTEGER)'
const below = (kinds: string): string => pageOf(`SELECT seq, size FROM objects WHERE seq < CAST(?1 AS INTEGER) AND seq > (${FLOOR}) AND ${kinds} ORDER BY seq DESC LIMIT ${String(PAGE_ROWS)}`)
/** Operations are a line of their own: they only name ATOMs. */
const LINES: readonly { readonly starts: readonly string[]; readonly sql: string }[] = [
  { starts: ['op'], sql: below("kind = 'op'") },
  { starts: ['atom', 'tag'], sql: below("kind <> 'op'") },
]

/** Yields those of the objects that are there. */
export async function* readObjects(query: D1Query, ids: readonly ObjectId[]): AsyncIterable<ReadObject> {
  let asked: readonly ObjectId[] = [...new Set(ids)]
  while (asked.length > 0) {
    const page = await readPage(query, { sql: ASKED, params: [JSON.stringify(asked)] })
    yield* page
    if (!isFull(page)) return
    const given = new Set(page.map(({ id }) => id))
    const rest = asked.filter((id) => !given.has(id))
    if (rest.length === asked.length) throw refusedBy(query.location, 'it gives what was not asked for')
    asked = rest
  }
}

/** Of the rows of a page so many must be wanted, or the rest is asked for by name. */
const WANTED_MIN = 1 / 20

/**
 * Yields those of the objects that are there, then what ATOMs, tags and operations among them own, each after one that owns it. What an object owns was put before
 * it: one sweep from the newest down meets every owner first. The sweep ends above what `have` names, and where hardly anything is wanted; whoever still lacks something asks for it.
 */
export async function* readWithOwned(query: D1Query, ids: readonly ObjectId[], { have, isHere }: GetOptions): AsyncIterable<RemoteObject> {
  const named = new Set<ObjectId>()
  const starts = new Map<string, number>()
  for await (const { id, bytes, kind, seq } of readObjects(query, ids)) {
    if (isHere(id)) continue
    starts.set(kind, Math.max(starts.get(kind) ?? 0, seq))
    yield { id, bytes }
    nameLinks(named, { id, bytes })
  }
  for (const id of ids) named.delete(id)
  for (const { starts: kinds, sql } of LINES) {
    const start = Math.max(0, ...kinds.map((kind) => starts.get(kind) ?? 0))
    if (start > 0) yield* sweep({ query, sql, named, isHere, have: JSON.stringify(have.slice(0, HAVE_MAX_IDS)) }, start)
  }
}
/** So that their list fits into a parameter. */
const HAVE_MAX_IDS = 10_000

interface Sweep {
  readonly query: D1Query
  readonly sql: string
  readonly named: Set<ObjectId>
  readonly have: string
  isHere(id: ObjectId): boolean
}

async function* sweep(asked: Sweep, start: number): AsyncIterable<RemoteObject> {
  const { named, isHere } = asked
  for await (const page of pages(asked, start)) {
    let wanted = 0
    for (const object of page) {
      // Nothing further down owns it: it is named no more.
      if (!named.delete(object.id)) continue
      // Only lines are long: what else the caller has costs nothing more, now that its bytes are here.
      if (LINES.some(({ starts }) => starts.includes(object.kind)) && isHere(object.id)) continue
      wanted++
      yield { id: object.id, bytes: object.bytes }
      nameLinks(named, object)
    }
    if (named.size === 0 || wanted < page.length * WANTED_MIN) return
  }
}

/** Yields page after page: the next is under way while one is looked at. Whoever leaves leaves nothing under way. */
async function* pages({ query, sql, have }: Sweep, start: number): AsyncIterable<readonly ReadObject[]> {
  const left = new AbortController()
  const read = async (from: number): Promise<readonly ReadObject[]> => {
    const page = await readPage(query, { sql, params: [String(from), have] }, left.signal)
    if (page.some(({ seq }, index) => seq >= (page[index - 1]?.seq ?? from))) throw refusedBy(query.location, 'it gives objects in another order than was asked for')
    return page
  }
  try {
    for (let coming: Promise<readonly ReadObject[]> | undefined = read(start); coming !== undefined;) {
      const page: readonly ReadObject[] = await coming
      const last = page.at(-1)
      coming = last === undefined || !(isFull(page) || page.length === PAGE_ROWS) ? undefined : read(last.seq)
      // Awaited in its turn; never, when whoever asked has left.
      coming?.catch(() => undefined)
      yield page
    }
  } finally {
    left.abort()
  }
}

function nameLinks(named: Set<ObjectId>, { id, bytes }: RemoteObject): void {
  if (codecOf(id) === 'dag-cbor') for (const link of linksIn(bytes)) named.add(link)
}

async function readPage(query: D1Query, statement: D1Statement, left?: AbortSignal): Promise<readonly ReadObject[]> {
  const [rows = []] = await query.run([statement], left)
  return rows.map((row: D1Row) => ({ seq: countAt(query, row, 'seq'), id: idAt(query, row, 'id'), kind: textAt(query, row, 'kind'), bytes: bytesAt(query, row, 'bytes') }))
}

function isFull(page: readonly ReadObject[]): boolean {
  return page.reduce((total, { bytes }) => total + bytes.length, 0) >= PAGE_BYTES
}
