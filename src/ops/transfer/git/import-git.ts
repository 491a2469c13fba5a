/**
 * `import git`: every commit of a repository becomes an ATOM. docs/spec/import-git.md says how.
 *
 * Guarantees: the same repository gives the same object ids everywhere; objects before refs, so a killed import is gone on with; running it again
 * adds what is new; memory does not grow with the history. Refuses: what is no readable repository. The source is only read.
 */
import { AtomError } from '../../../base/errors.js'
import type { ObjectId } from '../../../codec/object-id.js'
import { seal, type SealedObject } from '../../../object/seal.js'
import { encodeTag } from '../../../object/tag.js'
import { fullRefName, getRefNameProblem, HEADS } from '../../../refs/name.js'
import { checkNesting } from '../../../refs/name-folders.js'
import { getHeadBranch, getRef, listRefs, pointAt, resolveRef } from '../../../refs/ref.js'
import type { RefEdit } from '../../../refs/transaction.js'
import { getBody } from '../../../store/body.js'
import { getObjectAs, readObject } from '../../../store/objects.js'
import { displayPath } from '../../../trail/paths.js'
import { walkTree } from '../../../tree/read.js'
import { bytes, checkInput, filledText, optional } from '../../check.js'
import type { HistorySource, OddName, OpenHistory, SourceRefs, SourceTag } from './history-source.js'
import { importCommits, type ImportedCommits } from './import-commits.js'
import { importedAgent } from './imported-commit.js'
import { getInitBranch, landAt, landBranch, landTag, readTakenNames, type BranchToLand, type Landing } from '../imported-refs.js'
import type { Operation } from '../../operation.js'
import { putLayout } from '../../record/record-draft.js'
import type { Repo } from '../../repo.js'

export interface ImportGitInput {
  /** Path of the repository. */
  readonly repository: string
  /** A revision of the repository: only what it reaches. */
  readonly rev?: string | undefined
  /** What the imported default branch (or `rev`) is to be called here. */
  readonly branch?: string | undefined
  /** Makes salts, so that short texts cannot be guessed from their digests. */
  readonly saltKey?: Uint8Array | undefined
}

export interface ImportedRef {
  /** As the source calls it. */
  readonly name: string
  /** Full name here. */
  readonly ref: string
  readonly object: ObjectId
  readonly change: Landing['change']
}

export interface ImportGitResult {
  readonly repository: string
  readonly reader: string
  readonly commits: number
  readonly added: number
  readonly branches: readonly ImportedRef[]
  readonly tags: readonly ImportedRef[]
  /** Paths of submodules, which are recorded in metadata only. */
  readonly submodules: readonly string[]
  /** Names that could not be recorded. */
  readonly odd: readonly OddName[]
  /** Refs that were left out. */
  readonly leftOut: readonly OddName[]
  readonly isShallow: boolean
  /** Full name of the branch that HEAD names now, where it moved. */
  readonly head: string | undefined
  /** A file at the imported tip, to try things on. */
  readonly samplePath: string | undefined
}

const COMMAND = 'import git'

/** Returns the use case over what opens a repository. */
export function importGit(open: OpenHistory): Operation<ImportGitInput, ImportGitResult> {
  return {
    name: 'import.git',
    summary: 'Import the history of a git repository',
    effect: 'write',
    errors: ['SOURCE_UNREADABLE', 'REVISION_NOT_FOUND', 'REF_NAME_INVALID', 'REF_EXISTS', 'REF_MOVED', 'INPUT_INVALID', 'STORE_FULL', 'FORGOTTEN'],
    check: checkInput<ImportGitInput>({ repository: filledText, rev: optional(filledText), branch: optional(filledText), saltKey: optional(bytes) }),
    async run(repo, input) {
      if (input.branch !== undefined) await checkBranch(repo, fullRefName(HEADS, input.branch))
      await using source = await open(input.repository)
      return await importHistory(repo, source, input)
    },
  }
}

