/** A git repository's commits as trees of ours, to compare merges with git's. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../../src/base/bytes.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { seal } from '../../../src/object/seal.js'
import { encodeTree, FOLDER_MODE, type EntryMode, type TreeEntry } from '../../../src/object/tree.js'
import { readContent, sealContent } from '../../../src/store/content.js'
import type { ObjectReader } from '../../../src/store/types.js'
import { EMPTY_TREE, readFolder } from '../../../src/tree/read.js'
import { updateTree } from '../../../src/tree/update.js'
import { graphOf, type NamedGraph } from '../../helpers/graph.js'

export interface GitOracle {
  readonly graph: NamedGraph
  readonly reader: ObjectReader
  has(commit: string): boolean
  treeOf(commit: string): ObjectId
  /** The id that git gives a tree of ours. */
  gitTree(tree: ObjectId, reader: ObjectReader): string
}

interface GitObject { readonly kind: string; readonly bytes: Buffer }

export function openBundle(bundle: string): GitOracle {
  const folder = mkdtempSync(join(tmpdir(), 'atom-bundle-'))
  try {
    execFileSync('git', ['clone', '--quiet', '--bare', bundle, folder], { stdio: 'ignore' })
    const git = (...args: string[]): Buffer => execFileSync('git', args, { cwd: folder, maxBuffer: 2 ** 31 - 1 })
    return oracleOf(parseBatch(git('cat-file', '--batch', '--batch-all-objects')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function parseBatch(out: Buffer): Map<string, GitObject> {
  const objects = new Map<string, GitObject>()
  for (let at = 0; at < out.length;) {
    const end = out.indexOf(10, at)
    const [oid = '', kind = '', size = '0'] = out.toString('latin1', at, end).split(' ')
    objects.set(oid, { kind, bytes: out.subarray(end + 1, end + 1 + Number(size)) })
    at = end + 2 + Number(size)
  }
  return objects
}

function oracleOf(objects: ReadonlyMap<string, GitObject>): GitOracle {
  const stored = new Map<ObjectId, Uint8Array>([[EMPTY_TREE.id, EMPTY_TREE.bytes]])
  const reader: ObjectReader = { getObject: (id) => stored.get(id) }
  const put = (object: { id: ObjectId; bytes: Uint8Array }): ObjectId => {
    stored.set(object.id, object.bytes)
    return object.id
  }
  const known = new Map<string, ObjectId>()
  const content = (oid: string): ObjectId => {
    let id = known.get(oid)
    if (id === undefined) {
      const sealed = sealContent(new Uint8Array(objects.get(oid)?.bytes ?? []))
      sealed.objects.forEach(put)
      known.set(oid, id = sealed.id)
    }
    return id
  }
  const folder = (oid: string): ObjectId => {
    let id = known.get(oid)
    if (id === undefined) {
      const entries = new Map<string, TreeEntry>()
      for (const { mode, name, oid: link } of gitEntries(objects.get(oid)?.bytes ?? Buffer.alloc(0))) entries.set(name, { mode, link: mode === FOLDER_MODE ? folder(link) : content(link) })
      if (entries.size <= 1000) id = entries.size === 0 ? EMPTY_TREE.id : put(seal(encodeTree({ is: 'entries', entries })))
      else {
        const updated = updateTree(reader, EMPTY_TREE.id, entries)
        updated.objects.forEach(put)
        id = updated.root
      }
      known.set(oid, id)
    }
    return id
  }
  const commits = [...objects].filter(([, { kind }]) => kind === 'commit').map(([oid, { bytes }]) => ({ oid, ...parseCommit(bytes.toString('utf8')) }))
  const trees = new Map(commits.map(({ oid, tree }) => [oid, tree]))
  return {
    graph: graphOf(commits.map(({ oid, parents, timeMs }) => ({ id: oid, parents, timeMs }))),
    reader,
    has: (commit) => trees.has(commit),
    treeOf: (commit) => folder(trees.get(commit) ?? ''),
    gitTree: (tree, from) => gitTreeId(tree, from),
  }
}

function parseCommit(text: string): { tree: string; parents: string[]; timeMs: number } {
  const head = text.slice(0, text.indexOf('\n\n'))
  return {
    tree: /^tree (\w+)/m.exec(head)?.[1] ?? '',
    parents: [...head.matchAll(/^parent (\w+)/gm)].map(([, oid = '']) => oid),
    timeMs: Number(/^committer .*> (\d+)/m.exec(head)?.[1] ?? 0) * 1000,
  }
}

function* gitEntries(bytes: Buffer): Iterable<{ mode: EntryMode; name: string; oid: string }> {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at)
    const end = bytes.indexOf(0, space)
    yield { mode: Number.parseInt(bytes.toString('latin1', at, space), 8) as EntryMode, name: bytes.toString('utf8', space + 1, end), oid: toHex(bytes.subarray(end + 1, end + 21)) }
    at = end + 21
  }
}

function gitTreeId(tree: ObjectId, reader: ObjectReader): string {
  const entries = [...readFolder(reader, tree)].map(([name, entry]) => ({ name, entry, key: Buffer.from(entry.mode === FOLDER_MODE ? `${name}/` : name) }))
  entries.sort((left, right) => Buffer.compare(left.key, right.key))
  const parts = entries.map(({ name, entry }) => {
    const oid = entry.mode === FOLDER_MODE ? gitTreeId(entry.link, reader) : gitId('blob', readContent(reader, entry.link))
    return Buffer.concat([Buffer.from(`${entry.mode.toString(8)} ${name}\0`), Buffer.from(oid, 'hex')])
  })
  return gitId('tree', Buffer.concat(parts))
}

function gitId(kind: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${kind} ${String(bytes.length)}\0`).update(bytes).digest('hex')
}
