/** The quick half of a verification: objects and links only, and what dangles, as `git fsck` has it. */
import { digestOf, type Digest } from '../../codec/object-id.js'
import { getObjectKeyId, rangeOf } from '../../store/keys.js'
import type { Check } from './check.js'
import { checkFiles, checkSplitTrees } from './contents.js'
import type { Finding } from './finding.js'
import { checkLinks } from './misfits.js'
import type { KindName } from './object-table.js'
import { checkObjects } from './objects.js'
import { checkTargets, readRefs, readState, wantTargets } from './refs.js'
import { startCheck, type VerifyContext } from './verify.js'

export interface Dangling {
  readonly kind: KindName
  readonly object: Digest
}

export interface FsckResult {
  readonly ok: boolean
  readonly objects: number
  readonly bytes: number
  readonly findings: readonly Finding[]
  /** What nothing names, at most `DANGLING_MAX`. */
  readonly dangling: readonly Dangling[]
  readonly danglingCount: number
}

const DANGLING_MAX = 10_000

export async function checkObjectsAndLinks(context: VerifyContext): Promise<FsckResult> {
  const check = startCheck(context)
  const { findings, table } = check
  const refs = await readRefs(check)
  const state = readState(check, refs)
  const pass = await checkObjects(check, undefined)
  wantTargets(check, refs, state.tip)
  await checkLinks(check, { pass, refs, store: state.store })
  checkTargets(check, refs)
  checkFiles(check, pass.files)
  checkSplitTrees(check, pass.splitTrees)
  const danglingCount = table.countUnwanted().objects
  const dangling = danglingCount === 0 ? [] : await listDangling(check)
  return { ok: findings.isClean(), objects: pass.objects, bytes: pass.bytes, findings: findings.list(), dangling, danglingCount }
}

async function listDangling({ records, table, hash }: Check): Promise<readonly Dangling[]> {
  const dangling: Dangling[] = []
  for await (const list of records.scan(rangeOf('object'))) {
    for (const [key] of list) {
      const id = getObjectKeyId(key)
      if (id === undefined) continue
      hash.hexId(id)
      const kind = table.kindOf(hash)
      if (kind !== undefined && !table.isWanted(hash)) dangling.push({ kind, object: digestOf(id) })
      if (dangling.length === DANGLING_MAX) return dangling
    }
  }
  return dangling
}
