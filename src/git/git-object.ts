/** git's own objects: bytes of trees, commits and tags, and the SHA-1 that names them. Nothing here knows of ATOMs. */
import { createHash, hash } from 'node:crypto'
import { allocate, compareBytes, concatBytes, getText, toHex, utf8, writeHex } from '../base/bytes.js'

export type GitType = 'commit' | 'tree' | 'blob' | 'tag'

/** 40 hex digits. */
export type Oid = string

export interface GitObject {
  readonly type: GitType
  readonly bytes: Uint8Array
}

export interface GitEntry {
  readonly mode: number
  readonly oid: Oid
}

export const GIT_FOLDER = 0o040000
export const GIT_FILE = 0o100644
export const OID_BYTES = 20

/** Returns the id of an object: the SHA-1 of its type, size and bytes. */
export function oidOf({ type, bytes }: GitObject): Oid {
  const head = `${type} ${String(bytes.length)}\0`
  if (bytes.length > SMALL_BYTES) return createHash('sha1').update(head).update(bytes).digest('hex')
  // One call for a small object: three of them take three times as long as hashing it.
  const whole = allocate(head.length + bytes.length)
  for (let index = 0; index < head.length; index++) whole[index] = head.charCodeAt(index)
  whole.set(bytes, head.length)
  return hash('sha1', whole, 'hex')
}

const SMALL_BYTES = 4_096

/** Returns the bytes of a tree. Names are sorted as git sorts them: bytewise, a folder as if a slash ended it. */
export function encodeGitTree(entries: ReadonlyMap<string, GitEntry>): Uint8Array {
  const sorted = sortGitNames(entries)
  const bytes = new Uint8Array(sorted.reduce((sum, { head }) => sum + head.length + OID_BYTES, 0))
  let at = 0
  for (const { name, head } of sorted) {
    bytes.set(head, at)
    writeHex(entries.get(name)?.oid ?? '', bytes, at + head.length)
    at += head.length + OID_BYTES
  }
  return bytes
}

/** Returns the bytes of a tree with one more folder. The name MUST be a new one. */
export function withFolder(tree: Uint8Array, name: string, oid: Oid): Uint8Array {
  const folder = encodeGitTree(new Map([[name, { mode: GIT_FOLDER, oid }]]))
  const key = utf8(`${name}/`)
  let at = 0
  while (at < tree.length) {
    const start = tree.indexOf(SPACE, at) + 1
    const end = tree.indexOf(0, start)
    if (compareBytes(concatBytes([tree.subarray(start, end), tree[at] === FOLDER_DIGIT ? SLASHED : NO_BYTES]), key) > 0) break
    at = end + 1 + OID_BYTES
  }
  return concatBytes([tree.subarray(0, at), folder, tree.subarray(at)])
}

const SPACE = 32
/** What the mode of a folder begins with, and of nothing else. */
const FOLDER_DIGIT = 52
const SLASHED = Uint8Array.of(47)
const NO_BYTES = new Uint8Array(0)

export interface GitTreeHead {
  readonly name: string
  /** What stands before the id: mode, name and a zero byte. */
  readonly head: Uint8Array
}

/** Returns the entries in the order in which a tree has them. */
export function sortGitNames(entries: ReadonlyMap<string, GitEntry>): readonly GitTreeHead[] {
  const heads = [...entries].map(([name, { mode }]) => ({ name, head: utf8(`${mode.toString(8)} ${name}\0`), from: mode.toString(8).length + 1, last: mode === GIT_FOLDER ? SLASH : 0 }))
  return heads.sort((left, right) => {
    const shared = Math.min(left.head.length - left.from, right.head.length - right.from)
    for (let index = 0; index < shared; index++) {
      const difference = unitAt(left, index) - unitAt(right, index)
      if (difference !== 0) return difference
    }
    return left.head.length - left.from - (right.head.length - right.from)
  })
}

const SLASH = 47

/** The last byte counts as a slash for a folder, as nothing for a file. */
function unitAt({ head, from, last }: { readonly head: Uint8Array; readonly from: number; readonly last: number }, index: number): number {
  return from + index === head.length - 1 ? last : head[from + index] ?? 0
}

/** Returns the entries of a tree, or undefined where the bytes are no tree that `encodeGitTree` would write. */
export function getGitTree(bytes: Uint8Array): ReadonlyMap<string, GitEntry> | undefined {
  const entries = new Map<string, GitEntry>()
  for (let offset = 0; offset < bytes.length;) {
    const space = bytes.indexOf(32, offset)
    const end = bytes.indexOf(0, offset)
    if (space === -1 || end < space || end + 1 + OID_BYTES > bytes.length) return undefined
    const mode = getText(bytes.subarray(offset, space)) ?? ''
    const name = getText(bytes.subarray(space + 1, end))
    if (!/^[1-7][0-7]{4,5}$/.test(mode) || name === undefined || name === '' || entries.has(name)) return undefined
    entries.set(name, { mode: Number.parseInt(mode, 8), oid: toHex(bytes, end + 1, end + 1 + OID_BYTES) })
    offset = end + 1 + OID_BYTES
  }
  return entries
}

/** Who did it, and when: as the `author` line has it. */
export interface GitPerson {
  readonly name: string
  readonly email: string
  readonly seconds: number
}

export interface GitCommit {
  readonly tree: Oid
  readonly parents: readonly Oid[]
  readonly person: GitPerson
  /** Without a line end; one is added. */
  readonly message: string
}

/** Returns the bytes of a commit whose author and committer are the same. */
export function encodeGitCommit({ tree, parents, person, message }: GitCommit): Uint8Array {
  const who = formatPerson(person)
  return utf8(`tree ${tree}\n${parents.map((parent) => `parent ${parent}\n`).join('')}author ${who}\ncommitter ${who}\n\n${message}\n`)
}

export interface GitTag {
  readonly target: Oid
  readonly type: GitType
  readonly name: string
  readonly person: GitPerson
  readonly message: string
}

export function encodeGitTag({ target, type, name, person, message }: GitTag): Uint8Array {
  return utf8(`object ${target}\ntype ${type}\ntag ${name}\ntagger ${formatPerson(person)}\n\n${message}\n`)
}

function formatPerson({ name, email, seconds }: GitPerson): string {
  return `${name} <${email}> ${String(seconds)} +0000`
}

/** What a reader needs of somebody's commit. */
export interface CommitHead {
  readonly tree: Oid
  readonly parents: readonly Oid[]
  /** For messages to people: nothing depends on it. */
  readonly subject: string
}

/** Returns tree and parents of a commit, or undefined where the bytes have none. */
export function getCommitHead(bytes: Uint8Array): CommitHead | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const [, tree, parents = ''] = /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)/.exec(text) ?? []
  if (tree === undefined) return undefined
  const end = text.indexOf('\n\n')
  const subject = end === -1 ? '' : text.slice(end + 2).trimStart().split('\n', 1)[0] ?? ''
  return { tree, parents: parents.split('\n').filter((line) => line !== '').map((line) => line.slice('parent '.length)), subject: subject.slice(0, 200) }
}
