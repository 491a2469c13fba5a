import type { Finding, Severity, VerifyResult } from '../../ops/prove/verify.js'
import type { Label, Line, Lines, Span, View } from '../terminal/output.js'

const LABELS: { readonly [S in Severity]: Label } = { error: 'error', warning: 'warn', info: 'dim' }

/** Returns a count as people read it: 1,000,000. */
export function amount(count: number): string {
  // Without the tables of all languages, which take 12 ms to load.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Returns a count with its noun: `1 ATOM`, `2 ATOMs`. */
export function counted(count: number, noun: string): string {
  return `${amount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** Renders a verification: what was found, what it shows, and the verdict last. */
export function* renderVerify(result: VerifyResult, view: View): Lines & Iterable<Line> {
  for (const finding of result.findings) yield renderFinding(finding)
  if (result.findings.length > 0) yield []
  if (!view.isQuiet) {
    for (const { claim, status, because } of result.claims) {
      yield [[status === 'proved' ? 'ok' : status === 'conditional' ? 'warn' : 'dim', status.padEnd(12)], ['plain', ` ${claim}`]]
      yield [['dim', `             ${because}`]]
    }
    yield []
  }
  const counts: Span[] = [['plain', `${counted(result.atoms, 'ATOM')}, ${counted(result.objects, 'object')}, ${counted(result.bytes, 'byte')}, root `], ['id', result.root]]
  const errors = result.findings.filter(({ severity }) => severity === 'error').length
  yield result.ok ? [['ok', 'ok '], ...counts] : [['error', `${counted(errors, 'error')} `], ...counts]
}

export function renderFinding({ severity, code, message, path }: Finding): readonly Span[] {
  return [[LABELS[severity], severity.padEnd(8)], ['key', code], ['plain', ' '], ['plain', message], ...(path === null || message.includes(path) ? [] : [['dim', ` (${path})`] satisfies Span])]
}

export function verifyJson({ ok, atoms, objects, bytes, root, findings, claims }: VerifyResult): unknown {
  return { ok, atoms, objects, bytes, root, findings: findings.map(findingJson), claims }
}

export function findingJson({ severity, code, object, atomId, path, message }: Finding): unknown {
  return { severity, code, object, atom_id: atomId, path, message }
}
