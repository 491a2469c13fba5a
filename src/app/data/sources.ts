/** Which adapters read other worlds' histories: the only place that knows. */
import { createReadStream } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { openGitHistory } from '../../capture/git/history.js'
import type { OpenTables } from '../../capture/kenl/database.js'
import type { OpenKeyedTables } from '../../capture/transcripts/format.js'
import { readKenl } from '../../capture/kenl/source.js'
import { importContextSync, type ImportContextSyncInput, type ImportContextSyncResult } from '../../ops/transfer/context-sync/import-context-sync.js'
import { openTranscriptFiles } from '../../capture/transcripts/open.js'
import { importGit, type ImportGitInput, type ImportGitResult } from '../../ops/transfer/git/import-git.js'
import { importKenl, type ImportKenlInput, type ImportKenlResult } from '../../ops/transfer/kenl/import-kenl.js'
import { importJsonl, type ImportJsonlResult } from '../../ops/transfer/jsonl/import-jsonl.js'
import { importTranscripts, type ImportTranscriptsInput, type ImportTranscriptsResult } from '../../ops/transfer/transcripts/import-transcripts.js'
import type { Operation } from '../../ops/operation.js'
import type { AppContext } from '../context.js'
import { loadSyncedTables } from './views.js'

/** Returns `import git` for where the caller stands. */
export function importGitFor(context: Pick<AppContext, 'cwd' | 'env' | 'signal'>): Operation<ImportGitInput, ImportGitResult> {
  return importGit((location) => openGitHistory(location, context))
}

/** Returns `import context-sync` for where the caller stands. */
export function importContextSyncFor({ cwd }: Pick<AppContext, 'cwd'>): Operation<ImportContextSyncInput, ImportContextSyncResult> {
  return importContextSync(async (file) => {
    const [{ openSyncedTables }, { createSyncedSource }] = await Promise.all([loadSyncedTables(), import('../../capture/context-sync/history.js')])
    return createSyncedSource(await openSyncedTables(resolve(cwd, file)))
  })
}

/** Returns the import of an agent's transcripts for where the caller stands. */
export function importTranscriptsFor({ cwd, env }: Pick<AppContext, 'cwd' | 'env'>): Operation<ImportTranscriptsInput, ImportTranscriptsResult> {
  return importTranscripts((wish) => openTranscriptFiles(wish, { cwd, env, home: env['HOME'] ?? homedir(), openTables }))
}

/** Returns `import jsonl` of a file, or of what `stdin` gives where the name is `-`. */
export function importJsonlFrom(file: string, input: { readonly cwd: string; stdin(): AsyncIterable<Uint8Array> }): Operation<object, ImportJsonlResult> {
  return importJsonl(() => file === '-' ? input.stdin() : readChunks(resolve(input.cwd, file), file), file === '-' ? 'stdin' : file)
}

/** Returns `import kenl` for where the caller stands. */
export function importKenlFor({ cwd }: { readonly cwd: string }): Operation<ImportKenlInput, ImportKenlResult> {
  return importKenl((wish) => readKenl(wish, { cwd, openTables }))
}

/** Opens the tables of a database that another program keeps. SQLite is loaded when there is one. */
const openTables: OpenTables & OpenKeyedTables = async (file) => {
  const { openForeign } = await import('../../views/sqlite/foreign.js')
  return openForeign(file)
}

async function* readChunks(path: string, shown: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Uint8Array>
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new AtomError('SOURCE_UNREADABLE', `cannot read ${shown}: ${reason}`, { data: { source: shown, reason }, hint: 'atom export jsonl > FILE makes one; - reads stdin', cause })
  }
}
