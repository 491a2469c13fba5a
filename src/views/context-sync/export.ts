/**
 * Writes the trail into a database that context-sync's servers open and recall from.
 *
 * Guarantees: one transaction; of a database that is there only rows that an export wrote are changed or taken out, and every other row stays as it is; it is copied once, before
 * the first export changes it; where there is nothing to do it is not even locked. Refuses symbolic links, other programs' databases, damaged ones, and triggers.
 */
import { closeSync, fsyncSync, linkSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AtomError, isAtomError } from '../../base/errors.js'
import type { FollowSource, SyncedExport, SyncedExportWish } from '../../ops/ports.js'
import { BrokenView, openWritable, QueryRefused, type Connection } from '../sqlite/database.js'
import { applyPlan, rollBack, type Applied } from './apply.js'
import { dataVersion, makeBackup, type Backup } from './backup.js'
import { retryLocked, type Patience } from './patience.js'
import { makePlan, type Plan } from './plan.js'
import { stageTrail, type Staged } from './staging.js'
import { DISTRUST } from './tables.js'
import { checkPath, countTables, inspectTarget, unwritable, type Target } from './target.js'

/** What was forgotten leaves no bytes behind. What is sorted goes to files. Foreign keys are kept by what is written, so that rows of others are never checked for theirs. */
const WHILE_EXPORTING = `${DISTRUST}; PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536; PRAGMA synchronous = FULL`
const ATTEMPTS = 10

export async function exportSynced(wish: SyncedExportWish, source: FollowSource, patience: Patience = {}): Promise<SyncedExport> {
  for (let attempt = 1; ; attempt++) {
    try {
      return checkPath(wish.file) === 'there' ? await exportInto(wish.file, { wish, source, patience }) : await exportNew({ wish, source, patience })
    } catch (error) {
      // Somebody made the file meanwhile.
      if ((error as { readonly code?: string }).code === 'EEXIST' && attempt < ATTEMPTS) continue
      throw translated(error, wish.file)
    }
  }
}

interface Exporting { readonly wish: SyncedExportWish; readonly source: FollowSource; readonly patience: Patience }

/** Made beside its place and linked there whole: a link is made only where there is no file. */
async function exportNew(exporting: Exporting): Promise<SyncedExport> {
  const { file, dryRun } = exporting.wish
  const folder = makeFolder(file)
  try {
    const built = join(folder, basename(file))
    const report = await exportInto(built, { ...exporting, wish: { ...exporting.wish, dryRun: false } })
    if (!dryRun) {
      sync(built)
      linkSync(built, file)
    }
    return { ...report, file, isNew: true, backup: undefined }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function makeFolder(file: string): string {
  try {
    return mkdtempSync(join(dirname(file), '.atom-export-'))
  } catch (error) {
    throw unwritable(file, (error as Error).message)
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

async function exportInto(file: string, { wish, source, patience }: Exporting): Promise<SyncedExport> {
  const connection = await retryLocked(wish.file, patience, () => opened(file))
  try {
    const staged = await retryLocked(wish.file, patience, () => stageTrail(connection, source, wish))
    return await retryLocked(wish.file, patience, async () => {
      const target = inspectTarget(connection, file)
      const plan = makePlan(connection, target, staged)
      const done = wish.dryRun || isNothing(plan, target) ? { counts: plan.counts, passed: 0, backup: undefined } : await perform({ connection, file, target, plan, staged, patience })
      return reportOf({ wish, staged, plan, target }, done)
    })
  } finally {
    connection.close()
  }
}

function opened(file: string): Connection {
  const connection = openWritable(file)
  try {
    connection.exec(WHILE_EXPORTING)
    // What is no database shows at the first read.
    connection.value('SELECT count(*) FROM sqlite_schema')
    return connection
  } catch (error) {
    connection.close()
    throw error
  }
}

function isNothing({ counts }: Plan, { tables, hasClaims }: Target): boolean {
  return hasClaims && tables.has('sessions') && Object.values(counts).every((count) => count === 0)
}

interface Performing { readonly connection: Connection; readonly file: string; readonly target: Target; readonly plan: Plan; readonly staged: Staged; readonly patience: Patience }

/** Throws `VIEW_LOCKED` where the database is not any more what was planned for: the caller plans again. */
async function perform({ connection, file, target, plan, staged, patience }: Performing): Promise<Applied & { readonly backup: string | undefined }> {
  const isFirst = target.tables.size > 0 && !target.hasClaims
  const backup: Backup = isFirst ? makeBackup(connection, file) : { made: undefined, version: dataVersion(connection) }
  let isKept = false
  try {
    await retryLocked(file, patience, () => { connection.exec('BEGIN IMMEDIATE') })
    try {
      // Somebody wrote since the copy, or made tables since the plan.
      if ((isFirst && dataVersion(connection) !== backup.version) || countTables(connection) !== target.tableCount) {
        throw new AtomError('VIEW_LOCKED', `another program is writing to ${file}`, { data: { file } })
      }
      const applied = applyPlan(connection, target, { plan, store: staged.store })
      await retryLocked(file, patience, () => { connection.exec('COMMIT') })
      isKept = true
      return { ...applied, backup: backup.made }
    } catch (error) {
      rollBack(connection)
      throw error
    }
  } finally {
    if (!isKept && backup.made !== undefined) rmSync(backup.made, { force: true })
  }
}

interface Reported { readonly wish: SyncedExportWish; readonly staged: Staged; readonly plan: Plan; readonly target: Target }

function reportOf({ wish, staged, plan, target }: Reported, { counts, passed, backup }: Applied & { readonly backup: string | undefined }): SyncedExport {
  return {
    file: wish.file, isNew: false, backup, atoms: staged.atoms,
    inserted: counts.insert, updated: counts.update, removed: counts.remove, same: plan.same,
    changedThere: plan.changedThere, changedThereCount: plan.changedThereCount + passed, deletedThere: plan.deletedThere, leftOut: plan.leftOut,
    projects: plan.projects, trail: target.trail.is === 'foreign' ? 'left-alone' : 'carried',
  }
}

function translated(error: unknown, file: string): unknown {
  if (error instanceof BrokenView) return unwritable(file, error.message === 'file is not a database' ? 'it is no SQLite database' : error.message)
  if (error instanceof QueryRefused) return unwritable(file, error.message)
  if (isAtomError(error, 'FILE_UNWRITABLE') && !error.message.startsWith('cannot export')) return unwritable(file, error.data.reason)
  return error
}
