/** Checks the JSON of an ATOM that a script sent: what it says of itself must at least fit together. Whether it is true nobody can know without the objects. */
import { isWellFormed, utf8Length } from '../../base/bytes.js'
import { TIME_MAX_MS, TIME_MIN_MS } from '../../base/limits.js'
import { cidText, getDigest, objectId } from '../../codec/object-id.js'
import { getAtomIdParts } from '../../object/atom-id.js'
import type { AtomJson } from '../../trail/atom-json.js'
import { SAID_MAX_BYTES, type SaidAtom } from './place.js'

/** Why an ATOM is not taken. */
export interface RefusedAtom {
  readonly atom_id: string | null
  readonly reason: string
}

interface Fields { readonly [key: string]: unknown }

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

export function checkSaid(value: unknown): SaidAtom | RefusedAtom {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { atom_id: null, reason: 'it is no object' }
  const fields = value as Fields
  const named = typeof fields['atom_id'] === 'string' ? fields['atom_id'].slice(0, 120) : null
  const problem = problemOf(fields)
  if (problem !== undefined) return { atom_id: named, reason: problem }
  const said = saidOf(fields)
  return utf8Length(said.json) > SAID_MAX_BYTES ? { atom_id: named, reason: `it has more than ${String(SAID_MAX_BYTES)} bytes` } : said
}

export function isRefused(checked: SaidAtom | RefusedAtom): checked is RefusedAtom {
  return 'atom_id' in checked
}

/** Rules in the order in which they are told: the first that fails is the reason. */
const RULES: readonly (readonly [isBroken: (fields: Fields) => boolean, reason: string])[] = [
  [({ atom_id }) => typeof atom_id !== 'string' || getAtomIdParts(atom_id) === undefined, 'atom_id is not of the form ATOM-TYPE-YYYYMMDD-NNN'],
  [({ object }) => typeof object !== 'string' || getDigest(object) === undefined, 'object is not 64 hex digits: without it nothing can ever be checked'],
  [({ signature, object }) => isGiven(signature) && signature !== `sha256:${String(object).toLowerCase()}`, 'signature is not sha256: and the object'],
  [({ cid, object }) => isGiven(cid) && cid !== cidText(objectId(String(object).toLowerCase() as never, 'dag-cbor')), 'cid is not that of the object'],
  [({ type, atom_id }) => isGiven(type) && type !== getAtomIdParts(String(atom_id))?.type, 'type is not the one in atom_id'],
  [({ operation }) => !isFilled(operation), 'operation is no text'],
  [({ agent }) => !isFilled(agent), 'agent is no text'],
  [({ timestamp }) => getTimeMs(timestamp) === undefined, 'timestamp is not an RFC 3339 time with a zone'],
  ...(['project', 'title', 'reason', 'previous_atom', 'context_sync_ref'] as const).map((key) => [(fields: Fields) => isGiven(fields[key]) && !isText(fields[key]), `${key} is no text`] as const),
  ...(['parents', 'influenced_by', 'evidence', 'files'] as const).map((key) => [(fields: Fields) => isGiven(fields[key]) && !Array.isArray(fields[key]), `${key} is no list`] as const),
  ...(['metadata', 'tokens'] as const).map((key) => [(fields: Fields) => isGiven(fields[key]) && (typeof fields[key] !== 'object' || Array.isArray(fields[key])), `${key} is no object`] as const),
]

function problemOf(fields: Fields): string | undefined {
  return RULES.find(([isBroken]) => isBroken(fields))?.[1]
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && isWellFormed(value)
}

function isFilled(value: unknown): boolean {
  return isText(value) && value !== ''
}

function getTimeMs(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : Number.NaN
  return timeMs >= TIME_MIN_MS && timeMs <= TIME_MAX_MS ? timeMs : undefined
}

const NO_TOKENS = { model: null, input: 0, output: 0, cache_read: 0, cache_write: 0, total: 0, cost_usd: null }

/** Absent becomes null, lists empty; what is no field of an ATOM is dropped. */
function saidOf(fields: Fields): SaidAtom {
  const object = getDigest(String(fields['object'])) as NonNullable<ReturnType<typeof getDigest>>
  const atomId = String(fields['atom_id'])
  const timeMs = getTimeMs(fields['timestamp']) ?? 0
  const [operation, agent] = [String(fields['operation']), String(fields['agent'])]
  const text = (key: string): string | null => (isText(fields[key]) ? fields[key] : null)
  const list = (key: string): readonly never[] => (fields[key] ?? []) as readonly never[]
  const atom: { readonly [Key in keyof AtomJson]: unknown } = {
    atom_id: atomId, object, cid: cidText(objectId(object, 'dag-cbor')), signature: `sha256:${object}`, type: getAtomIdParts(atomId)?.type ?? '', operation, agent,
    project: text('project'), timestamp: new Date(timeMs).toISOString(), parents: list('parents'), previous_atom: text('previous_atom'), influenced_by: list('influenced_by'),
    title: text('title'), reason: text('reason'), metadata: fields['metadata'] ?? {}, context_sync_ref: text('context_sync_ref'), evidence: list('evidence'), tokens: fields['tokens'] ?? NO_TOKENS,
    tree: text('tree'), files: list('files'), tainted: fields['tainted'] === true, forgotten: fields['forgotten'] === true,
  }
  return { object, atomId, type: atom.type as string, operation, agent, timeMs, title: text('title'), reason: text('reason'), json: JSON.stringify(atom) }
}
