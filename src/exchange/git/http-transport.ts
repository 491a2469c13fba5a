/**
 * Reaches a git remote over http without a git on this machine: git's smart protocol, version 0, with packs that we make and that isomorphic-git indexes. Slower than git, and a pack
 * that is fetched has to fit into memory: `docs/exchange.md` has the figures.
 */
import { open, rename, rm, stat } from 'node:fs/promises'
import fs from 'node:fs'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { concatBytes } from '../../base/bytes.js'
import { isAtomError } from '../../base/errors.js'
import { getCommitHead, getGitTree, GIT_FOLDER, type Oid } from '../../git/git-object.js'
import { packEntry, packHead } from '../../git/pack.js'
import { encodePacket, FLUSH, packets, packetText } from '../../git/pkt-line.js'
import { encodeCommands, readReport } from '../../git/receive-pack.js'
import { refusedBy } from '../remote-errors.js'
import { requestGit, type Credentials, type GitHost, type GitRequest } from './http-request.js'
import type { GitReader } from './local-git.js'
import { outcomeOf, type GitRefChange, type GitTransport, type RemoteListing } from './transport.js'

export interface HttpTransportOptions {
  readonly url: string
  readonly location: string
  readonly signal: AbortSignal
  /** The mirror's repository. */
  readonly folder: string
  readonly reader: GitReader
  /** Asked once, when the host wants to know who we are. */
  credentials(): Promise<Credentials | undefined>
}

const PACK_MAX_BYTES = 1_073_741_824
const AGENT = 'agent=git/atom'

export function openHttpTransport(options: HttpTransportOptions): GitTransport {
  const { location } = options
  let host: GitHost = { url: options.url, location, signal: options.signal, credentials: undefined }
  const request = async (wanted: GitRequest): Promise<AsyncIterable<Uint8Array>> => {
    try {
      return await requestGit(host, wanted)
    } catch (error) {
      if (!isAtomError(error, 'REMOTE_AUTH') || host.credentials !== undefined) throw error
      const credentials = await options.credentials()
      if (credentials === undefined) throw error
      host = { ...host, credentials }
      return requestGit(host, wanted)
    }
  }
  return {
    location,
    async list() {
      return inForm(location, async () => readAdvertisement(packets(await request({ path: 'info/refs?service=git-upload-pack' }))))
    },
    async fetch(listing, known) {
      const wants = [...new Set([...listing.refs.values()])].filter((oid) => !known.includes(oid))
      if (wants.length === 0) return
      const body = concatBytes([...wants.map((oid, at) => encodePacket(`want ${oid}${at === 0 ? ` side-band-64k ofs-delta no-progress ${AGENT}` : ''}\n`)), FLUSH, ...known.map((oid) => encodePacket(`have ${oid}\n`)), encodePacket('done\n')])
      await inForm(location, async () => keepPack(options, packets(await request({ path: 'git-upload-pack', service: 'git-upload-pack', body }))))
    },
    async push(changes, { known, write }) {
      await write()
      const pack = await makePackFile(options, changes, known)
      try {
        const answer = await request({ path: 'git-receive-pack', service: 'git-receive-pack', body: encodeCommands(changes), ...(pack !== undefined && { file: pack }) })
        const report = await inForm(location, () => readReport(packets(answer)))
        if (report.packRefused !== undefined) throw refusedBy(location, `it could not take the pack: ${report.packRefused}`)
        return changes.map(({ ref }) => outcomeOf(report, ref) ?? { refused: 'it did not say what became of it', moved: 'no' })
      } finally {
        if (pack !== undefined) await rm(pack.path, { force: true })
      }
    },
    // Only its host can make a repository.
    create: () => Promise.resolve(),
  }
}

/** What is not in git's wire format is no git host, or a broken answer. */
async function inForm<Result>(location: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof TypeError) throw refusedBy(location, error.message, error)
    throw error
  }
}

async function readAdvertisement(lines: AsyncIterable<Uint8Array | 'flush'>): Promise<RemoteListing> {
  const refs = new Map<string, Oid>()
  const peeled = new Map<string, Oid>()
  let head: string | undefined
  let isFirst = true
  for await (const line of lines) {
    if (line === 'flush') continue
    const [pair = '', abilities = ''] = packetText(line).split('\0')
    if (isFirst && !pair.startsWith('# service=git-upload-pack')) throw new TypeError('it is no git repository')
    isFirst = false
    head ??= / symref=HEAD:(\S+)/.exec(` ${abilities}`)?.[1]
    const [, oid, name] = /^([0-9a-f]{40}) (.+)$/.exec(pair) ?? []
    if (oid === undefined || name === undefined || name === 'HEAD' || name === 'capabilities^{}') continue
    if (name.endsWith('^{}')) peeled.set(name.slice(0, -'^{}'.length), oid)
    else refs.set(name, oid)
  }
  if (isFirst) throw new TypeError('it answered nothing')
  return { refs, peeled, head }
}

