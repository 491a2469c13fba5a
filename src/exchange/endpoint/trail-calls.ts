/** What people and scripts ask of a place: lists of ATOMs, one of them, how much there is, and whether it is whole. */
import { AtomError } from '../../base/errors.js'
import { digestOf, getDigest } from '../../codec/object-id.js'
import { isAtomId, isAtomType } from '../../object/atom-id.js'
import { invalid } from '../../ops/check.js'
import { formatTime } from '../../trail/atom-json.js'
import { jsonAnswer, Refusal } from './answers.js'
import { atomAnswers } from './atom-answers.js'
import { getIdOfCid } from '../http/wire.js'
import { NAMED_MAX, type AtomQuery, type Place, type Window } from './place.js'
import { verifySlice } from './verify-slice.js'

const PAGE_ATOMS = 50
const PAGE_ATOMS_MAX = 200
const PAGE_OBJECTS = 500
const PAGE_OBJECTS_MAX = 1_000
const WORDS_MAX = 200

/** `GET /atoms?type=&agent=&since=&q=&limit=&after=` */
export async function answerAtoms(place: Place, url: URL): Promise<Response> {
  const asked = readWords(url, ['type', 'agent', 'since', 'q', 'limit', 'after'])
  const { items, next } = await place.register.atoms(queryOf(asked), windowOf(asked, { usual: PAGE_ATOMS, most: PAGE_ATOMS_MAX }))
  return jsonAnswer({ atoms: await atomAnswers(place, items), next: next ?? null })
}

/** `GET /atoms/:id`, by atom id, 64 hex digits or CID. */
export async function answerAtom(place: Place, name: string): Promise<Response> {
  const cid = getIdOfCid(name)
  const digest = getDigest(name) ?? (cid === undefined ? undefined : digestOf(cid))
  if (digest === undefined && !isAtomId(name)) throw new Refusal(400, new AtomError('REVISION_SYNTAX', 'neither an atom id, nor 64 hex digits, nor a CID', { data: { revision: name.slice(0, 120) } }))
  const found = await place.register.named(digest === undefined ? { atomId: name } : { object: digest })
  const [first, second] = found
  if (first === undefined) throw new AtomError('OBJECT_NOT_FOUND', `there is no ${name} here`, { data: { id: name } })
  if (second !== undefined) {
    const candidates = found.slice(0, NAMED_MAX).map(({ object }) => object)
    throw new AtomError('ID_AMBIGUOUS', `${String(found.length)} ATOMs are called ${name}: ${candidates.join(', ')}`, { data: { prefix: name, candidates }, hint: 'ask for one by its object' })
  }
  const [answer] = await atomAnswers(place, [first])
  if (answer === undefined) throw new AtomError('OBJECT_CORRUPT', `${first.object} is here and cannot be read`, { data: { id: first.object, reason: 'no ATOM' }, hint: 'GET /verify' })
  return jsonAnswer(answer)
}

/** `GET /stats` */
export async function answerStats({ remote, register }: Place): Promise<Response> {
  const stats = await register.stats()
  const { refs } = await remote.refs()
  return jsonAnswer({
    atoms: stats.atoms, unverified: stats.unverified, objects: stats.objects, bytes: stats.bytes, refs: refs.size, by_type: stats.byType, by_agent: stats.byAgent,
    last_synced_at: stats.lastSyncedAtMs === undefined ? null : formatTime(stats.lastSyncedAtMs),
  })
}

/** `GET /verify?limit=&after=` */
export async function answerVerify(place: Place, url: URL): Promise<Response> {
  const asked = readWords(url, ['limit', 'after'])
  return jsonAnswer(await verifySlice(place, windowOf(asked, { usual: PAGE_OBJECTS, most: PAGE_OBJECTS_MAX })))
}

type Words<Key extends string> = { readonly [Name in Key]?: string }

/** Throws `INPUT_INVALID` for a parameter that is unknown, so that a typing error is no answer to another question. */
function readWords<const Key extends string>({ searchParams }: URL, known: readonly Key[]): Words<Key> {
  const words: { [key: string]: string } = {}
  for (const [key, value] of searchParams) {
    if (!(known as readonly string[]).includes(key)) throw invalid(key.slice(0, 80), undefined, `one of ${known.join(', ')}`)
    if (value !== '') words[key] = value
  }
  return words as Words<Key>
}

function queryOf({ type, agent, since, q }: Words<'type' | 'agent' | 'since' | 'q'>): AtomQuery {
  if (type !== undefined && !isAtomType(type)) throw invalid('type', type, 'a type of ATOMs, like CFG')
  if (q !== undefined && q.length > WORDS_MAX) throw invalid('q', undefined, `at most ${String(WORDS_MAX)} characters`)
  return { ...(type !== undefined && { type }), ...(agent !== undefined && { agent }), ...(since !== undefined && { sinceMs: timeOf(since) }), ...(q !== undefined && { words: q }) }
}

function timeOf(since: string): number {
  const timeMs = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(since) ? Date.parse(since) : Number.NaN
  if (Number.isNaN(timeMs)) throw invalid('since', since, 'a day, or a time with its zone: 2024-11-27 or 2024-11-27T10:27:33Z')
  return timeMs
}

function windowOf({ limit, after }: Words<'limit' | 'after'>, { usual, most }: { readonly usual: number; readonly most: number }): Window {
  const count = limit === undefined ? usual : /^\d{1,6}$/.test(limit) ? Number(limit) : 0
  if (count < 1 || count > most) throw invalid('limit', limit, `a number from 1 to ${String(most)}`)
  return { after, limit: count }
}
