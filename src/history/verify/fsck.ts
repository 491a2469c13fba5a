/** The quick half of a verification: objects and links only, and what dangles, as `git fsck` has it. */
import { digestOf, type Digest } from '../../codec/object-id.js'
import { getObjectKeyId, rangeOf } from '../../store/keys.js'
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
  const { findings, table, hash } = check
  const refs = await readRefs(check)
  const state = readState(check, refs)
  const pass = await checkObjects(check, undefined)
  wantTargets(check, refs, state.tip)
  await checkLinks(check, { pass, refs, store: state.store })
  checkTargets(check, refs)
  checkFiles(check, pass.files)
  checkSplitTrees(check, pass.splitTrees)
  const dangling: Dangling[] = []
  const danglingCount = table.countUnwanted()
  if (danglingCount > 0) {
    for await (const list of check.records.scan(rangeOf('object'))) {
      for (const [key] of list) {
        const id = dangling.length < DANGLING_MAX ? getObjectKeyId(key) : undefined
        if (id === undefined) continue
        hash.hexId(id)
        const kind = table.kindOf(hash)
        if (kind !== undefined && !table.isWanted(hash)) dangling.push({ kind, object: digestOf(id) })
      }
    }
  }
  return { ok: findings.isClean(), objects: pass.objects, bytes: pass.bytes, findings: findings.list(), dangling, danglingCount }
}
