/**
 * Judges a whole store: every byte, link, index record, ref and operation. It trusts nothing but the code that decodes and hashes, shares no
 * writing path with what it judges, never repairs, and goes on where the database cannot read.
 *
 * Streams: a few dozen bytes are kept for each object. `docs/spec/store.md` lists what is judged, and the codes of the findings.
 */
import type { Random, Reporter } from '../../base/ports.js'
import type { Digest, ObjectId } from '../../codec/object-id.js'
import type { RecordReader } from '../../store/types.js'
import type { Check, VerifyResult } from './check.js'
import { makeClaims } from './claims.js'
import { checkFiles, checkSplitTrees } from './contents.js'
import { readDayCounts } from './day-counts.js'
import { checkExpected } from './expectations.js'
import { Findings } from './finding.js'
import { checkForeignLogs } from './foreign-logs.js'
import { checkIndexes } from './indexes.js'
import { KeyedHash } from './keyed-hash.js'
import { checkLinks } from './misfits.js'
import { checkNodes } from './nodes.js'
import { ObjectTable } from './object-table.js'
import { checkObjects } from './objects.js'
import { createOpLog } from './op-log.js'
import { expectPaths } from './paths.js'
import { checkStrays, checkTargets, readRefs, readState, rootOf, wantTargets } from './refs.js'
import { checkRefutations } from './refutations.js'
import { createSafeReader } from './safe-reader.js'
import { readTitles } from './titles.js'
import { checkTrailLog } from './trail-log.js'

export interface VerifyContext {
  readonly records: RecordReader
  readonly random: Random
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export interface VerifyOptions {
  /** Ids noted elsewhere, which must be there and be reached. */
  readonly expected?: readonly Digest[]
  /** The lines of trail.log, where there is one. */
  readonly trailLog?: AsyncIterable<string>
  /** Objects that may be absent, since whoever reads this has them: what a bundle builds on. */
  readonly assumed?: ReadonlySet<ObjectId>
  /** Findings kept of each code. Default: 100. */
  readonly perCode?: number
}

const PER_CODE = 100
const KEY_BYTES = 8

export function startCheck({ records, random, reporter, signal }: VerifyContext, perCode: number = PER_CODE): Check {
  const findings = new Findings(perCode)
  return { records: createSafeReader(records, findings, signal), findings, hash: new KeyedHash(random.bytes(KEY_BYTES)), table: new ObjectTable(), reporter, signal }
}

/** Verifies everything in a store. */
export async function verifyStore(context: VerifyContext, options: VerifyOptions = {}): Promise<VerifyResult> {
  const check = startCheck(context, options.perCode)
  const { findings } = check
  const refs = await readRefs(check)
  const state = readState(check, refs)
  await checkStrays(check)
  const nodes = await checkNodes(check)
  if (state.atoms !== nodes.count) findings.error('log-state', `the store says that ${String(state.atoms)} ATOMs arrived, and the index has ${String(nodes.count)}`)
  const days = await readDayCounts(check)
  // An ATOM is a header and a body at least.
  check.table.reserve(nodes.count * 2 + state.ops)
  const log = createOpLog(check)
  const pass = await checkObjects(check, { nodes, log, days, titles: await readTitles(check, nodes), store: state.store })
  if (pass.atoms + nodes.vacant !== nodes.count && findings.isClean('index-', 'object-')) findings.error('index-node', `the index has ${String(nodes.count - nodes.vacant)} nodes for ${String(pass.atoms)} ATOMs`)
  wantTargets(check, refs, state.tip)
  const forgotten = await checkLinks(check, { pass, refs, store: state.store })
  checkTargets(check, refs)
  const logged = log.judge(state, refs)
  const foreign = checkForeignLogs(check, refs)
  if (foreign < pass.foreignOps) findings.info('op-unreferenced', `${String(pass.foreignOps - foreign)} operations of other stores are in no log that a ref names`)
  checkFiles(check, pass.files)
  checkSplitTrees(check, pass.splitTrees)
  const paths = await expectPaths(check, pass)
  await checkIndexes(check, { expected: { atomId: nodes.atomIds, path: paths.expected, influence: pass.influences, request: log.requests }, source: pass, unknown: paths.unknown, store: state.store })
  await checkRefutations(check, pass.takers)
  const unwanted = check.table.countUnwanted()
  // An ATOM that nothing names came with an import that was cut short: the log does not know of it.
  days.judge({ isClosed: !log.hasImports && logged.isWhole && unwanted.atoms === 0, hasGaps: nodes.vacant > 0 })
  if (unwanted.objects > 0) findings.info('unreferenced', `${String(unwanted.objects)} objects are named by nothing: gc drops them`)
  const root = rootOf(refs)
  const expected = options.expected ?? []
  const met = expected.length === 0 ? 0 : await checkExpected(check, expected, { records: context.records, refs, root, tip: state.tip })
  if (options.trailLog !== undefined) await checkTrailLog(check, options.trailLog, pass.atoms)
  const found = { atoms: pass.atoms, objects: pass.objects, bytes: pass.bytes, root }
  return { ok: findings.isClean(), ...found, findings: findings.list(), claims: makeClaims(findings, { ...found, logged, forgotten, expected: { met, asked: expected.length } }) }
}
