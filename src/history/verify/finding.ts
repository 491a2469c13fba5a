/** What `verify` found, in the shape that is printed. Bounded: of each code so many are kept, the rest is counted. */
export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  readonly severity: Severity
  /** Stable; messages are not. */
  readonly code: string
  /** 64 hex digits. */
  readonly object: string | null
  readonly atomId: string | null
  readonly path: string | null
  readonly message: string
}

export interface FindingNames {
  readonly object?: string | undefined
  readonly atomId?: string | undefined
  readonly path?: string | undefined
}

export class Findings {
  readonly #perCode: number
  readonly #kept: Finding[] = []
  readonly #counts = new Map<string, { count: number; readonly severity: Severity }>()

  constructor(perCode: number) {
    this.#perCode = perCode
  }

  error(code: string, message: string, names: FindingNames = {}): void {
    this.#add('error', code, { message, ...names })
  }

  warning(code: string, message: string, names: FindingNames = {}): void {
    this.#add('warning', code, { message, ...names })
  }

  info(code: string, message: string, names: FindingNames = {}): void {
    this.#add('info', code, { message, ...names })
  }

  count(code: string): number {
    return this.#counts.get(code)?.count ?? 0
  }

  /** Tells whether nothing of severity error was found, of these codes where given. */
  isClean(...codes: readonly string[]): boolean {
    for (const [code, { severity }] of this.#counts) if (severity === 'error' && (codes.length === 0 || codes.some((begin) => code.startsWith(begin)))) return false
    return true
  }

  /** Returns the findings, errors first, with a line for what was only counted. */
  list(): readonly Finding[] {
    const rest = [...this.#counts].filter(([, { count }]) => count > this.#perCode).map(([code, { count, severity }]): Finding => (
      { severity, code, object: null, atomId: null, path: null, message: `and ${String(count - this.#perCode)} more of these` }
    ))
    const all = [...this.#kept, ...rest]
    const order = [...this.#counts.keys()]
    const rank = (finding: Finding): number => SEVERITIES.indexOf(finding.severity) * 1_000 + order.indexOf(finding.code)
    return all.sort((left, right) => rank(left) - rank(right))
  }

  #add(severity: Severity, code: string, { message, object, atomId, path }: FindingNames & { readonly message: string }): void {
    const known = this.#counts.get(code) ?? { count: 0, severity }
    known.count++
    this.#counts.set(code, known)
    if (known.count <= this.#perCode) this.#kept.push({ severity, code, object: object ?? null, atomId: atomId ?? null, path: path ?? null, message })
  }
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']
