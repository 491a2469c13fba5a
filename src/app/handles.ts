/**
 * Opens LevelDB the only way this program does: claimed for this process first, guarded beside LevelDB's own lock. A second open of the same path
 * in one process would drop that lock without a word, and acknowledged writes of others would be lost: `owner/residency.ts` keeps count by real path.
 */
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { AtomError } from '../base/errors.js'
import { LOCK_TIMEOUT_DEFAULT_MS } from '../base/limits.js'
import { openLevelStore, type LevelStoreOptions } from '../store/level/level-store.js'
import type { Store } from '../store/types.js'
import type { AppContext } from './context.js'
import { claimStore } from './owner/guard.js'

export interface OpenOptions extends LevelStoreOptions {
  /** Since when this caller waits; default: since now. */
  readonly sinceMs?: number
}

/** Opens the store in a `.atom` folder at once; throws `STORE_LOCKED` where somebody has it, or waits for it longer. Closing the store gives everything back. */
export async function openGuarded(folder: string, { sinceMs, ...options }: OpenOptions): Promise<Store> {
  const path = realStore(folder)
  const guard = claimStore(join(folder, 'run'), path, sinceMs)
  try {
    const store = await openLevelStore(path, options)
    try {
      guard.seize()
    } catch (error) {
      await store.close()
      throw error
    }
    return { ...store, close: () => store.close().finally(() => { guard.release() }) }
  } catch (error) {
    guard.release()
    throw error
  }
}

function realStore(folder: string): string {
  const path = join(folder, 'store')
  try {
    return realpathSync.native(path)
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return path
    throw error
  }
}

export function lockTimeoutMs({ env }: Pick<AppContext, 'env'>): number {
  const text = env['ATOM_LOCK_TIMEOUT_MS']
  const timeoutMs = text === undefined || text === '' ? LOCK_TIMEOUT_DEFAULT_MS : Number(text)
  if (Number.isFinite(timeoutMs) && timeoutMs >= 0) return timeoutMs
  throw new AtomError('CONFIG_INVALID', `ATOM_LOCK_TIMEOUT_MS is no time in ms: ${String(text)}`, { data: { file: 'environment', key: 'ATOM_LOCK_TIMEOUT_MS', reason: 'not a number' } })
}
