/** A commit of another system → the values of its ATOM: derived from the commit alone, so that every machine gets the same ids. */
import { NAME_MAX_BYTES, SALT_BYTES, TIME_MAX_MS, TIME_MIN_MS } from '../../../base/limits.js'
import { isWellFormed, utf8, utf8Length } from '../../../base/bytes.js'
import type { CborValue } from '../../../codec/cbor.js'
import { hmacSha256 } from '../../../codec/hmac.js'
import { dayOf, isAtomId, parseAtomId, type AtomId } from '../../../object/atom-id.js'
import type { Body } from '../../../object/body.js'
import type { OddName, SourceCommit } from './history-source.js'

const MENTION = /(?<![A-Za-z0-9_-])ATOM-[A-Z]+(?:-[A-Z]+)*-\d{8}-[0-9a-f]{3,12}(?![A-Za-z0-9_-])/g

/** Returns the one well-formed atom id that the message holds; where it holds none, or several, one made of day and commit. */
export function importedAtomId(commit: SourceCommit): AtomId {
  const mentioned = new Set<AtomId>()
  for (const [text] of `${commit.title}\n${commit.reason}`.matchAll(MENTION)) if (isAtomId(text)) mentioned.add(text)
  const [only] = mentioned
  if (only !== undefined && mentioned.size === 1) return only
  return parseAtomId(`ATOM-COMMIT-${dayOf(importedTimeMs(commit))}-${commit.id.slice(0, 12)}`)
}

export function importedTimeMs(commit: SourceCommit): number {
  return Math.max(TIME_MIN_MS, Math.min(TIME_MAX_MS, commit.timeMs))
}

/** Returns a name that may stand in a header: 1 to 1,024 bytes. */
export function importedAgent(name: string): string {
  if (name === '') return 'unknown'
  if (utf8Length(name) <= NAME_MAX_BYTES) return name
  let cut = name.slice(0, NAME_MAX_BYTES)
  while (utf8Length(cut) > NAME_MAX_BYTES || !isWellFormed(cut)) cut = cut.slice(0, -1)
  return cut
}

export interface ImportedState {
  /** Path → commit of each submodule in the tree. */
  readonly submodules: ReadonlyMap<string, string>
  readonly odd: readonly OddName[]
  readonly saltKey: Uint8Array | undefined
}

export function importedBody(commit: SourceCommit, state: ImportedState): Body {
  const metadata: { [key: string]: CborValue } = { ...commit.metadata }
  if (commit.missingParents.length > 0) metadata['git_missing_parents'] = commit.missingParents
  if (state.submodules.size > 0) metadata['git_submodules'] = [...state.submodules].sort(([left], [right]) => (left < right ? -1 : 1)).map(([path, id]) => ({ path, commit: id }))
  if (state.odd.length > 0) metadata['git_left_out'] = state.odd.map(({ name }) => name)
  return {
    ...(state.saltKey !== undefined && { salt: hmacSha256(state.saltKey, utf8(commit.id)).subarray(0, SALT_BYTES) }),
    title: commit.title,
    ...(commit.reason !== '' && { reason: commit.reason }),
    metadata,
  }
}

/** Returns the submodules that an imported body records. */
export function submodulesOf(body: Body | undefined): ReadonlyMap<string, string> {
  const recorded = body?.metadata?.['git_submodules']
  const submodules = new Map<string, string>()
  for (const item of Array.isArray(recorded) ? (recorded as readonly CborValue[]) : []) {
    const { path, commit } = item as { readonly path?: unknown; readonly commit?: unknown }
    if (typeof path === 'string' && typeof commit === 'string') submodules.set(path, commit)
  }
  return submodules
}
