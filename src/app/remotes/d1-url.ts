/** `d1:ACCOUNT/DATABASE`: which database of which account. */
import { AtomError } from '../../base/errors.js'

export interface D1Place {
  readonly account: string
  readonly database: string
}

/** Both are ids as Cloudflare gives them: hex digits, and a UUID. Throws `USAGE`. */
export function parseD1Url(url: string): D1Place {
  const [, account, database] = /^d1:([0-9a-f]{32})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(url) ?? []
  if (account !== undefined && database !== undefined) return { account: account.toLowerCase(), database: database.toLowerCase() }
  throw new AtomError('USAGE', 'not the URL of a D1 database: it is d1:ACCOUNT/DATABASE, with the account\'s 32 hex digits and the database\'s UUID', {
    data: { value: url.slice(0, 200) }, hint: 'both stand in the dashboard of Cloudflare, and in what wrangler d1 info says. A token has no place there',
  })
}
