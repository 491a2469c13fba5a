/** `verify`: judges the whole store, or what revisions reach, and says what it shows and what it cannot. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { digestOf, getDigest, idFromCid, type Digest } from '../../codec/object-id.js'
import { parseCid } from '../../codec/cid.js'
import { verifyReachable } from '../../history/verify/reachable-objects.js'
import { verifyStore, type VerifyOptions } from '../../history/verify/verify.js'
import type { VerifyResult } from '../../history/verify/check.js'
import type { Finding, Severity } from '../../history/verify/finding.js'
import { resolveObject } from '../../history/resolve.js'
import { checkInput, filledText, flag, optional, someOf } from '../check.js'
import { resolveContext } from '../context.js'
import type { Operation } from '../operation.js'
import type { ViewDifference } from '../ports.js'
import type { Repo } from '../repo.js'

export type { VerifyResult } from '../../history/verify/check.js'
export type { Finding, Severity } from '../../history/verify/finding.js'

export interface VerifyInput {
  /** Revisions; none = everything. */
  readonly revs: readonly string[]
  /** Full object ids, CIDs or signatures noted elsewhere. */
  readonly expect: readonly string[]
  /** Derives the tables of the trail again and compares. */
  readonly view?: boolean | undefined
}

export const verify: Operation<VerifyInput, VerifyResult> = {
  name: 'verify',
  summary: 'Check every byte, link, index and ref, and say what is proved',
  effect: 'read',
  errors: ['USAGE', 'VIEW_LOCKED', 'STORE_FULL', 'FILE_UNWRITABLE', 'UNSUPPORTED', 'REVISION_SYNTAX', 'REVISION_NOT_FOUND', 'PATH_NOT_FOUND', 'OBJECT_NOT_FOUND', 'ID_AMBIGUOUS'],
  check: checkInput<VerifyInput>({ revs: someOf(filledText), expect: someOf(filledText), view: optional(flag) }),
  run: verifyRepo,
}

async function verifyRepo(repo: Repo, input: VerifyInput): Promise<VerifyResult> {
  const result = await verifyTrail(repo, input)
  if (input.view !== true || repo.views === undefined) return result
  // In a store that is not in order a view may be unable to follow, and says less than what was found already.
  if (!result.ok) return withFindings(result, [finding({ severity: 'warning', code: 'view-unchecked', message: 'the view was not compared, since the trail itself is not in order' })])
  return withFindings(result, (await (await repo.views.tables()).differences(repo)).map(finding))
}

function finding({ severity, code, message, object, atomId }: ViewDifference): Finding {
  return { severity, code, message, object: object ?? null, atomId: atomId ?? null, path: null }
}

function withFindings(result: VerifyResult, more: readonly Finding[]): VerifyResult {
  const findings = [...result.findings, ...more]
  const sorted = SEVERITIES.flatMap((severity) => findings.filter((found) => found.severity === severity))
  return { ...result, ok: result.ok && more.every(({ severity }) => severity !== 'error'), findings: sorted }
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']

async function verifyTrail(repo: Repo, { revs, expect }: VerifyInput): Promise<VerifyResult> {
  const context = { records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal }
  const trailLog = revs.length === 0 ? await repo.sideFiles?.trailLog() : undefined
  const options: VerifyOptions = { expected: expect.map(parseExpected), ...(trailLog !== undefined && { trailLog }) }
  if (revs.length === 0) return verifyStore(context, options)
  const starts = []
  for (const rev of revs) starts.push(await resolveObject(resolveContext(repo), rev))
  return verifyReachable(context, starts, options)
}

/** Returns the digest of an id that was noted elsewhere: it must be whole, since a prefix proves little. */
function parseExpected(text: string): Digest {
  const digest = getDigest(text.replace(/^sha256:/, '')) ?? getCidDigest(text)
  if (digest === undefined) throw new AtomError('USAGE', `not a whole object id: ${text.slice(0, 120)}`, { data: { option: 'expect', value: text.slice(0, 120) }, hint: 'give the 64 hex digits, the CID, or the signature that was noted' })
  return digest
}

function getCidDigest(text: string): Digest | undefined {
  try {
    const id = idFromCid(parseCid(text))
    return id === undefined ? undefined : digestOf(id)
  } catch (error) {
    if (isAtomError(error, 'CID_INVALID')) return undefined
    throw error
  }
}
