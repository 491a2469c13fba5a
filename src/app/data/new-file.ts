/** Files that an export makes: whole or not there, and never in place of another one unless told to. */
import { existsSync } from 'node:fs'
import { link, unlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { exportKenl, type ExportKenlInput, type ExportKenlResult } from '../../ops/transfer/kenl/export-kenl.js'
import { exportOtel, type ExportOtelInput, type ExportOtelResult } from '../../ops/transfer/standards/export-otel.js'
import { exportProv, type ExportProvInput, type ExportProvResult } from '../../ops/transfer/standards/export-prov.js'
import type { Operation } from '../../ops/operation.js'
import { writeWhole } from '../remotes/bundles.js'
import { openScratchFiles } from '../scratch-files.js'

export interface NewFile {
  /** As typed. */
  readonly file: string
  /** Replaces a file that is there. */
  readonly force: boolean
}

/** Returns `export kenl` into a file. */
export function exportKenlTo(wish: NewFile, { cwd }: { readonly cwd: string }): Operation<ExportKenlInput, ExportKenlResult> {
  return exportKenl((chunks) => writeNew(wish, resolve(cwd, wish.file), chunks))
}

/** Returns `export prov` into a file. */
export function exportProvTo(wish: NewFile, { cwd }: { readonly cwd: string }): Operation<ExportProvInput, ExportProvResult> {
  const path = resolve(cwd, wish.file)
  return exportProv((chunks) => writeNew(wish, path, chunks), () => openScratchFiles(path))
}

/** Returns `export otel` into a file. */
export function exportOtelTo(wish: NewFile, { cwd }: { readonly cwd: string }): Operation<ExportOtelInput, ExportOtelResult> {
  return exportOtel((chunks) => writeNew(wish, resolve(cwd, wish.file), chunks))
}

/** Writes a file; a link is made only where there is none, so whoever was faster keeps his. Throws `LOCAL_CHANGES`, `FILE_UNWRITABLE`, `STORE_FULL`. */
export async function writeNew({ file, force }: NewFile, path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  if (force) {
    await writeWhole(path, file, chunks)
    return
  }
  if (existsSync(path)) throw existing(file)
  const fresh = `${path}.${String(process.pid)}.new`
  await writeWhole(fresh, file, chunks)
  try {
    await link(fresh, path)
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'EEXIST') throw existing(file)
    throw error
  } finally {
    await unlink(fresh)
  }
}

function existing(file: string): AtomError<'LOCAL_CHANGES'> {
  return new AtomError('LOCAL_CHANGES', `there is a file already: ${file}`, { data: { paths: [file] }, hint: '--force replaces it' })
}
