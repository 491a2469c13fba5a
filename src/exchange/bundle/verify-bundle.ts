/** `bundle verify`: judges a bundle by itself, without a store. Everything is proved relative to its heads; whether those are the original ones no file can say. */
import { digestOf, type Digest, type ObjectId } from '../../codec/object-id.js'
import type { Claim, VerifyResult } from '../../history/verify/check.js'
import type { Finding } from '../../history/verify/finding.js'
import { verifyReachable } from '../../history/verify/reachable-objects.js'
import type { VerifyContext } from '../../history/verify/verify.js'
import { encodeTarget, pointAt } from '../../refs/ref.js'
import { shortRefName } from '../../refs/name.js'
import { binaryKey } from '../../store/binary-key.js'
import { getObjectKeyId, refKey } from '../../store/keys.js'
import type { RecordReader, StoreRecord } from '../../store/types.js'
import { openAny } from '../../object/open.js'
import { sortRefs } from '../sync/known-refs.js'
import type { Root } from '../sync/received.js'
import type { Bundle } from './open-bundle.js'

export interface ExpectedRef {
  /** Full or short name. */
  readonly ref: string
  readonly digest: Digest
}

export interface BundleVerifyResult extends VerifyResult {
  readonly file: string
  readonly refs: ReadonlyMap<string, ObjectId>
  readonly needs: readonly ObjectId[]
}

export async function verifyBundle(bundle: Bundle, context: Omit<VerifyContext, 'records'>, expected: readonly ExpectedRef[]): Promise<BundleVerifyResult> {
  const { refs, needs, root } = bundle
  const result = await verifyReachable({ ...context, records: recordsOf(bundle) }, [...new Set(refs.values())], { assumed: new Set(needs) })
  const findings = [...headFindings(bundle), ...expected.flatMap((wanted) => expectedFindings(bundle, wanted)), ...result.findings]
  const ok = !findings.some(({ severity }) => severity === 'error')
  return { ...result, ok, root: digestOf(root), file: bundle.file, refs, needs, findings, claims: claimsOf({ ...result, ok }, bundle, expected) }
}

/** The refs and objects of a bundle as a store would have them. */
function recordsOf({ refs, staging }: Bundle): RecordReader {
  const records = new Map([...refs].map(([name, id]): readonly [string, StoreRecord] => [binaryKey(refKey(name)), [refKey(name), encodeTarget(pointAt(id))]]))
  return {
    getRecord(key) {
      const id = getObjectKeyId(key)
      return id === undefined ? records.get(binaryKey(key))?.[1] : staging.getObject(id)
    },
    async* scan({ gte, lt }) {
      const found = [...records].filter(([key]) => key >= binaryKey(gte) && key < binaryKey(lt)).sort(([left], [right]) => (left < right ? -1 : 1)).map(([, record]) => record)
      if (found.length > 0) yield found
    },
  }
}

function headFindings({ refs, staging }: Bundle): readonly Finding[] {
  const { receipts, heads, tags, logs, odd } = sortRefs({ refs, head: undefined })
  const wrong = [...receipts, ...heads, ...tags, ...logs].flatMap((root) => wrongRoot(root, staging.getObject(root.id)))
  return [...wrong, ...odd.map(({ name, reason }) => finding('ref-name', `${name.slice(0, 200)}: ${reason}`))]
}

function wrongRoot({ ref, id, kinds, check }: Root, bytes: Uint8Array | undefined): readonly Finding[] {
  if (bytes === undefined) return []
  const object = openAny(bytes)
  const problem = kinds.includes(object.kind) ? check?.(object) : `it points at a ${object.kind}`
  return problem === undefined ? [] : [finding('ref-broken', `${ref}: ${problem}`, digestOf(id))]
}

function expectedFindings({ refs }: Bundle, { ref, digest }: ExpectedRef): readonly Finding[] {
  const found = getRef(refs, ref)
  if (found !== undefined && digestOf(found) === digest) return []
  return [finding('expected-ref', found === undefined ? `there is no ${ref} in it` : `${ref} is at ${digestOf(found)}, and ${digest} was expected`, digest)]
}

function getRef(refs: ReadonlyMap<string, ObjectId>, name: string): ObjectId | undefined {
  return refs.get(name) ?? [...refs].find(([full]) => shortRefName(full) === name)?.[1]
}

function finding(code: string, message: string, object: string | null = null): Finding {
  return { severity: 'error', code, object, atomId: null, path: null, message }
}

function claimsOf(result: VerifyResult, bundle: Bundle, expected: readonly ExpectedRef[]): readonly Claim[] {
  const kept = result.claims.filter(({ claim }) => !['the refs, the operation log and the indexes are right', 'the tail was not rewound'].includes(claim))
  const needs: readonly Claim[] = bundle.needs.length === 0 ? [] : [{
    claim: 'what it builds on is whole', status: 'not-provable', because: `${String(bundle.needs.length)} ATOMs that it builds on are not in it: ${bundle.needs.slice(0, 3).map((id) => digestOf(id)).join(', ')}${bundle.needs.length > 3 ? ', …' : ''}`,
  }]
  return [...kept, ...needs, headsClaim(result, bundle, expected)]
}

function headsClaim({ ok }: VerifyResult, { refs }: Bundle, expected: readonly ExpectedRef[]): Claim {
  const claim = 'these are the original heads'
  if (expected.length === 0) return { claim, status: 'not-provable', because: 'whoever made the file chose them: note where a branch is elsewhere, and give it with --expect REF=ID' }
  if (!ok) return { claim, status: 'not-provable', because: 'errors were found, see the findings' }
  const met = new Set(expected.map(({ ref }) => getRef(refs, ref)))
  const others = [...refs].filter(([name, id]) => !name.startsWith('refs/atom/') && !met.has(id)).length
  return others === 0
    ? { claim, status: 'proved', because: 'every branch and tag is where it was noted elsewhere' }
    : { claim, status: 'conditional', because: `${String(met.size)} were noted elsewhere and are as noted; of ${String(others)} others nothing is known` }
}