/** Refuses before anything is read what would be refused in the end: a branch with work of ours on it. */
async function checkBranch(repo: Repo, ref: string): Promise<void> {
  const tip = resolveRef(repo.store, ref)
  const initBranch = await getInitBranch(repo)
  if (tip === undefined) checkNesting([ref], new Set((await listRefs(repo.store, HEADS)).map(({ name }) => name).filter((name) => name !== initBranch)))
  if (tip !== undefined && !isImported(repo, tip) && getHeadBranch(repo.store) !== ref) throw branchTaken(ref)
}

function branchTaken(ref: string): AtomError<'REF_EXISTS'> {
  const name = ref.slice(HEADS.length)
  return new AtomError('REF_EXISTS', `there is a branch ${name} with a history of its own`, { data: { name }, hint: 'give another name: --branch NAME' })
}

function isImported(repo: Repo, tip: ObjectId): boolean {
  const header = getObjectAs(repo.objects, tip, 'atom')
  return header !== undefined && getBody(repo.objects, header.body)?.metadata?.['git_commit'] !== undefined
}

async function importHistory(repo: Repo, source: HistorySource, input: ImportGitInput): Promise<ImportGitResult> {
  const refs = await chooseRefs(source, input)
  const tips = new Set([...refs.branches, ...(input.rev === undefined ? refs.tags : [])].map(({ commit }) => commit))
  const imported = await importCommits(repo, source, { tips, wanted: new Set([...tips, ...refs.tags.map(({ commit }) => commit)]), saltKey: input.saltKey, command: COMMAND })
  const landed = await landRefs(repo, { source, refs, imported, branch: input.branch })
  const tip = refs.head === undefined ? undefined : imported.tips.get(refs.head.commit)
  const sample = tip === undefined ? undefined : firstFile(repo, tip.tree)
  return {
    repository: source.location,
    reader: source.reader,
    commits: imported.commits,
    added: imported.added,
    branches: landed.branches,
    tags: landed.tags,
    submodules: imported.submodules,
    odd: imported.odd,
    leftOut: [...refs.leftOut, ...landed.leftOut],
    isShallow: source.isShallow,
    head: landed.head,
    samplePath: sample,
  }
}

/** Returns all branches and tags, or the one branch that a revision stands for; the default branch under the name that was asked for. */
async function chooseRefs(source: HistorySource, { rev, branch }: ImportGitInput): Promise<SourceRefs> {
  const all = await source.refs()
  if (rev !== undefined) {
    const { commit, branch: named } = await source.resolve(rev)
    const only = { name: branch ?? named ?? nameFor(rev, commit), commit }
    return { branches: [only], tags: all.tags, leftOut: [], head: only }
  }
  const { head } = all
  if (head === undefined) return all
  const shown = { ...head, name: branch ?? head.name }
  return { ...all, head: shown, branches: [shown, ...all.branches.filter(({ name }) => name !== head.name && name !== shown.name)] }
}

/** Returns a branch name for what is no branch there: a tag, an id, or a revision such as HEAD~1, which cannot be part of a name. */
function nameFor(rev: string, commit: string): string {
  return getRefNameProblem(`${HEADS}git/${rev}`) === undefined ? `git/${rev}` : `git/${commit.slice(0, 12)}`
}

interface ToLand {
  readonly source: HistorySource
  readonly refs: SourceRefs
  readonly imported: ImportedCommits
  readonly branch: string | undefined
}

interface Landed {
  readonly branches: readonly ImportedRef[]
  readonly tags: readonly ImportedRef[]
  readonly leftOut: readonly OddName[]
  readonly head: string | undefined
}

