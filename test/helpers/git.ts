/** Real git for tests: repositories made in temporary folders, with no settings of this machine. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { FOLDER_MODE, type EntryMode } from '../../src/object/tree.js'
import type { ObjectId } from '../../src/codec/object-id.js'
import { readContent } from '../../src/store/content.js'
import type { ObjectReader } from '../../src/store/types.js'
import { readFolder } from '../../src/tree/read.js'

const ENV = {
  PATH: process.env['PATH'], HOME: '/nonexistent', LC_ALL: 'C', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_GRAFT_FILE: '/dev/null', TZ: 'UTC',
  GIT_AUTHOR_NAME: 'Ann Author', GIT_AUTHOR_EMAIL: 'ann@example.com', GIT_AUTHOR_DATE: '1700000000 +0100',
  GIT_COMMITTER_NAME: 'Carl Committer', GIT_COMMITTER_EMAIL: 'carl@example.com', GIT_COMMITTER_DATE: '1700000100 -0530',
}

export function hasGit(): boolean {
  return spawnSync('git', ['--version']).status === 0
}

/** Runs git in a folder and returns what it printed; throws when it fails. */
export function git(folder: string, words: readonly string[], options: { readonly input?: string | Uint8Array; readonly env?: Readonly<Record<string, string>> } = {}): string {
  return execFileSync('git', words, { cwd: folder, env: { ...ENV, ...options.env }, input: options.input ?? '', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'] }).toString('latin1')
}

/** Gives a test file temporary folders that go when it ends. */
export function temporaryFolders(): () => string {
  const made: string[] = []
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true })
  })
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'atom-git-'))
    made.push(folder)
    return folder
  }
}

/** Recomputes the id that git gives to a tree of ours: names, modes and bytes all have to be right. Remembers what it has seen. */
export function createGitTreeIds(reader: ObjectReader): (tree: ObjectId, submodules?: ReadonlyMap<string, string>) => string {
  const blobs = new Map<ObjectId, string>()
  const trees = new Map<ObjectId, string>()
  const blobId = (id: ObjectId): string => {
    const known = blobs.get(id)
    if (known !== undefined) return known
    const made = hash('blob', readContent(reader, id))
    blobs.set(id, made)
    return made
  }
  const treeId = (tree: ObjectId, submodules: ReadonlyMap<string, string>, prefix: string): string => {
    const known = submodules.size === 0 ? trees.get(tree) : undefined
    if (known !== undefined) return known
    const lines = [...readFolder(reader, tree)].map(([name, { mode, link }]) => ({ name, mode: mode as EntryMode | 0o160000, id: mode === FOLDER_MODE ? treeId(link, submodules, `${prefix}${name}/`) : blobId(link) }))
    for (const [path, id] of submodules) {
      if (path.startsWith(prefix) && !path.slice(prefix.length).includes('/')) lines.push({ name: path.slice(prefix.length), mode: 0o160000, id })
    }
    const key = ({ name, mode }: { name: string; mode: number }): Buffer => Buffer.from(mode === FOLDER_MODE ? `${name}/` : name)
    lines.sort((left, right) => Buffer.compare(key(left), key(right)))
    const made = hash('tree', Buffer.concat(lines.map(({ name, mode, id }) => Buffer.concat([Buffer.from(`${mode.toString(8)} ${name}\0`), Buffer.from(id, 'hex')]))))
    if (submodules.size === 0) trees.set(tree, made)
    return made
  }
  return (tree, submodules = new Map()) => {
    const project = readFolder(reader, tree).get('project')
    if (project === undefined && submodules.size === 0) return hash('tree', new Uint8Array(0))
    return project === undefined ? treeId(tree, submodules, '') : treeId(project.link, submodules, '')
  }
}

function hash(type: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${String(bytes.length)}\0`).update(bytes).digest('hex')
}

