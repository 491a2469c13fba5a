/** Judges only what can be reached from some objects: each once, bytes, form and links, by reading along the links. */
import { isAtomError } from '../../base/errors.js'
import { codecOf, digestOf, idOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import { openAny, type OpenedObject } from '../../object/open.js'
import { ownedLinks, type LinkRole } from '../../object/links.js'
import { FORGOTTEN } from '../../refs/name.js'
import { objectKey, refKey } from '../../store/keys.js'
import type { Check, VerifyResult } from './check.js'
import { checkFiles, checkSplitTrees } from './contents.js'
import { checkExpected } from './expectations.js'
import { isFitting, type KindName } from './object-table.js'
import { makeReachedClaims } from './claims.js'
import { readRefs, readState, rootOf } from './refs.js'
import { startCheck, type VerifyContext, type VerifyOptions } from './verify.js'

interface Wanted { readonly id: ObjectId; readonly role: LinkRole; readonly from: string }

/** Verifies what the objects own, near and far. The indexes, the refs and the operation log are not judged. */
export async function verifyReachable(context: VerifyContext, starts: readonly ObjectId[], options: VerifyOptions = {}): Promise<VerifyResult> {
  const check = startCheck(context, options.perCode)
  const walk = new Walk(check, options.assumed)
  for (const id of starts) walk.want({ id, role: 'unknown', from: 'the revision' })
  await walk.run()
  checkFiles(check, walk.files)
  checkSplitTrees(check, walk.splitTrees)
  const refs = await readRefs(check)
  const root = rootOf(refs)
  const expected = options.expected ?? []
  const met = expected.length === 0 ? 0 : await checkExpected(check, expected, { records: context.records, refs, root, tip: readState(check, refs).tip })
  const found = { atoms: walk.atoms, objects: walk.objects, bytes: walk.bytes, root }
  const claims = makeReachedClaims(check.findings, { ...found, starts: starts.map(digestOf), forgotten: walk.forgotten, expected: { met, asked: expected.length } })
  return { ok: check.findings.isClean(), ...found, findings: check.findings.list(), claims }
}

const PAUSE_OBJECTS = 1_000

class Walk {
  atoms = 0
  objects = 0
  bytes = 0
  forgotten = 0
  readonly files: ObjectId[] = []
  readonly splitTrees: ObjectId[] = []
  readonly #check: Check
  readonly #assumed: ReadonlySet<ObjectId>
  readonly #stack: Wanted[] = []

  constructor(check: Check, assumed: ReadonlySet<ObjectId> = new Set()) {
    this.#check = check
    this.#assumed = assumed
  }

  want(wanted: Wanted): void {
    const { hash, table, findings } = this.#check
    hash.hexId(wanted.id)
    const kind = table.kindOf(hash)
    if (kind !== undefined) {
      if (!isFitting(wanted.role, kind)) findings.error('link-kind', `${wanted.from} links to ${digestOf(wanted.id)} as its ${wanted.role}, and that is a ${kind}`, { object: digestOf(wanted.id) })
      return
    }
    this.#stack.push(wanted)
  }

  async run(): Promise<void> {
    for (let wanted = this.#stack.pop(); wanted !== undefined; wanted = this.#stack.pop()) {
      this.#take(wanted)
      if (this.objects % PAUSE_OBJECTS !== 0) continue
      this.#check.reporter.progress('verify', this.objects)
      this.#check.signal.throwIfAborted()
      // Others get their turn between two slices.
      await new Promise<void>((resolve) => { queueMicrotask(resolve) })
    }
  }

  #take(wanted: Wanted): void {
    const { hash, table, findings, records } = this.#check
    const { id, role, from } = wanted
    hash.hexId(id)
    if (table.kindOf(hash) !== undefined) {
      this.want(wanted)
      return
    }
    const bytes = records.getRecord(objectKey(id))
    if (bytes === undefined) {
      if (this.#assumed.has(id)) return
      if (records.getRecord(refKey(FORGOTTEN + digestOf(id))) !== undefined) this.forgotten++
      else findings.error('link-missing', `${from} links to ${digestOf(id)} as its ${role}, and it is not there`, { object: digestOf(id) })
      return
    }
    this.objects++
    this.bytes += bytes.length
    const kind = this.#judge(id, bytes)
    hash.hexId(id)
    table.put(hash, kind)
    if (!isFitting(role, kind)) findings.error('link-kind', `${from} links to ${digestOf(id)} as its ${role}, and that is a ${kind}`, { object: digestOf(id) })
  }

  #judge(id: ObjectId, bytes: Uint8Array): KindName {
    const { findings } = this.#check
    const digest: Digest = digestOf(id)
    const actual = idOf(bytes, codecOf(id))
    if (actual !== id) {
      findings.error('object-corrupt', `the bytes of ${digest} have the digest ${digestOf(actual)}`, { object: digest })
      return 'damaged'
    }
    if (codecOf(id) === 'raw') return 'raw'
    let object: OpenedObject
    try {
      object = openAny(bytes)
    } catch (error) {
      if (!isAtomError(error)) throw error
      findings.error(error.code === 'CBOR_INVALID' ? 'object-not-canonical' : 'object-invalid', `the object ${digest} is refused: ${error.message}`, { object: digest })
      return 'damaged'
    }
    const from = object.kind === 'atom' ? object.value.atomId : `the ${object.kind} ${digest}`
    for (const link of ownedLinks(object)) this.want({ ...link, from })
    if (object.kind === 'atom') this.atoms++
    else if (object.kind === 'file') this.files.push(id)
    else if (object.kind === 'tree' && object.value.is === 'node') this.splitTrees.push(id)
    return object.kind
  }
}