/** Moves the refs: one op. */
async function landRefs(repo: Repo, toLand: ToLand): Promise<Landed> {
  const { source, refs, imported } = toLand
  const initBranch = refs.branches.length === 0 ? undefined : await getInitBranch(repo)
  const taken = await readTakenNames(repo, initBranch)
  const leftOut: OddName[] = []
  const tagObjects: SealedObject[] = []
  const branches = refs.branches.flatMap(({ name, commit }): ImportedRef[] => {
    const target = imported.tips.get(commit)
    if (target === undefined) return []
    const isNamed = toLand.branch === name
    const replaced = initBranch === HEADS + name ? initBranch : undefined
    if (replaced !== undefined) taken.take(replaced)
    const landing = replaced !== undefined ? { ref: replaced, change: 'moved' as const } : landOne(repo, { name, target: target.id, isNamed, taken })
    if (landing === undefined) leftOut.push({ name: HEADS + name, reason: 'it cannot be the name of a branch here' })
    return landing === undefined ? [] : [{ name, object: target.id, ...landing }]
  })
  const tags = refs.tags.flatMap((tag): ImportedRef[] => {
    const target = imported.tips.get(tag.commit)
    if (target === undefined) return []
    const sealed = sealTags(repo, tag, target.id)
    const object = sealed.at(-1)?.id ?? target.id
    const landing = landTag(repo, { name: tag.name, target: object, prefix: 'git/', taken })
    if (landing === undefined) leftOut.push({ name: `refs/tags/${tag.name}`, reason: 'it cannot be the name of a tag here' })
    else tagObjects.push(...sealed)
    return landing === undefined ? [] : [{ name: tag.name, object, ...landing }]
  })
  const head = initBranch === undefined ? undefined : (branches.find(({ name }) => name === refs.head?.name) ?? branches[0])
  await repo.writer.transact({ agent: repo.identity.agent, command: COMMAND }, (tx) => {
    for (const object of tagObjects) tx.put(object)
    for (const { ref, object, change } of [...branches, ...tags]) if (change === 'new' || change === 'moved') tx.edit({ ref, expected: getRef(repo.store, ref), next: pointAt(object) })
    if (head === undefined || initBranch === undefined) return
    for (const edit of replaceInit(initBranch, { branches, head: head.ref })) tx.edit(edit)
    // Where the repository's own files lie, they are what the tip holds, or changes to it.
    if (source.worktree !== undefined && source.worktree === repo.worktree.root) putLayout(tx, readObject(tx, head.object, 'atom').tree, [])
  })
  return { branches, tags, leftOut, head: head?.ref }
}

function landOne(repo: Repo, branch: Pick<BranchToLand, 'name' | 'target' | 'taken'> & { readonly isNamed: boolean }): Landing | undefined {
  if (!branch.isNamed) return landBranch(repo, { ...branch, prefix: 'git/', isImported: (tip) => isImported(repo, tip) })
  const ref = fullRefName(HEADS, branch.name)
  const landing = landAt(repo, ref, branch)
  if (landing === undefined) throw branchTaken(ref)
  return landing
}

/** HEAD goes to the imported default branch; the branch that held only the INIT goes, unless the import has one of that name. */
function replaceInit(initBranch: string, imported: { readonly branches: readonly ImportedRef[]; readonly head: string }): RefEdit[] {
  const edits: RefEdit[] = [{ ref: 'HEAD', expected: 'any', next: { is: 'symbolic', ref: imported.head } }]
  if (!imported.branches.some(({ ref }) => ref === initBranch)) edits.push({ ref: initBranch, expected: 'any', next: undefined })
  return edits
}

/** Returns the tag objects on the way to an ATOM, the innermost first. */
function sealTags(repo: Repo, tag: SourceTag, commit: ObjectId): readonly SealedObject[] {
  const sealed: SealedObject[] = []
  let target = commit
  for (const annotation of [...tag.annotations].reverse()) {
    const timeMs = annotation.timeMs ?? readObject(repo.objects, commit, 'atom').timeMs
    const object = seal(encodeTag({ name: importedAgent(annotation.name), target, agent: importedAgent(annotation.agent), timeMs, message: annotation.message }))
    sealed.push(object)
    target = object.id
  }
  return sealed
}

const SAMPLES_MAX = 500

/** Returns a path of a tree to try commands on: a README or the like among the first, else the first that is not hidden. */
function firstFile(repo: Repo, tree: ObjectId): string | undefined {
  const paths: string[] = []
  for (const { path } of walkTree(repo.objects, tree)) {
    paths.push(displayPath(path))
    if (paths.length === SAMPLES_MAX) break
  }
  return paths.find((path) => /^(?:readme|package\.json|makefile)[^/]*$/i.test(path)) ?? paths.find((path) => !path.startsWith('.')) ?? paths[0]
}
