/** What a D1 database knows of ATOMs, as an endpoint asks: `atom_trail_remote`, read in pages, and the words of those whose objects never came. */
import { getDigest, type Digest, type ObjectId } from '../../codec/object-id.js'
import { invalid } from '../../ops/check.js'
import { formatTime } from '../../trail/atom-json.js'
import { NAMED_MAX, type AtomQuery, type AtomRegister, type RegisteredAtom, type SaidAtom, type Slice, type Window } from '../endpoint/place.js'
import { PARAM_MAX_BYTES, type D1Query, type D1Row, type D1Statement } from './d1-query.js'
import { countAt, idAt, textAt } from './rows.js'
import { migrate, NOW, readVersion } from './schema.js'

const COLUMNS = "trail.object, trail.timestamp, trail.status, trail.synced_at, CASE WHEN trail.status = 'unverified' THEN said.json END AS json"
const FROM = 'atom_trail_remote AS trail LEFT JOIN atom_said AS said ON said.object = trail.object'

/** ?1 type, ?2 agent, ?3 since, ?4 words, empty for any; ?5 and ?6 the time and object to go on behind; ?7 the limit. */
const LIST = `SELECT ${COLUMNS} FROM ${FROM}
  WHERE (?1 = '' OR trail.type = ?1) AND (?2 = '' OR trail.agent = ?2) AND (?3 = '' OR trail.timestamp >= ?3)
    AND (?4 = '' OR instr(lower(coalesce(trail.title, '') || char(10) || coalesce(trail.reason, '')), lower(?4)) > 0)
    AND (?5 = '' OR trail.timestamp < ?5 OR (trail.timestamp = ?5 AND trail.object > ?6))
  ORDER BY trail.timestamp DESC, trail.object LIMIT CAST(?7 AS INTEGER)`
const NAMED = `SELECT ${COLUMNS} FROM ${FROM} WHERE CASE ?1 WHEN 'object' THEN trail.object = ?2 ELSE trail.atom_id = ?2 END ORDER BY trail.object LIMIT ${String(NAMED_MAX)}`
const OBJECTS = 'SELECT id FROM (SELECT id FROM objects WHERE id > ?1 UNION SELECT id FROM atom_contents WHERE id > ?1) ORDER BY id LIMIT CAST(?2 AS INTEGER)'

const NOTE = `INSERT INTO atom_trail_remote (object, atom_id, type, operation, agent, timestamp, signature, project, title, reason, metadata, token_cost, forgotten, status, synced_at)
  SELECT value ->> 'object', value ->> 'atom_id', value ->> 'type', value ->> 'operation', value ->> 'agent', value ->> 'timestamp', value ->> 'signature', value ->> 'project', value ->> 'title',
    value ->> 'reason', value -> 'metadata', 0, 0, 'unverified', ${NOW}
  FROM json_each(?1) WHERE true ON CONFLICT (object) DO NOTHING RETURNING object`
const NOTE_JSON = `INSERT INTO atom_said (object, json) SELECT value ->> 'object', value FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM atom_trail_remote AS trail WHERE trail.object = value ->> 'object' AND trail.status = 'unverified') ON CONFLICT (object) DO NOTHING`

const STATS: readonly D1Statement[] = [
  'SELECT (SELECT count(*) FROM objects) + (SELECT count(*) FROM atom_contents) AS objects, (SELECT coalesce(sum(size), 0) FROM objects) + (SELECT coalesce(sum(size), 0) FROM atom_contents) AS bytes',
  "SELECT count(*) AS atoms, coalesce(sum(status = 'unverified'), 0) AS unverified, coalesce(max(synced_at), '') AS synced_at FROM atom_trail_remote",
  'SELECT type AS word, count(*) AS count FROM atom_trail_remote GROUP BY type ORDER BY type',
  'SELECT agent AS word, count(*) AS count FROM atom_trail_remote GROUP BY agent ORDER BY agent',
].map((sql) => ({ sql, params: [] }))

