/** Who may ask a place what: bearer tokens, each with a role. Only their SHA-256 is kept where the place runs. */
import { AtomError } from '../../base/errors.js'
import { toHex, utf8 } from '../../base/bytes.js'
import type { Random } from '../../base/ports.js'
import { getDigest } from '../../codec/object-id.js'
import { sha256 } from '../../codec/hash.js'

/** Each may do what the one before it may. */
export const ROLES = ['reader', 'writer', 'admin'] as const
export type Role = (typeof ROLES)[number]

export interface TokenEntry {
  readonly role: Role
  /** Whose it is: for who takes it out again. */
  readonly name: string
  /** SHA-256 of the token's text, in hex. */
  readonly hash: string
}

const TOKEN_BYTES = 32

/** Returns a new token and the entry that lets it in. A hash of 256 random bits needs no salt, and tells nobody what they are. */
export function mintToken(random: Random, role: Role, name: string): { readonly token: string; readonly entry: TokenEntry } {
  const token = `atom_${role}_${toHex(random.bytes(TOKEN_BYTES))}`
  return { token, entry: { role, name, hash: hashOf(token) } }
}

export function formatTokens(entries: readonly TokenEntry[]): string {
  return entries.map(({ role, name, hash }) => `${role}:${name}:${hash}\n`).join('')
}

/** Reads entries that stand apart by white space; throws `CONFIG_INVALID`, which names the entry by its place and never shows it. */
export function parseTokens(text: string): readonly TokenEntry[] {
  return text.split(/\s+/).filter((word) => word !== '').map((word, at) => {
    const [role, name, hash = '', ...rest] = word.split(':')
    if (!isRole(role) || name === undefined || name === '' || getDigest(hash) === undefined || rest.length > 0) {
      throw new AtomError('CONFIG_INVALID', `entry ${String(at + 1)} of the tokens is not ROLE:NAME:SHA-256, with a role of ${ROLES.join(', ')}`, { data: { file: 'ATOM_TOKENS', reason: `entry ${String(at + 1)}` }, hint: 'atom remote init-worker writes them' })
    }
    return { role, name, hash: hash.toLowerCase() }
  })
}

function isRole(word: string | undefined): word is Role {
  return (ROLES as readonly (string | undefined)[]).includes(word)
}

/** Returns the role of whoever shows this token, or undefined. Takes as long whichever entry fits, or none. */
export function roleOf(entries: readonly TokenEntry[], token: string): Role | undefined {
  const hash = hashOf(token)
  let role: Role | undefined
  for (const entry of entries) if (isSameText(entry.hash, hash)) role = role === undefined || mayActAs(entry.role, role) ? entry.role : role
  return role
}

export function mayActAs(role: Role, wanted: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(wanted)
}

function hashOf(token: string): string {
  return toHex(sha256(utf8(token)))
}

/** Compares to the end, wherever the first difference is. */
function isSameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < right.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
