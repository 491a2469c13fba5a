/**
 * The signatures of KENL and its siblings, made again. None of them takes a key, so whoever changes a record can make a new one: a match says that nothing was changed by
 * mistake, no more. `docs/spec/import-kenl.md` has the list.
 */
import { utf8 } from '../../base/bytes.js'
import { sha256Hex } from '../../codec/hash.js'
import type { SignatureResult } from '../../ops/transfer/kenl/kenl-source.js'

export interface SignatureCheck {
  /** The field that holds it. */
  readonly field: string
  readonly value: string
  readonly result: 'match' | 'mismatch' | 'not checked'
  /** The rule that gives this value; absent where none does. */
  readonly algorithm?: string
}

export interface SignatureReport {
  readonly result: SignatureResult
  readonly checks: readonly SignatureCheck[]
}

export interface JsonObject { readonly [key: string]: unknown }

interface Rule {
  readonly algorithm: string
  /** The fields that hold what it gives. */
  readonly fields: readonly string[]
  /** Returns what it may give; nothing where it needs what is not there. */
  digests(record: JsonObject, text: string): Iterable<string>
}

const sha256 = (text: string): string => sha256Hex(utf8(text))

const RULES: readonly Rule[] = [
  { algorithm: 'sha256(id:metadata)', fields: ['signature', 'hash'], digests: (record, text) => directive(record, text, '') },
  // A default of {} in a shell's ${2:-{}} leaves a brace behind whatever was given.
  { algorithm: 'sha256(id:metadata})', fields: ['signature', 'hash'], digests: (record, text) => directive(record, text, '}') },
  { algorithm: 'sha256(tag+timestamp+description+command)', fields: ['hash', 'signature'], digests: row },
  { algorithm: 'sha256(tag+start_epoch+nonce)', fields: ['session_hash', 'hash'], digests: session },
  { algorithm: 'sha256(vhash+name)', fields: ['human', 'human_hash'], digests: ({ vhash, name }) => joined(vhash, name) },
  { algorithm: 'sha256(vhash+human)', fields: ['combined', 'combined_hash'], digests: ({ vhash, human, human_hash: hash }) => joined(vhash, human ?? hash) },
  { algorithm: 'ATOMPersister: 32 bits, padded', fields: ['hash', 'signature'], digests: persister },
]
const FIELDS: readonly string[] = [...new Set(RULES.flatMap(({ fields }) => fields))]
const DIGEST = /^(?:sha256:)?([0-9a-f]{64})$/i

/** Checks every signature of a record by every rule that gives such a field. `text`: the record as it is written. */
export function checkSignatures(record: JsonObject, text: string): SignatureReport {
  const checks = FIELDS.flatMap((field): SignatureCheck[] => {
    const value = record[field]
    return typeof value === 'string' && value !== '' ? [check(field, value, { record, text })] : []
  })
  const result = checks.some((one) => one.result === 'mismatch') ? 'mismatch' : checks.some((one) => one.result === 'match') ? 'match' : 'absent'
  return { result, checks }
}

export const UNSIGNED: SignatureReport = { result: 'absent', checks: [] }

function check(field: string, value: string, { record, text }: { readonly record: JsonObject; readonly text: string }): SignatureCheck {
  // A signature by ssh-keygen: its key is not in the record.
  if (value.includes('SSH SIGNATURE')) return { field, value, result: 'not checked' }
  const wanted = DIGEST.exec(value)?.[1]?.toLowerCase()
  if (wanted !== undefined && field === 'signature' && isObjectId(wanted, record)) return { field, value, result: 'not checked' }
  const rule = wanted === undefined ? undefined : RULES.find(({ fields, digests }) => fields.includes(field) && [...digests(record, text)].includes(wanted))
  return { field, value, result: rule === undefined ? 'mismatch' : 'match', ...(rule !== undefined && { algorithm: rule.algorithm }) }
}

/** What was exported from a trail like this one is signed by its object id, which covers more than the record holds. */
function isObjectId(digest: string, record: JsonObject): boolean {
  return record['object'] === digest || (typeof record['hash'] === 'string' && [...row(record)].includes(record['hash']) && ![...row(record)].includes(digest))
}

function* directive(record: JsonObject, text: string, rest: string): Iterable<string> {
  const id = record['atom_id'] ?? record['atom_tag'] ?? record['tag']
  if (typeof id !== 'string') return
  for (const metadata of metadataTexts(record['metadata'], text)) yield sha256(`${id}:${metadata}${rest}`)
}

/** Yields the ways in which the metadata may have been written when it was signed. */
function* metadataTexts(metadata: unknown, text: string): Iterable<string> {
  if (typeof metadata === 'string') yield metadata
  const value = typeof metadata === 'string' ? getJson(metadata) : metadata
  const written = getWritten(text)
  if (written !== undefined) yield written
  if (value === undefined) {
    yield '{}'
    yield ''
    return
  }
  yield JSON.stringify(value)
  yield spaced(value)
}

function getJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Returns the text of the member `metadata`, up to the brace that closes it. */
function getWritten(text: string): string | undefined {
  const start = /"metadata"\s*:\s*(?=\{)/.exec(text)
  if (start === null) return undefined
  const from = start.index + start[0].length
  let depth = 0
  for (const { index, 0: token } of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth++
    else if (token === '}' && --depth === 0) return text.slice(from, from + index + 1)
  }
  return undefined
}

/** Returns JSON as Python writes it: a space after each comma and colon. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${spaced(member)}`).join(', ')}}`
}

/** The row of a database; no command is the word None there. */
function* row({ tag, timestamp, description, command }: JsonObject): Iterable<string> {
  if (typeof tag !== 'string' || typeof timestamp !== 'string' || typeof description !== 'string') return
  yield sha256(`${tag}${timestamp}${description}${typeof command === 'string' ? command : 'None'}`)
  if (command === null || command === undefined) yield sha256(`${tag}${timestamp}${description}`)
}

function* session(record: JsonObject): Iterable<string> {
  const tag = record['tag'] ?? record['atom_tag']
  const start = record['start_epoch'] ?? record['start']
  const { nonce } = record
  if (typeof tag === 'string' && typeof nonce === 'string' && (typeof start === 'number' || typeof start === 'string')) yield sha256(`${tag}${String(start)}${nonce}`)
}

function joined(...parts: readonly unknown[]): readonly string[] {
  return parts.every((part) => typeof part === 'string') ? [sha256(parts.join(''))] : []
}

const PERSISTED = ['id', 'timestamp', 'actor', 'decision', 'rationale', 'outcome', 'coherenceScore', 'context', 'parentEntry', 'vortexState', 'previousHash']

/** A 32-bit sum that the documents call SHA-256. */
function* persister(record: JsonObject): Iterable<string> {
  if (record['actor'] === undefined) return
  const text = JSON.stringify(Object.fromEntries(PERSISTED.filter((key) => record[key] !== undefined).map((key) => [key, record[key]])))
  let sum = 0
  for (let index = 0; index < text.length; index++) sum = (Math.imul(sum, 31) + text.charCodeAt(index)) | 0
  yield Math.abs(sum).toString(16).padStart(64, '0')
  yield (sum >>> 0).toString(16).padStart(64, '0')
}
