/** Performs a plan: removals first, then writes, each file whole at every moment. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { dirname } from 'node:path'
import { FILE_MODE, type TreeEntry } from '../../object/tree.js'
import type { ApplyOptions, LayoutPlan, LayoutRecord, PlanStep } from '../../ops/ports.js'
import { contentChunks, sealContent } from '../../store/content.js'
import type { ObjectReader, RecordReader } from '../../store/types.js'
import { fingerprint, placesFor, type LayoutContext } from './plan.js'
import { createLook, type Found, getStat } from './look.js'
import { realOf, type Place, type Places } from './places.js'
import { encodeFileRecord, getFileRecord, isRacy, modeOf } from './stat-record.js'
import { moveFile, removeAbandoned, removeFile, replaceFile, unwritable } from './write-file.js'

const SLICE = 64
/** So many files, or so much in them, are worth a wait: a record made in the same clock tick as its file would prove nothing. */
const WAIT_FROM_FILES = 200
const WAIT_FROM_BYTES = 8_388_608
const WAIT_MS = 25

/** Performs the steps that nothing stands against; returns what to remember of every file that is now as planned. */
export async function applyLayout(context: LayoutContext, source: RecordReader & ObjectReader, { plan, options }: { readonly plan: LayoutPlan; readonly options: ApplyOptions }): Promise<readonly LayoutRecord[]> {
  const places = placesFor(context, options.target)
  const steps = plan.steps.filter(({ obstacle }) => obstacle === undefined)
  const performing: Performing = { places, source, cwd: realOf(context.options.cwd), cleared: new Set() }
  const written: Written[] = []
  const order = [...steps.filter(({ entry }) => entry === undefined), ...steps.filter(({ entry }) => entry !== undefined)]
  for (const [index, step] of order.entries()) {
    options.signal?.throwIfAborted()
    if (index % SLICE === SLICE - 1) await setImmediate()
    written.push(perform(performing, step))
    context.reporter.progress?.('laying out files', index + 1, order.length)
  }
  return settled(written)
}

/** Writes the bytes of one file in place of what is there. Keeps an executable executable. */
export function writeOne(places: Places, place: Place, bytes: Uint8Array): LayoutRecord {
  const found = createLook().find(place)
  const old = found.is === 'there' ? modeOf(found.stat) : undefined
  const mode = old === undefined || !(found.is === 'there' && found.stat.isFile()) ? FILE_MODE : old
  const shown = places.display(place.path)
  const reason = places.getProtection(place)
  if (reason !== undefined) throw unwritable(shown, reason)
  const { stat } = replaceFile(place, { mode, chunks: [bytes] }, { shown })
  const entry: TreeEntry = { mode, link: sealContent(bytes).id }
  return { path: place.path, bytes: stat === undefined ? undefined : encodeFileRecord(entry, stat, Date.now()) }
}

/** Renames a file or folder in one step, so that it keeps its permissions and is never there twice or not at all. */
export function moveOne(places: Places, { from, to, over, cwd }: { readonly from: Place; readonly to: Place; readonly over: 'replace' | 'refuse'; readonly cwd: string }): void {
  for (const place of [from, to]) {
    const reason = places.getProtection(place)
    if (reason !== undefined) throw unwritable(places.display(place.path), reason)
  }
  moveFile({ from, to }, { shown: places.display(to.path), over, cwd: realOf(cwd) })
}

interface Performing {
  readonly places: Places
  readonly source: RecordReader & ObjectReader
  readonly cwd: string
  /** Folders in which abandoned temp files were looked for. */
  readonly cleared: Set<string>
}

interface Written extends LayoutRecord { readonly file: string | undefined; readonly entry: TreeEntry | undefined }

function perform(performing: Performing, step: PlanStep): Written {
  const { places, source, cwd } = performing
  const { path, entry } = step
  const place = places.getPlace(path)
  const shown = places.display(path)
  if (place === undefined) throw unwritable(shown, 'it has no place on this machine')
  const protection = places.getProtection(place)
  if (protection !== undefined) throw unwritable(shown, protection)
  const check = (found: Found): void => {
    if (step.seen !== undefined && fingerprint(found) !== step.seen) throw unwritable(shown, 'it changed while files were laid out')
  }
  if (entry === undefined) {
    if (step.work === 'remove') removeFile(place, { shown, check, cwd })
    return { path, bytes: undefined, file: undefined, entry }
  }
  if (step.work === 'none') return { path, bytes: step.record, file: undefined, entry }
  const { file, stat } = replaceFile(place, { mode: entry.mode, chunks: contentChunks(source, entry.link) }, { shown, check })
  clearFolder(performing, dirname(file))
  return { path, bytes: stat === undefined ? undefined : encodeFileRecord(entry, stat, Date.now()), file, entry }
}

function clearFolder({ cleared }: Performing, folder: string): void {
  if (cleared.has(folder)) return
  cleared.add(folder)
  removeAbandoned(folder)
}

/** Returns the records; of many files, only once the clock has ticked on, so that they prove something. */
async function settled(written: readonly Written[]): Promise<readonly LayoutRecord[]> {
  const sizeBytes = written.reduce((sum, { bytes }) => sum + Number(getFileRecord(bytes)?.sizeBytes ?? 0n), 0)
  if (written.length < WAIT_FROM_FILES && sizeBytes < WAIT_FROM_BYTES) return written.map(({ path, bytes }) => ({ path, bytes }))
  await setTimeout(WAIT_MS)
  const records: LayoutRecord[] = []
  for (const [index, { path, bytes, file, entry }] of written.entries()) {
    if (index % 512 === 511) await setImmediate()
    records.push({ path, bytes: freshBytes({ bytes, file, entry }) })
  }
  return records
}

function freshBytes({ bytes, file, entry }: Pick<Written, 'bytes' | 'file' | 'entry'>): Uint8Array | undefined {
  const record = getFileRecord(bytes)
  if (record === undefined || file === undefined || entry === undefined || !isRacy(record)) return bytes
  const stat = getStat(file)
  const isAsWritten = stat !== undefined && stat.ino === record.ino && stat.size === record.sizeBytes && stat.mtimeNs === record.mtimeNs && stat.ctimeNs === record.ctimeNs
  return isAsWritten ? encodeFileRecord(entry, stat, Date.now()) : bytes
}

