/** What D1 says went wrong, in our words: what may be asked again, and what not. */
import { refusedBy, unreachable } from '../remote-errors.js'
import { TryAgain } from '../try-again.js'
import type { AtomError } from '../../base/errors.js'

/** Cloudflare's list of what may go well the next time, and of what wants a pause first: parts of the messages. All that is asked here may be asked twice. */
const PASSING: readonly string[] = [
  'reset because its code was updated',
  'starting up D1 DB storage caused object to be reset',
  'Network connection lost',
  'Internal error in D1 DB storage caused object to be reset',
  'Cannot resolve D1 DB due to transient issue',
  "Can't read from request stream because client disconnected",
  'storage operation exceeded timeout which caused object to be reset',
  'D1 DB is overloaded',
  'isolate exceeded its memory limit and was reset',
  'exceeded its CPU time limit and was reset',
  'SQLITE_BUSY',
]
/** SQLite's own codes: the statement was understood and will not be done, whatever the HTTP status around it. */
const LASTING = /SQLITE_|no such table|not authorized/

const SAID_MAX_CHARACTERS = 300

/** Returns what to throw for a message of D1; `status`: what came around it, where it came over HTTP. */
export function d1Error(location: string, message: string, status = 400): AtomError | TryAgain {
  const said = message.length > SAID_MAX_CHARACTERS ? `${message.slice(0, SAID_MAX_CHARACTERS)}…` : message
  if (PASSING.some((part) => message.includes(part))) return new TryAgain(unreachable(location, said))
  if (LASTING.test(message) || status < 500) return refusedBy(location, said)
  return new TryAgain(unreachable(location, said))
}
