/** Opens endpoints across HTTP as remotes: which URLs may be asked, and who we are there. */
import { AtomError } from '../base/errors.js'
import { openHttpRemote } from '../exchange/http/http-remote.js'
import { authRefused } from '../exchange/remote-errors.js'
import type { Remote, RemoteContext } from '../exchange/remote.js'
import type { AppContext } from './context.js'
import { parseHttpUrl } from './http-url.js'

/** Opens an endpoint. Throws `USAGE`, and `REMOTE_AUTH` where no token is set. Nothing is asked yet. */
export function openHttpUrl(url: string, context: RemoteContext & Pick<AppContext, 'env'>): Remote {
  const address = parseHttpUrl(url)
  const token = context.env['ATOM_TOKEN']?.trim() ?? ''
  if (token === '') throw authRefused(address, 'there is no token: put the one that you were given into ATOM_TOKEN')
  if (!/^[\x21-\x7e]{1,200}$/.test(token)) throw new AtomError('REMOTE_AUTH', 'ATOM_TOKEN holds spaces or other characters that no token has', { data: { remote: address, reason: 'no token' }, hint: 'look at what was copied' })
  return openHttpRemote({ url: address, location: address, token, context, send: (to, init) => fetch(to, init) })
}
