/** A pushed ATOM as a row of `atom_trail_remote`: a pure function of its header and body. Names and values as in the JSON of an ATOM. */
import { utf8Length } from '../../base/bytes.js'
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import { typeOf } from '../../object/atom-id.js'
import type { AtomHeader } from '../../object/atom.js'
import type { Body } from '../../object/body.js'
import { formatTime, toJsonValue, totalTokens } from '../../trail/atom-json.js'
import { NOW } from './schema.js'
import { TEXT_MAX_BYTES, type D1Statement } from './d1-query.js'

export interface PushedAtom {
  readonly id: ObjectId
  readonly header: AtomHeader
  /** undefined where it was erased. */
  readonly body: Body | undefined
  /** undefined where it is not known here: the database looks. */
  readonly previousAtomId: string | undefined
}

/** In the order of a row. What is forgotten with a body comes last. */
const OF_HEADER = ['object', 'atom_id', 'type', 'operation', 'agent', 'timestamp', 'signature', 'previous_atom', 'previous_object', 'tree', 'body', 'token_cost', 'forgotten']
const OF_BODY = ['title', 'reason', 'project', 'metadata', 'context_sync_ref']
const COLUMNS: readonly string[] = [...OF_HEADER, ...OF_BODY]

/** Returns the JSON of a row: a list in the order of the columns, at most `PARAM_MAX_BYTES` long. */
export function trailRow({ id, header, body, previousAtomId }: PushedAtom): string {
  const [first] = header.parents
  return JSON.stringify([
    digestOf(id), header.atomId, typeOf(header.atomId), header.operation, header.agent, formatTime(header.timeMs), `sha256:${digestOf(id)}`, previousAtomId ?? null, first === undefined ? null : digestOf(first),
    digestOf(header.tree), digestOf(header.body), body?.tokens === undefined ? 0 : totalTokens(body.tokens), body === undefined ? 1 : 0,
    ...(body === undefined ? OF_BODY.map(() => null) : textsOf(body)),
  ])
}

function textsOf({ title, reason, project, metadata, contextSyncRef, large }: Body): readonly (string | null)[] {
  return [
    large?.['title'] === undefined ? fitting(title) : null, large?.['reason'] === undefined ? fitting(reason) : null, fitting(project),
    fitting(metadata === undefined ? '{}' : JSON.stringify(toJsonValue(metadata))), fitting(contextSyncRef),
  ]
}

/** Returns null for a text that is too long for a row: the object has it. */
function fitting(text: string | undefined): string | null {
  if (text === undefined) return null
  // A character takes six bytes in JSON at most.
  return text.length * 6 < TEXT_MAX_BYTES || utf8Length(JSON.stringify(text)) <= TEXT_MAX_BYTES ? text : null
}

const INSERT = `INSERT INTO atom_trail_remote (${COLUMNS.join(', ')}, status, synced_at)
  SELECT ${COLUMNS.map((column, index) => column === 'previous_atom' ? previousAtom(index) : `value ->> ${String(index)}`).join(', ')}, 'verified', ${NOW}
  FROM json_each(?1) WHERE true
  ON CONFLICT (object) DO UPDATE SET ${[...COLUMNS, 'status', 'synced_at'].map((column) => `${column} = excluded.${column}`).join(', ')} WHERE atom_trail_remote.status = 'unverified'`

function previousAtom(index: number): string {
  return `coalesce(value ->> ${String(index)}, (SELECT before.atom_id FROM atom_trail_remote AS before WHERE before.object = value ->> ${String(COLUMNS.indexOf('previous_object'))}))`
}

/** Returns what writes rows: one that is there stays, unless nobody had seen its objects. */
export function insertTrailRows(rows: readonly string[]): D1Statement {
  return { sql: INSERT, params: [`[${rows.join(',')}]`] }
}

/** Returns what drops the texts that came from erased bodies; `ids`: a JSON list of object ids. */
export function forgetTexts(ids: string): D1Statement {
  return { sql: `UPDATE atom_trail_remote SET forgotten = 1, token_cost = 0, ${OF_BODY.map((column) => `${column} = NULL`).join(', ')} WHERE body IN (SELECT substr(value, 3) FROM json_each(?1))`, params: [ids] }
}
