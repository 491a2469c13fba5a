/** The commits of a history → ATOMs, parents first, in a pipeline: what comes next is read while what is there is written. */
import { AtomError } from '../../../base/errors.js'
import { createBoundedCache, type BoundedCache } from '../../../base/bounded-cache.js'
import { lookAhead } from '../../../base/look-ahead.js'
import type { ObjectId } from '../../../codec/object-id.js'
import type { AtomHeader } from '../../../object/atom.js'
import { SYMLINK_MODE, type TreeEntry } from '../../../object/tree.js'
import { readLogState } from '../../../refs/log-state.js'
import { getBody, sealBody } from '../../../store/body.js'
import { readObject } from '../../../store/objects.js'
import { EMPTY_TREE } from '../../../tree/read.js'
import type { ChangeKind } from '../../../tree/diff.js'
import { PROJECT } from '../../../trail/paths.js'
import type { HistorySource, OddName, SourceChange, SourceChanges, SourceCommit } from './history-source.js'
import { importedAgent, importedAtomId, importedBody, importedTimeMs, submodulesOf } from './imported-commit.js'
import { createImportedContents, type ImportedContents } from './imported-contents.js'
import { createImportedTrail, type ImportedTrail } from '../imported-trail.js'
import type { Repo } from '../../repo.js'

/** What later commits need of one that was imported. */
export interface ImportedCommit {
  readonly id: ObjectId
  readonly tree: ObjectId
  readonly submodules: ReadonlyMap<string, string>
}

export interface CommitImport {
  /** Commits to import, with all that they reach. */
  readonly tips: ReadonlySet<string>
  /** Commits whose ATOMs are wanted, where they are among those: refs name them. */
  readonly wanted: ReadonlySet<string>
  readonly saltKey: Uint8Array | undefined
  readonly command: string
}

export interface ImportedCommits {
  readonly tips: ReadonlyMap<string, ImportedCommit>
  readonly commits: number
  readonly added: number
  readonly submodules: readonly string[]
  readonly odd: readonly OddName[]
}

const COMMITS_AHEAD = 48
const COMMITS_REMEMBERED = 32_768
/** Names that a summary holds at most. */
const NAMES_MAX = 1_000

interface Importing extends CommitImport {
  readonly repo: Repo
  readonly source: HistorySource
  readonly contents: ImportedContents
  readonly trail: ImportedTrail
  readonly done: BoundedCache<string, ImportedCommit>
  readonly submodules: Set<string>
  readonly odd: Map<string, OddName>
  /** An empty store need not be asked what it knows. */
  readonly isFirst: boolean
}

/** Imports all that the tips reach. Everything is durable on return; no ref has moved. */
export async function importCommits(repo: Repo, source: HistorySource, request: CommitImport): Promise<ImportedCommits> {
  const importing: Importing = {
    ...request, repo, source,
    contents: createImportedContents(repo, source),
    trail: createImportedTrail(repo, request.command),
    done: createBoundedCache({ limit: COMMITS_REMEMBERED }),
    submodules: new Set(),
    odd: new Map(),
    isFirst: readLogState(repo.store).atoms <= 1,
  }
  const tips = new Map<string, ImportedCommit>()
  const total = countInBackground(source, request.tips)
  let commits = 0
  let added = 0
  for await (const prepared of lookAhead(source.commits([...request.tips]), COMMITS_AHEAD, (commit) => prepare(importing, commit))) {
    repo.signal.throwIfAborted()
    const { isNew, imported } = await importCommit(importing, prepared)
    importing.done.set(prepared.commit.id, imported)
    if (request.wanted.has(prepared.commit.id)) tips.set(prepared.commit.id, imported)
    commits++
    if (isNew) added++
    if (importing.trail.isFull) await importing.trail.flush(await importing.contents.take())
    repo.reporter.progress('import git', commits, total.count)
  }
  await importing.trail.flush(await importing.contents.take())
  repo.reporter.progress('import git', commits, commits)
  return { tips, commits, added, submodules: [...importing.submodules].sort(), odd: [...importing.odd.values()] }
}

/** Counts while the import is on its way: only the progress bar needs it. */
function countInBackground(source: HistorySource, tips: ReadonlySet<string>): { count: number | undefined } {
  const total: { count: number | undefined } = { count: undefined }
  // What fails here fails the import too, where it is told.
  source.countCommits([...tips]).then((count) => { total.count = count }, () => undefined)
  return total
}

/** A commit with what is known of it, or with what it changed where nothing is. */
interface Prepared {
  readonly commit: SourceCommit
  readonly known: readonly KnownAtom[]
  readonly loaded: Loaded | undefined
}

interface KnownAtom { readonly id: ObjectId; readonly header: AtomHeader }

interface Loaded {
  readonly changes: SourceChanges
  readonly files: ReadonlyMap<string, TreeEntry | undefined>
  readonly kinds: readonly { readonly path: string; readonly change: ChangeKind }[]
}

async function prepare(importing: Importing, commit: SourceCommit): Promise<Prepared> {
  const known = importing.isFirst ? [] : await findKnown(importing.repo, commit)
  return { commit, known, loaded: known.length > 0 ? undefined : await load(importing, commit) }
}

