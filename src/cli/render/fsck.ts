import type { FsckResult } from '../../ops/prove/fsck.js'
import type { Line } from '../terminal/output.js'
import { amount, findingJson, renderFinding } from './verify.js'

export function* renderFsck(result: FsckResult): Iterable<Line> {
  for (const finding of result.findings) yield renderFinding(finding)
  yield* renderDangling(result)
  const errors = result.findings.filter(({ severity }) => severity === 'error').length
  yield [result.ok ? ['ok', 'ok '] : ['error', `${amount(errors)} ${errors === 1 ? 'error' : 'errors'} `], ['plain', `${amount(result.objects)} objects, ${amount(result.bytes)} bytes`]]
}

/** Renders what nothing names as git does: `dangling body <id>`. */
export function* renderDangling({ dangling, danglingCount }: FsckResult): Iterable<Line> {
  for (const { kind, object } of dangling) yield [['plain', `dangling ${kind} `], ['id', object]]
  if (danglingCount > dangling.length) yield [['dim', `and ${amount(danglingCount - dangling.length)} more`]]
}

export function fsckJson({ ok, objects, bytes, findings, dangling, danglingCount }: FsckResult): unknown {
  return { ok, objects, bytes, findings: findings.map(findingJson), dangling: dangling.map(({ kind, object }) => ({ kind, object })), dangling_count: danglingCount }
}