export function openD1Register(query: D1Query): AtomRegister {
  const isThere = async (): Promise<boolean> => await readVersion(query) > 0
  return {
    async atoms(wanted, { after, limit }) {
      const [timestamp, object] = placeOf(after)
      if (!await isThere()) return { items: [], next: undefined }
      const [rows = []] = await query.run([{ sql: LIST, params: [...paramsOf(wanted), timestamp, object, String(limit + 1)] }])
      return sliceOf(rows, limit, (row) => ({ name: `${textAt(query, row, 'timestamp')}_${textAt(query, row, 'object')}`, item: atomOf(query, row) }))
    },
    async named(name) {
      if (!await isThere()) return []
      const [rows = []] = await query.run([{ sql: NAMED, params: 'object' in name ? ['object', name.object] : ['atom_id', name.atomId] }])
      return rows.map((row) => atomOf(query, row))
    },
    async note(said) {
      await migrate(query, await readVersion(query))
      const fresh = new Set<Digest>()
      for (const group of groupsOf(said)) {
        const params = [`[${group.map(({ json }) => json).join(',')}]`]
        const [rows = []] = await query.run([{ sql: NOTE, params }, { sql: NOTE_JSON, params }])
        for (const row of rows) fresh.add(textAt(query, row, 'object') as Digest)
      }
      return fresh
    },
    async objects({ after = '', limit }: Window): Promise<Slice<ObjectId>> {
      if (after !== '' && !/^(?:55|71)[0-9a-f]{64}$/.test(after)) throw invalid('after', after, 'what next said')
      if (!await isThere()) return { items: [], next: undefined }
      const [rows = []] = await query.run([{ sql: OBJECTS, params: [after, String(limit + 1)] }])
      return sliceOf(rows, limit, (row) => ({ name: idAt(query, row, 'id'), item: idAt(query, row, 'id') }))
    },
    async stats() {
      if (!await isThere()) return { atoms: 0, unverified: 0, objects: 0, bytes: 0, byType: {}, byAgent: {}, lastSyncedAtMs: undefined }
      const [[sizes = {}] = [], [counts = {}] = [], types = [], agents = []] = await query.run(STATS)
      const unverified = countAt(query, counts, 'unverified')
      const syncedAt = textAt(query, counts, 'synced_at')
      return {
        atoms: countAt(query, counts, 'atoms') - unverified, unverified, objects: countAt(query, sizes, 'objects'), bytes: countAt(query, sizes, 'bytes'),
        byType: countsOf(query, types), byAgent: countsOf(query, agents), lastSyncedAtMs: syncedAt === '' ? undefined : Date.parse(syncedAt),
      }
    },
  }
}

function paramsOf({ type = '', agent = '', sinceMs, words = '' }: AtomQuery): readonly string[] {
  return [type, agent, sinceMs === undefined ? '' : formatTime(sinceMs), words]
}

/** `TIMESTAMP_OBJECT`, as `next` said. */
function placeOf(after: string | undefined): readonly [timestamp: string, object: string] {
  if (after === undefined) return ['', '']
  const [timestamp = '', object = '', ...rest] = after.split('_')
  if (rest.length > 0 || !/^\d{4}-[\d:.T-]{18}Z$/.test(timestamp) || getDigest(object) === undefined) throw invalid('after', after, 'what next said')
  return [timestamp, object]
}

/** One row more than the limit says that there is a next slice. */
function sliceOf<Item>(rows: readonly D1Row[], limit: number, read: (row: D1Row) => { readonly name: string; readonly item: Item }): Slice<Item> {
  const taken = rows.slice(0, limit).map(read)
  return { items: taken.map(({ item }) => item), next: rows.length > limit ? taken.at(-1)?.name : undefined }
}

function atomOf(query: D1Query, row: D1Row): RegisteredAtom {
  const object = textAt(query, row, 'object') as Digest
  const syncedAtMs = Date.parse(textAt(query, row, 'synced_at'))
  if (textAt(query, row, 'status') === 'verified') return { object, status: 'verified', syncedAtMs }
  return { object, status: 'unverified', syncedAtMs, said: textAt(query, row, 'json') }
}

function countsOf(query: D1Query, rows: readonly D1Row[]): Readonly<Record<string, number>> {
  return Object.fromEntries(rows.map((row) => [textAt(query, row, 'word'), countAt(query, row, 'count')]))
}

/** In UTF-8 a JSON text has at most three bytes for each of its units. */
function groupsOf(said: readonly SaidAtom[]): readonly (readonly SaidAtom[])[] {
  const groups: SaidAtom[][] = [[]]
  let sizeBytes = 0
  for (const atom of said) {
    const bytes = atom.json.length * 3 + 1
    if (sizeBytes + bytes > PARAM_MAX_BYTES) {
      groups.push([])
      sizeBytes = 0
    }
    groups.at(-1)?.push(atom)
    sizeBytes += bytes
  }
  return groups.filter((group) => group.length > 0)
}
