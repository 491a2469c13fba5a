/** Opens endpoints across HTTP as remotes: which URLs may be asked, and who we are there. */
import { AtomError, isAtomError } from '../../base/errors.js'
import { openHttpRemote } from '../../exchange/http/http-remote.js'
import { authRefused } from '../../exchange/remote-errors.js'
import type { Remote, RemoteContext } from '../../exchange/remote.js'
import { readConfig } from '../settings/config.js'
import type { AppContext, Environment } from '../context.js'
import { isBelow, parseHttpUrl } from './http-url.js'

export interface HttpRemoteContext extends RemoteContext, Pick<AppContext, 'env'> {
  /** The URLs of all remotes in the settings, where this one was chosen among them and not typed. */
  readonly among?: readonly string[]
}

/** Opens an endpoint. Throws `USAGE`, `CONFIG_INVALID`, and `REMOTE_AUTH` where there is no token for it. Nothing is asked yet. */
export async function openHttpUrl(url: string, context: HttpRemoteContext): Promise<Remote> {
  const address = parseHttpUrl(url)
  const { token, from } = await findToken(address, context)
  if (!/^[\x21-\x7e]{1,200}$/.test(token)) throw new AtomError('REMOTE_AUTH', `${from} holds spaces or other characters that no token has`, { data: { remote: address, reason: 'no token' }, hint: 'look at what was copied' })
  return openHttpRemote({ url: address, location: address, token, context, send: (to, init) => fetch(to, init) })
}

interface FoundToken {
  readonly token: string
  /** How messages call the place where it stands. */
  readonly from: string
}

/** From the environment, where it can only mean this endpoint, else from the user's own file; never from a store's. Kept nowhere. */
async function findToken(address: string, { env, among }: HttpRemoteContext): Promise<FoundToken> {
  const given = env['ATOM_TOKEN']?.trim() ?? ''
  const [other] = given === '' ? [] : othersMeant(address, env, among)
  if (given !== '' && other === undefined) return { token: given, from: 'ATOM_TOKEN' }
  const kept = (await readConfig(env)).httpToken(address)?.trim() ?? ''
  if (kept !== '') return { token: kept, from: `http.${address}.token` }
  const keep = `atom config --user http.${address}.token - asks for it and keeps it`
  if (other === undefined) throw authRefused(address, `there is no token: put the one that you were given into ATOM_TOKEN; ${keep}`)
  throw new AtomError('REMOTE_AUTH', `${address} was not asked: ATOM_TOKEN is for one endpoint, and may be meant for ${other}`, {
    data: { remote: address, reason: 'ATOM_TOKEN may be meant for another endpoint' }, hint: `ATOM_TOKEN_FOR=${address} says that it is for this one; ${keep}`,
  })
}

/** Returns the endpoints for which the variable may be meant instead: what `ATOM_TOKEN_FOR` names, else those on other hosts among which this one was chosen. */
function othersMeant(address: string, env: Environment, among: readonly string[] = []): readonly string[] {
  const named = env['ATOM_TOKEN_FOR']?.trim() ?? ''
  if (named !== '') return isBelow(address, placeNamed(named)) ? [] : [placeNamed(named)]
  return among.filter((url) => /^https?:/.test(url)).map(parseHttpUrl).filter((url) => new URL(url).origin !== new URL(address).origin)
}

function placeNamed(url: string): string {
  try {
    return parseHttpUrl(url)
  } catch (error) {
    if (!isAtomError(error, 'USAGE')) throw error
    throw new AtomError('CONFIG_INVALID', `ATOM_TOKEN_FOR: ${error.message}`, { data: { file: 'environment', key: 'ATOM_TOKEN_FOR', reason: 'no URL of an endpoint' }, hint: 'ATOM_TOKEN_FOR=https://HOST' })
  }
}
