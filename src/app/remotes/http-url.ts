/** The URL of an endpoint: `https://HOST/PATH`, or `http://` on this machine alone, since a token goes along. */
import { AtomError } from '../../base/errors.js'

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Returns it without a slash at its end. Throws `USAGE`, without repeating what may be secret in it. */
export function parseHttpUrl(text: string): string {
  if (!URL.canParse(text)) throw refuse('it is no URL')
  const { protocol, hostname, username, password, search, hash, host, pathname } = new URL(text)
  if (username !== '' || password !== '') throw refuse('a name or password in it would be kept where others may read it', 'leave it out: the token comes from ATOM_TOKEN, or from your own settings')
  if (protocol === 'http:' && !LOOPBACK.test(hostname)) throw refuse(`http://${host} would show the token to everybody on the way`, `https://${host}`)
  if (search !== '' || hash !== '') throw refuse('nothing may follow its path')
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`
}

/** Tells whether a URL is a place or lies below it; both as `parseHttpUrl` returns them. */
export function isBelow(url: string, place: string): boolean {
  return url === place || url.startsWith(`${place}/`)
}

function refuse(reason: string, hint = 'it is https://HOST or https://HOST/PATH'): AtomError<'USAGE'> {
  return new AtomError('USAGE', `not the URL of an endpoint: ${reason}`, { data: {}, hint })
}
