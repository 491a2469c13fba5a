/** Reads what can still be read of a damaged store, from a copy: opening a LevelDB writes to it, and may delete what it does not know any more. */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isAtomError } from '../../base/errors.js'
import { readSalvage, type Salvage } from '../../exchange/recover/salvage.js'
import { openLevelStore, repairLevelStore } from '../../store/level/level-store.js'
import type { Store } from '../../store/types.js'

export interface Damaged extends Salvage, AsyncDisposable {
  /** `sound`: LevelDB opens it. `repaired`: its tables were put together again. */
  readonly state: 'sound' | 'repaired'
}

/** Returns what is in a `.atom` folder, read by way of a copy in an empty folder; undefined where there is no database, or nothing can be made of it. */
export async function openDamaged(folder: string, copy: string): Promise<Damaged | undefined> {
  const from = join(folder, 'store')
  if (!existsSync(from) || !statSync(from).isDirectory()) return undefined
  copyStore(from, copy)
  const sound = await openOrNot(copy)
  if (sound !== undefined && await isReadable(sound)) return await damagedOf(sound, 'sound')
  await sound?.close()
  try {
    await repairLevelStore(copy)
  } catch (error) {
    if (isAtomError(error, 'STORE_CORRUPT')) return undefined
    throw error
  }
  const repaired = await openOrNot(copy)
  return repaired === undefined ? undefined : await damagedOf(repaired, 'repaired')
}

async function damagedOf(store: Store, state: Damaged['state']): Promise<Damaged> {
  return { ...await readSalvage(store), state, [Symbol.asyncDispose]: () => store.close() }
}

/** Tables are never changed once they are written: links do. The lock is left alone, since closing it would take it from whoever has it. */
function copyStore(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'LOCK') continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (!/\.(?:ldb|sst)$/.test(entry.name) || !linked(source, target)) copyFileSync(source, target)
  }
}

function linked(source: string, target: string): boolean {
  try {
    linkSync(source, target)
    return true
  } catch {
    // Another file system, or one without links: it is copied.
    return false
  }
}

async function openOrNot(folder: string): Promise<Store | undefined> {
  try {
    return await openLevelStore(folder)
  } catch (error) {
    if (isAtomError(error, 'STORE_CORRUPT')) return undefined
    throw error
  }
}

const EVERYTHING = { gte: new Uint8Array(0), lt: Uint8Array.of(255) }

async function isReadable(store: Store): Promise<boolean> {
  try {
    for await (const list of store.scan(EVERYTHING)) if (list.length === 0) break
    return true
  } catch (error) {
    if (isAtomError(error, 'STORE_CORRUPT')) return false
    throw error
  }
}
