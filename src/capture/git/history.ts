/** A git repository as a history to import: the same reading of commits, trees and tags over either implementation. */
import { resolve } from 'node:path'
import { createBoundedCache } from '../../base/bounded-cache.js'
import { AtomError } from '../../base/errors.js'
import { lookAhead } from '../../base/look-ahead.js'
import type { CborValue } from '../../codec/cbor.js'
import type { GitObject } from '../../git/git-object.js'
import { findGit } from '../../git/process.js'
import type { HistorySource, OddName, SourceAnnotation, SourceBranch, SourceCommit, SourceRefs, SourceTag } from '../../ops/transfer/git/history-source.js'
import { parseCommit, parseTag, splitMessage, type ParsedCommit, type Person } from './commit.js'
import { openIsomorphicRepository } from './isomorphic.js'
import { findPlace } from './place.js'
import { unreadable, type GitPlace, type GitRef, type GitRepository } from './repository.js'
import { openSystemRepository } from './system.js'
import { getTree, type GitTree } from './tree.js'
import { treeChanges } from './tree-changes.js'
import { parseTrailers, type Trailer } from './trailers.js'

export interface GitContext {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

const HEADS = 'refs/heads/'
const TAGS = 'refs/tags/'
const REMOTES = 'refs/remotes/'
/** Entries of trees that are kept decoded. */
const ENTRIES_CACHED = 100_000
const COMMITS_CACHED = 4_096
const COMMITS_AHEAD = 256
const TAG_DEPTH_MAX = 64

/** Opens the repository at a path: with the system's git where it is on the PATH, else with isomorphic-git. */
export async function openGitHistory(location: string, context: GitContext): Promise<HistorySource> {
  const place = await findPlace(resolve(context.cwd, location))
  const git = await findGit(context.env)
  const repository = git === undefined ? await openIsomorphicRepository(place) : openSystemRepository(place, { git, env: context.env, signal: context.signal })
  return createHistory(place, repository)
}

function createHistory(place: GitPlace, repository: GitRepository): HistorySource {
  const trees = createBoundedCache<string, Promise<GitTree>>({ limit: ENTRIES_CACHED })
  const commits = createBoundedCache<string, Promise<ParsedCommit>>({ limit: COMMITS_CACHED })
  const readTree = (id: string): Promise<GitTree> => trees.get(id, async () => {
    const tree = await loadTree(place, repository, id)
    trees.charge(tree.entries.size)
    return tree
  })
  const readCommit = (id: string): Promise<ParsedCommit> => commits.get(id, async () => parseCommit((await readObject(place, repository, { id, type: 'commit' })).bytes))
  const commitOf = async (id: string): Promise<SourceCommit> => {
    const parsed = await readCommit(id)
    const isCut = place.shallow.has(id)
    const parents = isCut ? [] : [...new Set(parsed.parents)]
    return {
      id,
      ...describe(id, parsed),
      parents,
      missingParents: isCut ? parsed.parents : [],
      changes: async () => treeChanges(readTree, { before: parents[0] === undefined ? undefined : (await readCommit(parents[0])).tree, after: parsed.tree }),
    }
  }
  return {
    reader: repository.reader,
    location: place.location,
    worktree: place.worktree,
    isShallow: place.shallow.size > 0,
    refs: () => readRefs(repository),
    async resolve(revision) {
      const commit = await repository.getCommit(revision)
      if (commit === undefined) throw new AtomError('REVISION_NOT_FOUND', `the git repository has no commit ${revision}`, { data: { revision }, hint: 'a branch, a tag or a commit id of that repository' })
      const isBranch = (await repository.refs()).some(({ name }) => name === HEADS + revision)
      return { commit, branch: isBranch ? revision : undefined }
    },
    readCommit: commitOf,
    commits: (tips) => lookAhead(repository.commitIds(tips), COMMITS_AHEAD, commitOf),
    countCommits: (tips) => repository.countCommits(tips),
    readBlob: (id, take) => repository.readBlob(id, take),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  }
}

async function readObject(place: GitPlace, repository: GitRepository, wanted: { readonly id: string; readonly type: GitObject['type'] }): Promise<GitObject> {
  const object = await repository.getObject(wanted.id)
  if (object === undefined) throw unreadable(place.location, `the ${wanted.type} ${wanted.id} is missing or damaged`, { hint: 'git fsck in that repository says more' })
  if (object.type !== wanted.type) throw unreadable(place.location, `${wanted.id} is a ${object.type} where a ${wanted.type} must be`)
  return object
}

async function loadTree(place: GitPlace, repository: GitRepository, id: string): Promise<GitTree> {
  const { bytes } = await readObject(place, repository, { id, type: 'tree' })
  const tree = getTree(bytes, place.format === 'sha256' ? 32 : 20)
  if (tree === undefined) throw unreadable(place.location, `the tree ${id} is damaged`)
  return tree
}

type Description = Pick<SourceCommit, 'agent' | 'timeMs' | 'title' | 'reason' | 'metadata'>

function describe(id: string, parsed: ParsedCommit): Description {
  const trailers = parseTrailers(parsed.message)
  const coAuthors = trailers.filter(({ key }) => key.toLowerCase() === 'co-authored-by').map(({ value }) => coAuthorOf(value))
  const metadata: { [key: string]: CborValue } = { git_commit: id, author: personValue(parsed.author), committer: personValue(parsed.committer) }
  if (trailers.length > 0) metadata['trailers'] = trailers.map(trailerValue)
  if (coAuthors.length > 0) metadata['co_authored_by'] = coAuthors
  if (parsed.encoding !== undefined) metadata['encoding'] = parsed.encoding
  if (!parsed.isExact) metadata['decoded_as'] = 'latin1'
  if (parsed.isSigned) metadata['git_signed'] = true
  return { agent: parsed.author.name, timeMs: parsed.committer.timeMs ?? parsed.author.timeMs ?? 0, ...splitMessage(parsed.message), metadata }
}

function personValue({ name, email, date }: Person): CborValue {
  return { name, email, date }
}

function trailerValue({ key, value }: Trailer): CborValue {
  return { key, value }
}

function coAuthorOf(value: string): CborValue {
  const [, name = value, email = ''] = /^([^<]*)<([^>]*)>/.exec(value) ?? []
  return { name: name.trim(), email: email.trim() }
}

async function readRefs(repository: GitRepository): Promise<SourceRefs> {
  const branches: SourceBranch[] = []
  const tags: SourceTag[] = []
  const leftOut: OddName[] = []
  const refs = importedRefs(await repository.refs())
  const followed = await Promise.all(refs.map((ref) => follow(repository, ref)))
  followed.forEach((found, index) => {
    const { name, shown } = refs[index] as GitRef
    if (name === undefined) leftOut.push({ name: shown, reason: 'its name is not UTF-8' })
    else if (found.commit === undefined) leftOut.push({ name: shown, reason: found.reason })
    else if (name.startsWith(HEADS)) branches.push({ name: name.slice(HEADS.length), commit: found.commit })
    else tags.push({ name: name.slice(TAGS.length), commit: found.commit, annotations: found.annotations })
  })
  const head = await findHead(repository, branches)
  return { branches, tags, leftOut, ...(head && { head }) }
}

/** Returns branches and tags. A clone that checked nothing out has no branch of its own: then those that it fetched, under their names there. */
function importedRefs(all: readonly GitRef[]): readonly GitRef[] {
  const own = all.filter(({ shown }) => !shown.startsWith(REMOTES))
  if (own.some(({ shown }) => shown.startsWith(HEADS))) return own
  const fetched = new Map<string, GitRef>()
  for (const { name, shown, id } of all) {
    const [, branch] = /^refs\/remotes\/[^/]+\/(.+)$/s.exec(shown) ?? []
    if (branch !== undefined && branch !== 'HEAD' && !fetched.has(branch)) fetched.set(branch, { name: name === undefined ? undefined : HEADS + branch, shown: HEADS + branch, id })
  }
  return [...fetched.values(), ...own]
}

type Followed = { readonly commit: string; readonly annotations: readonly SourceAnnotation[] } | { readonly commit: undefined; readonly reason: string }

/** Follows a ref through annotated tags, of which there may be several, to its commit. */
async function follow(repository: GitRepository, ref: GitRef): Promise<Followed> {
  const annotations: SourceAnnotation[] = []
  let id = ref.id
  while (annotations.length < TAG_DEPTH_MAX) {
    const object = await repository.getObject(id)
    if (object === undefined) return { commit: undefined, reason: 'what it names is not in the repository' }
    if (object.type === 'commit') return { commit: id, annotations }
    if (object.type !== 'tag') return { commit: undefined, reason: `it names a ${object.type}` }
    const tag = parseTag(object.bytes)
    const timeMs = tag.tagger?.timeMs
    annotations.push({ name: tag.name, agent: tag.tagger?.name ?? '', message: tag.message, ...(timeMs !== undefined && { timeMs }) })
    id = tag.target
  }
  return { commit: undefined, reason: 'it is a tag of too many tags' }
}

/** Returns what HEAD names; where that has no commit, the branch that most likely is meant. */
async function findHead(repository: GitRepository, branches: readonly SourceBranch[]): Promise<SourceBranch | undefined> {
  const { ref, id } = await repository.head()
  const named = branches.find(({ name }) => ref === HEADS + name)
  if (named !== undefined) return named
  const detached = ref === undefined && id !== undefined ? id : undefined
  const fitting = detached === undefined ? branches : branches.filter(({ commit }) => commit === detached)
  const likely = fitting.find(({ name }) => name === 'main') ?? fitting.find(({ name }) => name === 'master') ?? fitting[0]
  return likely ?? (detached === undefined ? undefined : { name: 'git/detached', commit: detached })
}
