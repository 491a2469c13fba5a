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
    shown('the trail is whole and in order', ['object-', 'link-', 'ref-', 'receipt-'], `${String(atoms)} ATOMs are linked by the SHA-256 of their parents: proved relative to the root ${root}`),
    shown('the indexes say what the objects say', ['index-', 'object-', 'record-'], 'every record was derived again and compared'),
    logged.isWhole || log.status !== 'proved' ? log : { ...log, status: 'conditional' satisfies ClaimStatus },
    forgotten === 0
      ? shown('nothing was erased', ['link-', 'object-'], 'everything that is linked to is there')
      : { claim: 'what was erased is named', status: 'conditional', because: `${String(forgotten)} erased objects have a receipt each; what they held is gone, that they were there and when is not` },
    { claim: 'who the agent was', status: 'not-provable', because: 'a name is what the recorder said; no key signed it' },
    { claim: 'when it was', status: 'not-provable', because: 'times come from the clock of the machine that recorded; only the order is proved' },
    { claim: 'nothing was left out', status: 'not-provable', because: 'what was never recorded leaves no trace here' },
    tailClaim(expected, findings),
  ]
}

function tailClaim({ met, asked }: ClaimFacts['expected'], findings: Findings): Claim {
  const claim = 'the tail was not rewound'
  if (asked === 0) return { claim, status: 'not-provable', because: 'a store whose log was rewritten too looks whole: note the root elsewhere and give it with --expect' }
  if (met === asked && findings.isClean()) return { claim, status: 'proved', because: `${asked === 1 ? 'the id' : `the ${String(asked)} ids`} noted elsewhere can still be reached; what came after it is not covered` }
  return { claim, status: 'not-provable', because: `${String(asked - met)} of ${String(asked)} ids noted elsewhere cannot be reached` }
}
