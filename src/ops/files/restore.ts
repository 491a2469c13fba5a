/** `restore`, and `checkout REV -- PATH`: puts files back as a revision has them. No ref moves. */
import { AtomError } from '../../base/errors.js'
import type { ObjectId } from '../../codec/object-id.js'
import { resolveAtom } from '../../history/resolve.js'
import { readObject } from '../../store/objects.js'
import { walkPath } from '../../tree/read.js'
import { checkInput, filledText, flag, optional, someOf } from '../check.js'
import { resolveContext, tipTree } from '../context.js'
import { layOut, type LaidOut } from './lay-out.js'
import type { Operation } from '../operation.js'
import type { Scope, TrackedPath } from '../ports.js'
import { layoutTree } from '../record/record-draft.js'
import type { Repo } from '../repo.js'
import { scopeName } from './scope-name.js'

export interface RestoreInput {
  /** As typed. */
  readonly paths: readonly string[]
  /** A revision; default: HEAD. */
  readonly source?: string | undefined
  readonly scopes: readonly Scope[]
  readonly force: boolean
  readonly dryRun: boolean
}

export interface RestoreResult {
  /** The ATOM whose files were taken. */
  readonly source: ObjectId
  readonly files: LaidOut<undefined>
}

export const restore: Operation<RestoreInput, RestoreResult> = {
  name: 'restore',
  summary: 'Put files back as a revision has them',
  effect: 'files',
  errors: ['LOCAL_CHANGES', 'PATH_NOT_FOUND', 'PATH_INVALID', 'REVISION_NOT_FOUND', 'REVISION_SYNTAX', 'ID_AMBIGUOUS', 'FILE_UNWRITABLE', 'STORE_FULL', 'INPUT_INVALID'],
  check: checkInput<RestoreInput>({ paths: someOf(filledText), source: optional(filledText), scopes: someOf(scopeName), force: flag, dryRun: flag }),
  run: (repo, input) => restorePaths(repo, input, { command: 'restore', removals: 'remove' }),
}

/** Puts files back. `removals: 'keep'` leaves tracked files that the revision does not have. */
export async function restorePaths(repo: Repo, input: RestoreInput, how: { readonly command: string; readonly removals: 'remove' | 'keep' }): Promise<RestoreResult> {
  if (input.paths.length === 0) throw new AtomError('INPUT_INVALID', 'no path was named', { data: { field: 'paths' }, hint: `atom ${how.command} PATH… (. for everything here)` })
  const revision = input.source ?? 'HEAD'
  const source = repo.index.node(await resolveAtom(resolveContext(repo), revision)).id
  const reader = { ...repo.store, ...repo.objects }
  const { tree } = readObject(reader, source, 'atom')
  const from = layoutTree(repo.store)
  const paths = input.paths.map((typed): TrackedPath => {
    const path = repo.worktree.locate(typed)
    const places = how.removals === 'remove' ? [tree, from] : [tree]
    if (places.every((place) => isEmpty(walkPath(reader, place, path)))) {
      throw new AtomError('PATH_NOT_FOUND', `there is no ${typed} in ${revision}`, { data: { path: typed, revision }, hint: `atom log -- ${typed}` })
    }
    return path
  })
  const { scopes, force, dryRun } = input
  const files = await layOut(repo, {
    to: tree, paths, scopes, force, dryRun, files: 'every', removals: how.removals, base: tipTree(reader, 'HEAD'),
    stamp: { agent: repo.identity.agent, command: how.command }, commit: () => undefined,
  })
  return { source, files }
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false
  return true
}
