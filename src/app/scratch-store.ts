/** A LevelDB for what need not last: in the `run` folder of a store, gone when it is closed. */
import { readdirSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { isGone } from '../exchange/worktree/temp-name.js'
import { openLevelStore } from '../store/level/level-store.js'
import type { Store } from '../store/types.js'

const PATTERN = /^scratch-(\d+)-[0-9a-f]{12}$/

/** Makes an empty one, and clears away those of processes that were killed. */
export async function openScratchStore(folder: string): Promise<Store> {
  const run = join(folder, 'run')
  for (const name of readdirSync(run)) if (isAbandoned(name)) rmSync(join(run, name), { recursive: true, force: true })
  const path = join(run, `scratch-${String(process.pid)}-${randomBytes(6).toString('hex')}`)
  const store = await openLevelStore(path, { createIfMissing: 'yes' })
  return { ...store, close: () => store.close().finally(() => { rmSync(path, { recursive: true, force: true }) }) }
}

function isAbandoned(name: string): boolean {
  const pid = PATTERN.exec(name)?.[1]
  return pid !== undefined && isGone(Number(pid))
}
