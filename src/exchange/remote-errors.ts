/** The errors of a remote, worded once for all kinds. `location` MUST hold no secret. */
import { AtomError } from '../base/errors.js'
import { digestOf, type ObjectId } from '../codec/object-id.js'
import type { RefUpdate } from './remote.js'

/** The other side does not answer, or the wire broke. Nothing is known of what was asked last. */
export function unreachable(location: string, reason: string, cause?: unknown): AtomError<'REMOTE_UNREACHABLE'> {
  return new AtomError('REMOTE_UNREACHABLE', `cannot reach ${location}: ${reason}`, { data: { remote: location, reason }, hint: 'when it is there again, repeat the command: what was sent is not sent twice', cause })
}

/** The other side does not let us in. */
export function authRefused(location: string, reason: string, cause?: unknown): AtomError<'REMOTE_AUTH'> {
  return new AtomError('REMOTE_AUTH', `${location} does not let us in: ${reason}`, { data: { remote: location, reason }, hint: 'look at who you are there, and at what you may do', cause })
}

/** The other side answered, and will not do it. */
export function refusedBy(location: string, reason: string, cause?: unknown): AtomError<'REMOTE_REFUSED'> {
  return new AtomError('REMOTE_REFUSED', `${location} refused: ${reason}`, { data: { remote: location, reason }, cause })
}

/** Returns the refusal of an update whose ref stands elsewhere than its caller saw. */
export function refMoved({ ref, expected }: RefUpdate, actual: ObjectId | undefined): AtomError<'REF_MOVED'> {
  const text = (id: ObjectId | undefined): string => (id === undefined ? 'nothing' : digestOf(id).slice(0, 12))
  return new AtomError('REF_MOVED', `somebody else moved ${ref} on the remote: it is at ${text(actual)} and not at ${text(expected)} any more`, {
    data: { ref, expected: expected === undefined ? null : digestOf(expected), actual: actual === undefined ? null : digestOf(actual) }, hint: 'atom pull, then push again',
  })
}

/** Returns the refusal of an update whose target the remote has not got, or not whole: in its own words where it says what is missing. */
export function targetMissing(ref: string, target: ObjectId, said?: string): AtomError<'LINK_MISSING'> {
  return new AtomError('LINK_MISSING', said ?? `${ref} cannot point at ${digestOf(target)}, which the remote has not got`, { data: { from: ref, id: digestOf(target), role: 'ref' }, hint: 'push again' })
}

/** Something that a remote or a file gave cannot be taken: it is not what it is called, or not in its only form. */
export function sentCorrupt(location: string, { id, reason, cause }: { readonly id: string; readonly reason: string; readonly cause?: unknown }): AtomError<'OBJECT_CORRUPT'> {
  return new AtomError('OBJECT_CORRUPT', `${location} gave something that cannot be taken, and nothing was: ${id}: ${reason}`, { data: { id, reason }, hint: 'look after that copy: atom verify there; or take it from another one', cause })
}
