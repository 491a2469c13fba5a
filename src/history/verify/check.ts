/** What the parts of a verification share. */
import type { Reporter } from '../../base/ports.js'
import type { Finding, Findings } from './finding.js'
import type { KeyedHash } from './keyed-hash.js'
import type { ObjectTable } from './object-table.js'
import type { SafeReader } from './safe-reader.js'

export interface Check {
  readonly records: SafeReader
  readonly findings: Findings
  readonly hash: KeyedHash
  readonly table: ObjectTable
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export type ClaimStatus = 'proved' | 'conditional' | 'not-provable'

/** One thing that somebody may want to rely on, and whether this store shows it. */
export interface Claim {
  readonly claim: string
  readonly status: ClaimStatus
  readonly because: string
}

export interface VerifyResult {
  readonly ok: boolean
  readonly atoms: number
  readonly objects: number
  readonly bytes: number
  /** 64 hex digits: the id of the `refs` object over branches and tags. */
  readonly root: string
  readonly findings: readonly Finding[]
  readonly claims: readonly Claim[]
}

/** Returns a time as text, also one that no calendar has. */
export function timeText(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${String(timeMs)} ms`
}