/** Writes the pack of an answer to the mirror, then has it indexed. */
async function keepPack({ folder, location }: HttpTransportOptions, lines: AsyncIterable<Uint8Array | 'flush'>): Promise<void> {
  const fresh = join(folder, 'objects', 'pack', `fetched-${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(fresh, 'w')
  let sizeBytes = 0
  const hash = createHash('sha1')
  let last = new Uint8Array(0)
  try {
    for await (const line of lines) {
      if (line === 'flush' || (line[0] ?? 0) > 3) continue
      if (line[0] === 3) throw refusedBy(location, packetText(line.subarray(1)).slice(0, 200))
      if (line[0] !== 1) continue
      sizeBytes += line.length - 1
      if (sizeBytes > PACK_MAX_BYTES) throw refusedBy(location, `its pack is larger than ${String(PACK_MAX_BYTES)} bytes: install git, which can take it`)
      await file.writeFile(line.subarray(1))
      // The last 20 bytes are the checksum of all before them.
      const seen = concatBytes([last, line.subarray(1)])
      hash.update(seen.subarray(0, Math.max(0, seen.length - 20)))
      last = new Uint8Array(seen.subarray(Math.max(0, seen.length - 20)))
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const name = `pack-${Buffer.from(last).toString('hex')}`
  if (sizeBytes < 32 || hash.digest('hex') !== name.slice('pack-'.length)) {
    await rm(fresh, { force: true })
    throw refusedBy(location, 'its pack is cut off or damaged')
  }
  await rename(fresh, join(folder, 'objects', 'pack', `${name}.pack`))
  const git = await import('isomorphic-git')
  await git.indexPack({ fs, dir: join(folder, 'objects', 'pack'), gitdir: folder, filepath: `${name}.pack` })
}

/** Writes what the changes need and the host has not to a file, as one pack; undefined where nothing is sent. */
async function makePackFile({ folder, reader }: HttpTransportOptions, changes: readonly GitRefChange[], known: readonly Oid[]): Promise<{ readonly path: string; readonly sizeBytes: number } | undefined> {
  const tips = changes.flatMap(({ next }) => next ?? [])
  if (tips.length === 0) return undefined
  const wanted = await objectsToSend(reader, tips, known)
  const path = join(folder, 'objects', 'pack', `sent-${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(path, 'w')
  const hash = createHash('sha1')
  const write = async (bytes: Uint8Array): Promise<void> => {
    hash.update(bytes)
    await file.writeFile(bytes)
  }
  try {
    await write(packHead(wanted.size))
    for (const oid of wanted) {
      const object = await reader.getObject(oid)
      if (object === undefined) throw new TypeError(`the mirror has no ${oid}`)
      await write(packEntry(object))
    }
    await file.writeFile(hash.digest())
  } finally {
    await file.close()
  }
  return { path, sizeBytes: (await stat(path)).size }
}

/** Returns the objects of the commits that the host has not, without those of the trees that it has. */
async function objectsToSend(reader: GitReader, tips: readonly Oid[], known: readonly Oid[]): Promise<ReadonlySet<Oid>> {
  const wanted = new Set<Oid>()
  const commits: Oid[] = []
  for (const tip of tips) {
    const { tags, commit } = await peel(reader, tip)
    for (const tag of tags) wanted.add(tag)
    commits.push(commit)
  }
  const there = new Set<Oid>()
  const collect = async (tree: Oid, into: Set<Oid>): Promise<void> => {
    if (into.has(tree) || there.has(tree)) return
    into.add(tree)
    const object = await reader.getObject(tree)
    for (const { mode, oid } of (object === undefined ? undefined : getGitTree(object.bytes))?.values() ?? []) {
      if (mode === GIT_FOLDER) await collect(oid, into)
      else if (!there.has(oid)) into.add(oid)
    }
  }
  const headOf = async (commit: Oid): Promise<ReturnType<typeof getCommitHead>> => {
    const object = await reader.getObject(commit)
    return object?.type === 'commit' ? getCommitHead(object.bytes) : undefined
  }
  for await (const commit of reader.commits(commits, { known, order: 'parents-first' })) {
    const head = await headOf(commit)
    if (head === undefined) continue
    for (const parent of head.parents) {
      const above = wanted.has(parent) ? undefined : await headOf(parent)
      if (above !== undefined) await collect(above.tree, there)
    }
    wanted.add(commit)
    await collect(head.tree, wanted)
  }
  return wanted
}

/** Follows annotated tags to their commit. */
async function peel(reader: GitReader, tip: Oid): Promise<{ readonly tags: readonly Oid[]; readonly commit: Oid }> {
  const object = await reader.getObject(tip)
  const target = object?.type === 'tag' ? /^object ([0-9a-f]{40})\n/.exec(Buffer.from(object.bytes).toString('latin1'))?.[1] : undefined
  if (target === undefined) return { tags: [], commit: tip }
  const inner = await peel(reader, target)
  return { tags: [tip, ...inner.tags], commit: inner.commit }
}
