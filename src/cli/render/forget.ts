import { digestOf } from '../../codec/object-id.js'
import type { ForgetResult } from '../../ops/keep/forget.js'
import { displayPath } from '../../tree/scope.js'
import type { Line } from '../terminal/output.js'
import { amount } from './verify.js'

export function* renderForget({ isDryRun, target, uses, erased, kept, files, reason }: ForgetResult): Iterable<Line> {
  for (const { atomId, object, path, part } of uses) {
    yield [['atom', atomId], ['plain', ' '], ['id', object.slice(0, 10)], ['plain', ' '], path === undefined ? ['plain', part ?? ''] : ['path', displayPath(path)]]
  }
  const sizeBytes = erased.reduce((sum, item) => sum + item.sizeBytes, 0)
  yield [
    ['forgotten', isDryRun ? 'would erase ' : 'erased '], ['plain', `the ${target.role} `], ['id', digestOf(target.id)],
    ['plain', ` (${amount(erased.length)} ${erased.length === 1 ? 'object' : 'objects'}, ${amount(sizeBytes)} bytes) for the reason ${reason}`],
  ]
  if (kept.length > 0) yield [['warn', `${amount(kept.length)} parts stay, because something else holds them too:`], ...kept.flatMap((id) => [['plain', ' '], ['id', digestOf(id).slice(0, 10)]] as const)]
  for (const file of files) yield [['dim', 'cleaned '], ['path', file]]
}

export function forgetJson({ isDryRun, target, uses, erased, kept, files, reason }: ForgetResult): unknown {
  return {
    dry_run: isDryRun, object: digestOf(target.id), role: target.role, reason,
    uses: uses.map(({ atomId, object, path, part }) => ({ atom_id: atomId, object, path: path === undefined ? null : displayPath(path), part: part ?? null })),
    erased: erased.map(({ id, sizeBytes }) => ({ object: digestOf(id), size: sizeBytes })),
    kept: kept.map(digestOf), files,
  }
}
