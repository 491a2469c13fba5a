/** Opens D1 databases as remotes: where Cloudflare's API is, and who we are to it. */
import { AtomError } from '../../base/errors.js'
import { openD1Remote } from '../../exchange/d1/d1-remote.js'
import { openRestQuery } from '../../exchange/d1/rest-query.js'
import type { Remote, RemoteContext } from '../../exchange/remote.js'
import { readConfig } from '../settings/config.js'
import type { AppContext, Environment } from '../context.js'
import { parseD1Url } from './d1-url.js'

const API = 'https://api.cloudflare.com/client/v4'
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Opens a database. Throws `USAGE`, `REMOTE_AUTH` where no token is set, `CONFIG_INVALID`. Nothing is asked yet. */
export async function openD1Url(url: string, context: RemoteContext & Pick<AppContext, 'env'>): Promise<Remote> {
  const { account, database } = parseD1Url(url)
  const token = await findToken(context.env)
  if (token === undefined) {
    throw new AtomError('REMOTE_AUTH', `${url} wants a token, and there is none`, {
      data: { remote: url, reason: 'no token' }, hint: 'put one that may edit D1 into ATOM_D1_TOKEN or CLOUDFLARE_API_TOKEN, or: atom config --user d1.token -',
    })
  }
  return openD1Remote(openRestQuery({ endpoint: `${apiBase(context.env)}/accounts/${account}/d1/database/${database}`, token, location: url }, context))
}

/** From the environment, else from the user's own file; never from a store's. Kept nowhere. */
async function findToken(env: Environment): Promise<string | undefined> {
  const given = [env['ATOM_D1_TOKEN'], env['CLOUDFLARE_API_TOKEN']].find((token) => token !== undefined && token.trim() !== '')
  if (given !== undefined) return given.trim()
  const setting = (await readConfig(env)).secret('d1.token')?.trim()
  return setting === '' ? undefined : setting
}

/** Another address is for tests: whoever is there is given the token, so it is https, or this machine. */
function apiBase(env: Environment): string {
  const given = env['CLOUDFLARE_API_BASE_URL']
  if (given === undefined || given === '') return API
  const { protocol, hostname } = URL.canParse(given) ? new URL(given) : { protocol: '', hostname: '' }
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))) return given.replace(/\/+$/, '')
  throw new AtomError('CONFIG_INVALID', 'CLOUDFLARE_API_BASE_URL must begin with https://, or with http:// and this machine: the token is sent there', {
    data: { file: 'CLOUDFLARE_API_BASE_URL', reason: 'neither https nor this machine' }, hint: 'leave it out: it is for tests',
  })
}
