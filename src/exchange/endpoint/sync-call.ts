/** `POST /atom/sync`: what a script sends without knowing a remote: a CAR with objects, or ATOMs as JSON, of which only the words are kept. */
import { AtomError } from '../../base/errors.js'
import { codecOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { openAny } from '../../object/open.js'
import { CAR_TYPE, PUT_MAX_BYTES, SYNC_JSON_MAX_BYTES } from '../http/wire.js'
import { MISSING_MAX_IDS, type Remote, type RemoteObject } from '../remote.js'
import { jsonAnswer, Refusal } from './answers.js'
import type { Place, SaidAtom } from './place.js'
import { mediaType, readCarBody, readJson } from './requests.js'
import { checkSaid, isRefused, type RefusedAtom } from './said-atom.js'

export interface SyncAnswer {
  /** ATOMs that were not known. */
  readonly accepted: number
  readonly known: number
  readonly refused: readonly RefusedAtom[]
}

const SAID_MAX = 5_000

export async function answerSync(place: Place, request: Request): Promise<Response> {
  if (place.keeps === 'what refs reach') throw new Refusal(422, new AtomError('REMOTE_REFUSED', 'this is a store, which keeps what its refs lead to: push to it', { data: { remote: 'here', reason: 'a store' }, hint: 'atom push' }))
  return jsonAnswer(mediaType(request) === CAR_TYPE ? await takeObjects(place.remote, request) : await takeWords(place, request))
}

/** Keeps what a CAR brings; refs are moved by a push alone, which knows from where. */
async function takeObjects(remote: Remote, request: Request): Promise<SyncAnswer> {
  const { objects } = await readCarBody(request, PUT_MAX_BYTES)
  const atoms = { seen: 0, known: 0 }
  await remote.put(noted(remote, objects, atoms))
  return { accepted: atoms.seen - atoms.known, known: atoms.known, refused: [] }
}

/** Passes objects on in groups, so that it is asked once for each group which of its ATOMs are new. The set of refs that a bundle begins with is no part of a trail. */
async function* noted(remote: Remote, objects: AsyncIterable<RemoteObject>, atoms: { seen: number; known: number }): AsyncIterable<RemoteObject> {
  let group: RemoteObject[] = []
  let headers: ObjectId[] = []
  const ask = async (): Promise<void> => {
    const missing = headers.length === 0 ? [] : await remote.missing(headers)
    atoms.seen += headers.length
    atoms.known += headers.length - missing.length
    headers = []
  }
  let groupBytes = 0
  for await (const object of objects) {
    const kind = codecOf(object.id) === 'raw' ? 'raw' : openAny(object.bytes).kind
    if (kind === 'refs') continue
    if (kind === 'atom') headers.push(object.id)
    group.push(object)
    groupBytes += object.bytes.length
    if (group.length < MISSING_MAX_IDS && groupBytes < GROUP_BYTES) continue
    await ask()
    yield* group
    group = []
    groupBytes = 0
  }
  await ask()
  yield* group
}

const GROUP_BYTES = 4_194_304

async function takeWords({ register }: Place, request: Request): Promise<SyncAnswer> {
  if (register.note === undefined) throw new Refusal(422, new AtomError('REMOTE_REFUSED', 'this place keeps objects alone: push to it', { data: { remote: 'here', reason: 'objects alone' } }))
  const list = await readJson(request, SYNC_JSON_MAX_BYTES)
  if (!Array.isArray(list)) throw new Refusal(400, new AtomError('USAGE', 'send a list of ATOMs: [ATOM, …]', { data: {} }))
  if (list.length > SAID_MAX) throw new Refusal(413, new AtomError('REMOTE_REFUSED', `at most ${String(SAID_MAX)} ATOMs at once`, { data: { remote: 'here', reason: 'too many' }, hint: 'send them in parts' }))
  const checked = list.map(checkSaid)
  const said = new Map<Digest, SaidAtom>()
  for (const atom of checked) if (!isRefused(atom) && !said.has(atom.object)) said.set(atom.object, atom)
  const fresh = await register.note([...said.values()])
  const taken = checked.filter((atom) => !isRefused(atom)).length
  return { accepted: fresh.size, known: taken - fresh.size, refused: checked.filter(isRefused) }
}
