/**
 * Names of tracked files as git takes them: what `git fsck` refuses, or reads as settings of its own, gets a prefix. The rule looks at the name (and, for two names, at whether it is a
 * symbolic link), so every other name stays as people know it; `unescapeName` needs the name alone.
 */
import { utf8Length } from '../../base/bytes.js'
import { NAME_MAX_BYTES } from '../../base/limits.js'
import { SYMLINK_MODE, type EntryMode } from '../../object/tree.js'

const PREFIX = 'atom%'
/** What HFS+ ignores in a name. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g
/** Our own folder, `.git`, what git reads as its own settings from a tree, and the short names that Windows may give any of them. */
const REFUSED = /^(?:\.atom|\.git|\.gitmodules|\.gitattributes|[gm][a-z0-9]{0,6}~[0-9]+)$/
/** git wants these to be no symbolic links. */
const REFUSED_AS_LINK = /^(?:\.gitignore|\.mailmap)$/

/** Returns the name that stands for a tracked one in a git tree. */
export function escapeName(name: string, mode: EntryMode): string {
  if (!name.startsWith(PREFIX) && !isRefused(name, mode)) return name
  return PREFIX + name.replace(/[%\\]/g, (character) => (character === '%' ? '%25' : '%5C'))
}

function isRefused(name: string, mode: EntryMode): boolean {
  return baseNames(name).some((base) => REFUSED.test(base) || (mode === SYMLINK_MODE && REFUSED_AS_LINK.test(base)))
}

/** Returns what the parts of a name could be taken for: a backslash is a slash on Windows, a colon begins a stream, dots and spaces at the end are nothing there. */
function baseNames(name: string): readonly string[] {
  const folded = name.replace(IGNORED, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return folded.split('\\').map((part) => (part.split(':')[0] ?? '').replace(/[. ]+$/, ''))
}

/** Returns the tracked name that a name in a git tree stands for, or undefined where `escapeName` would not have made it. */
export function unescapeName(escaped: string, mode: EntryMode): string | undefined {
  const name = escaped.startsWith(PREFIX) ? escaped.slice(PREFIX.length).replace(/%(25|5C)/g, (_, code) => (code === '25' ? '%' : '\\')) : escaped
  if (name === '' || name === '.' || name === '..' || utf8Length(name) > NAME_MAX_BYTES) return undefined
  return escapeName(name, mode) === escaped ? name : undefined
}
