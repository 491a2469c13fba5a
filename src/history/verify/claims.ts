/** What a reader may rely on after a verification, in plain words: what was proved, on what condition, and what no store can prove by itself. */
import type { Claim, ClaimStatus } from './check.js'
import type { Findings } from './finding.js'
import type { OpLogResult } from './op-log.js'

export interface ClaimFacts {
  readonly atoms: number
  readonly objects: number
  readonly root: string
  readonly logged: OpLogResult
  readonly forgotten: number
  readonly expected: { readonly met: number; readonly asked: number }
}

export function makeClaims(findings: Findings, facts: ClaimFacts): readonly Claim[] {
  const { atoms, objects, root, logged, forgotten, expected } = facts
  const shown = (claim: string, codes: readonly string[], because: string): Claim => (
    findings.isClean('store-unreadable', ...codes) ? { claim, status: 'proved', because } : { claim, status: 'not-provable', because: 'errors were found, see the findings' }
  )
  const log = shown('the operation log is complete, except for its tail', ['op-', 'log-state', 'ref-'], logged.isWhole
    ? `${String(logged.count)} operations follow each other from the first on, and played one after the other they give every ref as it stands`
    : `operations from ${String(logged.first)} on follow each other and give the refs that they moved as they stand; those before were pruned, which the log itself says`)
  return [
    shown('every byte is what its id says', ['object-', 'file-', 'tree-'], `${String(objects)} objects were rehashed and are in their only form`),
    shown('the trail is whole and in order', ['object-', 'link-', 'ref-', 'receipt-'], `${linked(atoms)}: proved relative to the root ${root}`),
    shown('the indexes say what the objects say', ['index-', 'object-', 'record-'], 'every record was derived again and compared'),
    logged.isWhole || log.status !== 'proved' ? log : { ...log, status: 'conditional' satisfies ClaimStatus },
    forgotten === 0
      ? shown('nothing was erased', ['link-', 'object-'], 'everything that is linked to is there')
      : erasedClaim(forgotten),
    ...NEVER,
    tailClaim(expected, findings),
  ]
}

function linked(atoms: number): string {
  return atoms === 1 ? '1 ATOM is linked by the SHA-256 of its parents' : `${String(atoms)} ATOMs are linked by the SHA-256 of their parents`
}

/** What no store can show by itself, whatever is found. */
const NEVER: readonly Claim[] = [
  { claim: 'who the agent was', status: 'not-provable', because: 'a name is what the recorder said; no key signed it' },
  { claim: 'when it was', status: 'not-provable', because: 'times come from the clock of the machine that recorded; only the order is proved' },
  { claim: 'nothing was left out', status: 'not-provable', because: 'what was never recorded leaves no trace here' },
]

export interface ReachedFacts extends Omit<ClaimFacts, 'logged'> {
  /** Where the walk began: 64 hex digits each. */
  readonly starts: readonly string[]
}

/** The claims where only what some objects reach was judged. */
export function makeReachedClaims(findings: Findings, { atoms, objects, starts, forgotten, expected }: ReachedFacts): readonly Claim[] {
  const isClean = findings.isClean()
  const found = 'errors were found, see the findings'
  return [
    { claim: 'every byte that can be reached is what its id says', status: isClean ? 'proved' : 'not-provable', because: isClean ? `${String(objects)} objects were rehashed and are in their only form` : found },
    { claim: 'the history is whole and in order', status: isClean ? 'proved' : 'not-provable', because: isClean ? `${linked(atoms)}: proved relative to ${starts.join(', ')}` : found },
    ...(forgotten === 0 ? [] : [erasedClaim(forgotten)]),
    { claim: 'the refs, the operation log and the indexes are right', status: 'not-provable', because: 'they were not looked at: atom verify without a revision does' },
    ...NEVER,
    tailClaim(expected, findings),
  ]
}

function erasedClaim(forgotten: number): Claim {
  return { claim: 'what was erased is named', status: 'conditional', because: `${forgotten === 1 ? '1 erased object has a receipt' : `${String(forgotten)} erased objects have a receipt each`}; what was in there is gone, that it was there and when is not` }
}

function tailClaim({ met, asked }: ClaimFacts['expected'], findings: Findings): Claim {
  const claim = 'the tail was not rewound'
  if (asked === 0) return { claim, status: 'not-provable', because: 'a store whose log was rewritten too looks whole: note the root elsewhere and give it with --expect' }
  if (met === asked && findings.isClean()) return { claim, status: 'proved', because: `${asked === 1 ? 'the id' : `the ${String(asked)} ids`} noted elsewhere can still be reached; what came after it is not covered` }
  return { claim, status: 'not-provable', because: `${String(asked - met)} of ${String(asked)} ids noted elsewhere cannot be reached` }
}