/** Returns the ATOMs that were made of a commit before, oldest first: found by their atom id, told by the commit that they name. */
async function findKnown(repo: Repo, commit: SourceCommit): Promise<readonly KnownAtom[]> {
  const found: KnownAtom[] = []
  for (const seq of await repo.index.withAtomId(importedAtomId(commit))) {
    const { id } = repo.index.node(seq)
    const header = readObject(repo.objects, id, 'atom')
    const body = getBody(repo.objects, header.body)
    // A body that was forgotten names nothing any more: the digits in the atom id have to do.
    const isOfCommit = body === undefined ? header.atomId.endsWith(`-${commit.id.slice(0, 12)}`) : body.metadata?.['git_commit'] === commit.id
    if (isOfCommit) found.push({ id, header })
  }
  return found
}

async function load({ contents }: Importing, commit: SourceCommit): Promise<Loaded> {
  const changes = await commit.changes()
  const entries = await Promise.all(changes.files.map(async ({ path, after }): Promise<readonly [string, TreeEntry | undefined]> =>
    [PROJECT + path, after === undefined ? undefined : { mode: after.mode, link: await contents.idOf(after.blob) }]))
  return { changes, files: new Map(entries), kinds: changes.files.flatMap((change) => kindOf(change)) }
}

function kindOf({ path, before, after }: SourceChange): { readonly path: string; readonly change: ChangeKind }[] {
  const change = before === undefined ? 'add' : after === undefined ? 'delete'
    : (before.mode === SYMLINK_MODE) !== (after.mode === SYMLINK_MODE) ? 'type'
      : before.blob !== after.blob ? 'modify' : before.mode === after.mode ? undefined : 'mode'
  return change === undefined ? [] : [{ path: PROJECT + path, change }]
}

async function importCommit(importing: Importing, { commit, known, loaded }: Prepared): Promise<{ readonly isNew: boolean; readonly imported: ImportedCommit }> {
  const parents: ImportedCommit[] = []
  for (const parent of commit.parents) parents.push(importing.done.peek(parent) ?? await findParent(importing, parent))
  // A history that was shallow once, and is not any more, has other parents: then it is another ATOM.
  const same = known.find(({ header }) => header.parents.length === parents.length && header.parents.every((id, index) => id === parents[index]?.id))
  if (same !== undefined) return { isNew: false, imported: importedOf(importing.repo, same) }
  return { isNew: true, imported: addCommit(importing, { commit, parents, loaded: loaded ?? await load(importing, commit) }) }
}

function importedOf(repo: Repo, { id, header }: KnownAtom): ImportedCommit {
  return { id, tree: header.tree, submodules: submodulesOf(getBody(repo.objects, header.body)) }
}

/** Returns a commit that was imported so long ago that it is not remembered. */
async function findParent({ repo, source }: Importing, id: string): Promise<ImportedCommit> {
  const known = (await findKnown(repo, await source.readCommit(id))).at(-1)
  if (known === undefined) throw new AtomError('SOURCE_UNREADABLE', `the commit ${id} comes after its children`, { data: { source: source.location, reason: 'order' } })
  return importedOf(repo, known)
}

interface NewCommit { readonly commit: SourceCommit; readonly parents: readonly ImportedCommit[]; readonly loaded: Loaded }

function addCommit(importing: Importing, { commit, parents, loaded }: NewCommit): ImportedCommit {
  const { changes, files, kinds } = loaded
  for (const odd of changes.odd) if (importing.odd.size < NAMES_MAX) importing.odd.set(odd.name, odd)
  const submodules = changedSubmodules(parents[0]?.submodules, changes.submodules)
  for (const path of changes.submodules.keys()) if (importing.submodules.size < NAMES_MAX) importing.submodules.add(path)
  const { body, contents } = sealBody(importedBody(commit, { submodules, odd: changes.odd, saltKey: importing.saltKey }))
  const built = importing.trail.build({
    header: {
      atomId: importedAtomId(commit),
      operation: 'commit',
      agent: importedAgent(commit.agent),
      timeMs: importedTimeMs(commit),
      parents: distinct(parents.map((parent) => parent.id)),
      influencedBy: [],
    },
    body: { id: body.id, objects: [...contents, body] },
    base: parents[0]?.tree ?? EMPTY_TREE.id,
    files,
    changes: kinds,
  })
  importing.trail.add(built)
  return { id: built.object.id, tree: built.header.tree, submodules }
}

/** Two commits that differ in nothing that is recorded would be one ATOM. */
function distinct(ids: readonly ObjectId[]): readonly ObjectId[] {
  return [...new Set(ids)]
}

const NONE: ReadonlyMap<string, string> = new Map()

function changedSubmodules(before: ReadonlyMap<string, string> = NONE, changes: SourceChanges['submodules']): ReadonlyMap<string, string> {
  if (changes.size === 0) return before
  const after = new Map(before)
  for (const [path, commit] of changes) {
    if (commit === undefined) after.delete(path)
    else after.set(path, commit)
  }
  return after
}
