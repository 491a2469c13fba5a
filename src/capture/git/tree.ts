/** The bytes of a git tree → its entries, with modes as git itself makes them canonical. */
import { getText } from '../../base/bytes.js'
import { bytewise, bytesOf, escapeBytes } from './text.js'

export type GitEntryKind = 'file' | 'executable' | 'symlink' | 'folder' | 'submodule'

export interface GitEntry {
  readonly kind: GitEntryKind
  readonly id: string
  /** undefined where the name is not UTF-8. */
  readonly name: string | undefined
  readonly shown: string
}

export interface GitTree {
  /** By name, one character for each byte; of a name that stands there twice the first. */
  readonly entries: ReadonlyMap<string, GitEntry>
  /** Names that stand in the tree twice. */
  readonly repeated: readonly string[]
}

/** Returns the tree, or undefined when the bytes are none. */
export function getTree(bytes: Uint8Array, idBytes: 20 | 32): GitTree | undefined {
  const text = bytewise(bytes)
  const entries = new Map<string, GitEntry>()
  const repeated: string[] = []
  for (let offset = 0; offset < text.length;) {
    const space = text.indexOf(' ', offset)
    const end = text.indexOf('\0', space + 1)
    const mode = text.slice(offset, space)
    if (space === -1 || end === -1 || end + 1 + idBytes > text.length || !/^[0-7]{5,7}$/.test(mode)) return undefined
    const raw = text.slice(space + 1, end)
    const id = Buffer.from(bytes.buffer, bytes.byteOffset + end + 1, idBytes).toString('hex')
    if (entries.has(raw)) repeated.push(escapeBytes(raw))
    else entries.set(raw, { kind: kindOf(Number.parseInt(mode, 8)), id, ...nameOf(raw) })
    offset = end + 1 + idBytes
  }
  return { entries, repeated }
}

function nameOf(raw: string): { readonly name: string | undefined; readonly shown: string } {
  // eslint-disable-next-line no-control-regex -- ASCII needs no decoding
  if (/^[\u0001-\u007f]*$/.test(raw)) return { name: raw, shown: raw }
  const name = getText(bytesOf(raw))
  return { name, shown: name ?? escapeBytes(raw) }
}

function kindOf(mode: number): GitEntryKind {
  switch (mode & 0o170000) {
    case 0o100000: return (mode & 0o100) === 0 ? 'file' : 'executable'
    case 0o120000: return 'symlink'
    case 0o040000: return 'folder'
    default: return 'submodule'
  }
}
