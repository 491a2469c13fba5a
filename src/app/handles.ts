/**
 * One LevelDB handle per folder and process. A second open of the same path in one process would drop LevelDB's lock without a word, and
 * acknowledged writes of others would be lost: so handles are counted by real path.
 */
import { isAtomError, AtomError } from '../base/errors.js'
import { LOCK_TIMEOUT_DEFAULT_MS } from '../base/limits.js'
import { openLevelStore } from '../store/level/level-store.js'
import type { Store } from '../store/types.js'
import type { AppContext } from './context.js'

export interface Handle {
  readonly store: Store
  /** Closes the store when nobody else in this process uses it. */
  release(): Promise<void>
}

interface Shared { readonly opening: Promise<Store>; users: number }

const handles = new Map<string, Shared>()

export type HandleOptions = Pick<AppContext, 'env' | 'signal'> & { readonly createIfMissing?: 'yes' | 'no' }

/** Returns the process's handle of a store, waiting in random steps of 1 to 9 ms while another process has it. Throws `STORE_LOCKED` at the deadline. */
export async function openHandle(folder: string, options: HandleOptions): Promise<Handle> {
  const shared = handles.get(folder) ?? { opening: openWaiting(folder, options), users: 0 }
  handles.set(folder, shared)
  shared.users++
  const release = async (): Promise<void> => {
    if (--shared.users > 0) return
    handles.delete(folder)
    await (await shared.opening).close()
  }
  try {
    return { store: await shared.opening, release }
  } catch (error) {
    handles.delete(folder)
    throw error
  }
}

async function openWaiting(folder: string, options: HandleOptions): Promise<Store> {
  const timeoutMs = lockTimeoutMs(options)
  const startMs = performance.now()
  for (;;) {
    try {
      return await openLevelStore(folder, options.createIfMissing === undefined ? {} : { createIfMissing: options.createIfMissing })
    } catch (error) {
      if (!isAtomError(error, 'STORE_LOCKED')) throw error
      const waitedMs = Math.round(performance.now() - startMs)
      if (waitedMs >= timeoutMs) {
        throw new AtomError('STORE_LOCKED', `another process has had the store for ${String(waitedMs)} ms: ${folder}`, { data: { folder, waitedMs }, hint: 'try again, or raise ATOM_LOCK_TIMEOUT_MS', cause: error })
      }
      options.signal.throwIfAborted()
      await pause(1 + Math.random() * 8)
    }
  }
}

export function lockTimeoutMs({ env }: Pick<AppContext, 'env'>): number {
  const text = env['ATOM_LOCK_TIMEOUT_MS']
  const timeoutMs = text === undefined || text === '' ? LOCK_TIMEOUT_DEFAULT_MS : Number(text)
  if (Number.isFinite(timeoutMs) && timeoutMs >= 0) return timeoutMs
  throw new AtomError('CONFIG_INVALID', `ATOM_LOCK_TIMEOUT_MS is no time in ms: ${String(text)}`, { data: { file: 'environment', key: 'ATOM_LOCK_TIMEOUT_MS', reason: 'not a number' } })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
