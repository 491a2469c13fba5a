/**
 * `push.auto`: has what was recorded sent by a process of its own, so that nobody waits for a remote. There is no daemon: whoever records, or comes by while something waits, starts the
 * sender, and it ends when all is sent or an attempt failed.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasSpooled } from '../../capture/spool.js'
import type { Environment } from '../context.js'
import type { StoreFolder } from '../folder.js'
import { INSTALLATION } from '../installation.js'
import { claimStore, isHeld } from '../owner/guard.js'
import { readPushState } from './push-state.js'
import { CONFIGURED_AGENT, CONFIGURED_PUSH, CONFIGURED_SCOPES } from '../settings/settings.js'

/** Tells whether an attempt failed since everything was sent, or the spool has something that the next command records. */
export function isWaiting(folder: string): boolean {
  return readPushState(folder) !== undefined || hasSpooled(folder)
}

function lockOf(folder: string): string {
  return join(folder, 'run', 'sender')
}

/** Starts a sender, unless one is at work: that one looks once more after it has let go. Does not wait for it, and does not fail because of it. */
export function wakeSender({ path, root }: StoreFolder, env: Environment): void {
  if (isHeld(lockOf(path))) return
  const program = fileURLToPath(new URL('bin/atom.js', INSTALLATION))
  const { [CONFIGURED_AGENT]: _agent, [CONFIGURED_SCOPES]: _scopes, [CONFIGURED_PUSH]: _push, ATOM_BRANCH: _branch, ...own } = env
  const isProjectThere = root !== undefined && existsSync(root)
  const child = spawn(process.execPath, [program, '__send'], { cwd: isProjectThere ? root : path, env: { ...own, ATOM_DIR: path, ...(isProjectThere && { ATOM_WORK_TREE: root }) }, detached: true, stdio: 'ignore' })
  // A machine that has no process left to give: the next command tries again.
  child.on('error', () => undefined)
  child.unref()
}

/** Takes the place of the only sender; throws `STORE_LOCKED` where there is one. */
export function holdSender(folder: string): Disposable {
  const guard = claimStore(lockOf(folder), folder)
  guard.seize()
  return { [Symbol.dispose]: () => { guard.release() } }
}
