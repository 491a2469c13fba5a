/** `fork`: a branch that begins at an ATOM, and a switch to it. A session that works on a branch of its own (`--branch`) is not switched. */
import { HEADS } from '../../refs/name.js'
import { branchCreate } from './branch.js'
import { branchItem, findUpstreams, type BranchItem } from './branch-item.js'
import { checkInput, filledText } from '../check.js'
import { checkout, type CheckoutResult } from '../files/checkout.js'
import type { Laid } from './integrate.js'
import { wishChecks, wishOf, type WishInput } from './layout-wish.js'
import type { Operation } from '../operation.js'
import type { Repo } from '../repo.js'

export interface ForkInput extends WishInput {
  readonly revision: string
  readonly name: string
}

export interface ForkResult {
  readonly branch: BranchItem
  /** Absent where nothing was switched. */
  readonly files: Laid | undefined
}

export const fork: Operation<ForkInput, ForkResult> = {
  name: 'fork',
  summary: 'Begin a branch at an ATOM and switch to it',
  effect: 'files',
  errors: checkout.errors,
  check: checkInput<ForkInput>({ revision: filledText, name: filledText, ...wishChecks }),
  run: forkAt,
}

async function forkAt(repo: Repo, { revision, name, ...wish }: ForkInput): Promise<ForkResult> {
  if (repo.identity.branch !== undefined) {
    const made = await branchCreate.run(repo, { name, from: revision, force: false }) as BranchItem
    return { branch: made, files: undefined }
  }
  const result = await checkout.run(repo, { command: 'switch', target: revision, create: name, detach: false, paths: [], ...wishOf(wish) }) as CheckoutResult
  const { value: _none, ...files } = result.files
  return { branch: { ...branchItem(repo, { name: HEADS + name, object: result.head }, await findUpstreams(repo)), isCurrent: !files.isDryRun }, files }
}
