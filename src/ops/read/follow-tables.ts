/** `tables.follow`: brings the tables of the trail up to date, and says where they are. What reads them does so by itself, without the store. */
import { AtomError } from '../../base/errors.js'
import { checkInput, flag } from '../check.js'
import type { Operation } from '../operation.js'
import type { FollowReport, TrailTables } from '../ports.js'
import type { Repo } from '../repo.js'

export interface FollowTablesInput {
  /** Makes all of it again. */
  readonly rebuild: boolean
}

export interface FollowedTables extends FollowReport {
  /** The path of the database. */
  readonly file: string
}

export const followTables: Operation<FollowTablesInput, FollowedTables> = {
  name: 'tables.follow',
  summary: 'Bring the tables of the trail up to date',
  effect: 'read',
  errors: ['VIEW_LOCKED', 'STORE_FULL', 'FILE_UNWRITABLE', 'UNSUPPORTED', 'OBJECT_NOT_FOUND'],
  check: checkInput<FollowTablesInput>({ rebuild: flag }),
  async run(repo, { rebuild }) {
    const tables = await tablesOf(repo)
    return { ...await (rebuild ? tables.rebuild(repo) : tables.follow(repo)), file: tables.file }
  },
}

/** Returns the tables of a repository; throws `UNSUPPORTED` where it has none. */
export async function tablesOf(repo: Repo): Promise<TrailTables> {
  if (repo.views === undefined) throw new AtomError('UNSUPPORTED', 'there is nowhere to keep tables of this trail', { data: { what: 'views' } })
  return repo.views.tables()
}
