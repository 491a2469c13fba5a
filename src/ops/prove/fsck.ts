/** `fsck`: judges objects and links, and lists what dangles. `verify` judges everything. */
import { checkObjectsAndLinks, type FsckResult } from '../../history/verify/fsck.js'
import { checkInput } from '../check.js'
import type { Operation } from '../operation.js'

export type { Dangling, FsckResult } from '../../history/verify/fsck.js'

export const fsck: Operation<object, FsckResult> = {
  name: 'fsck',
  summary: 'Check objects and links',
  effect: 'read',
  errors: [],
  check: checkInput<object>({}),
  run: (repo) => checkObjectsAndLinks({ records: repo.store, random: repo.random, reporter: repo.reporter, signal: repo.signal }),
}
