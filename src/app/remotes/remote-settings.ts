/** Adds, removes and renames remotes: their settings, and what the store remembers of them. */
import { join } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { renameRemembered } from '../../exchange/sync/remembered.js'
import { getRefNameProblem, REMOTES } from '../../refs/name.js'
import { writeSetting } from '../settings/config.js'
import type { AppContext } from '../context.js'
import { findFolder } from '../folder.js'
import { checkUrl, listRemotes, type NamedRemote } from './remotes.js'
import { runOperation } from '../run.js'

const NAME = /^[A-Za-z0-9_-]+$/

/** Throws `REMOTE_EXISTS`, `USAGE` for a name that is none, and what `checkUrl` throws. Nothing is opened. */
export async function addRemote({ name, url }: NamedRemote, context: AppContext): Promise<NamedRemote> {
  const kept = checkUrl(url, context.cwd)
  await checkFree(name, context)
  await setUrl({ name, url: kept }, context)
  return { name, url: kept }
}

/** Removes a remote with its remembered branches. The other side is not touched. Throws `REMOTE_NOT_FOUND`. */
export async function removeRemote(name: string, context: AppContext): Promise<NamedRemote> {
  const removed = await findRemote(name, context)
  await runOperation(renameRemembered, { from: name }, context)
  await setUrl({ name, url: undefined }, context)
  return removed
}

/** Throws `REMOTE_NOT_FOUND`, `REMOTE_EXISTS`. */
export async function renameRemote(from: string, to: string, context: AppContext): Promise<NamedRemote> {
  const { url } = await findRemote(from, context)
  await checkFree(to, context)
  await setUrl({ name: to, url }, context)
  await runOperation(renameRemembered, { from, to }, context)
  await setUrl({ name: from, url: undefined }, context)
  return { name: to, url }
}

async function findRemote(name: string, context: AppContext): Promise<NamedRemote> {
  const remotes = await listRemotes(context)
  const found = remotes.find((remote) => remote.name === name)
  if (found !== undefined) return found
  throw new AtomError('REMOTE_NOT_FOUND', `there is no remote ${name}`, { data: { name }, hint: remotes.length > 0 ? `there are: ${remotes.map((remote) => remote.name).join(', ')}` : 'atom remote add NAME URL' })
}

async function checkFree(name: string, context: AppContext): Promise<void> {
  const problem = NAME.test(name) ? getRefNameProblem(`${REMOTES}${name}/main`) : 'it may hold letters, digits, - and _'
  if (problem !== undefined) throw new AtomError('USAGE', `a remote cannot be called ${name.slice(0, 80)}: ${problem}`, { data: { value: name.slice(0, 80) } })
  if ((await listRemotes(context)).some((remote) => remote.name === name)) throw new AtomError('REMOTE_EXISTS', `there is a remote ${name} already`, { data: { name }, hint: `atom remote show ${name}` })
}

function setUrl({ name, url }: { readonly name: string; readonly url: string | undefined }, context: AppContext): Promise<void> {
  return writeSetting({ key: `remote.${name}.url`, value: url, file: join(findFolder(context).path, 'config.toml') })
}
