/**
 * Records what lies in the spool: in order, each exactly once, nothing that was forgotten here. The request id of a file goes into the op with its ATOM, so a file that was
 * recorded and, because somebody killed the process, not yet removed is answered as before, and then removed.
 */
import { utf8 } from '../base/bytes.js'
import { isAtomError, type AtomError } from '../base/errors.js'
import type { Reporter } from '../base/ports.js'
import { encode } from '../codec/cbor.js'
import { digestOf } from '../codec/object-id.js'
import { add, recordPast } from '../ops/record/add.js'
import type { Repo } from '../ops/repo.js'
import { sealContent } from '../store/content.js'
import { isWaiting, keepWaiting, listSpooled, readSpoolItem, removeSpooled, setAside } from './spool.js'

export interface DrainParts {
  /** The `.atom` folder. */
  readonly folder: string
  /** Returns the repository as seen from a folder; from the project's root without one. */
  repoAt(cwd: string | undefined): Repo
  readonly reporter: Reporter
}

/** Faults of the store and not of a file: what waits stays where it is, for a better moment. */
const STORE_KINDS: readonly string[] = ['busy', 'integrity', 'internal', 'config', 'unsupported']

/** MUST be called with the store open. Never throws: a spool that cannot be drained is a warning, and whatever was asked for goes on. */
export async function drainSpool(parts: DrainParts): Promise<void> {
  const names = listSpooled(parts.folder).filter((name) => !isWaiting(name))
  for (const [index, name] of names.entries()) {
    try {
      parts.repoAt(undefined).signal.throwIfAborted()
      await drainFile(parts, name)
    } catch (error) {
      if (isGone(error)) continue
      if (!isAtomError(error) || STORE_KINDS.includes(error.kind)) {
        parts.reporter.warn(`the spool was not emptied, ${String(names.length - index)} files wait: ${error instanceof Error ? error.message : String(error)}`)
        return
      }
      putAside(parts, name, error)
    }
    if (names.length > 100) parts.reporter.progress('spool', index + 1, names.length)
  }
}

function putAside({ folder, reporter }: DrainParts, name: string, reason: AtomError): void {
  try {
    setAside(folder, name)
    reporter.warn(`put aside as spool/bad/${name}: ${reason.message}`)
  } catch (error) {
    if (!isAtomError(error)) throw error
    reporter.warn(`left in the spool, where nobody can record it (${reason.message}): ${error.message}`)
  }
}

async function drainFile({ folder, repoAt, reporter }: DrainParts, name: string): Promise<void> {
  const item = readSpoolItem(folder, name)
  if (item.is === 'waiting') {
    keepWaiting(folder, name, item.source)
    return
  }
  try {
    await recordPast(repoAt(item.cwd), add.check(item.input))
  } catch (error) {
    if (!isAtomError(error, 'FORGOTTEN') || !bringsContent(item.input, error.data.digest)) throw error
    // Put aside it would still hold what was erased.
    reporter.warn(`removed from the spool, since it holds what was forgotten here: ${name}`)
  }
  removeSpooled(folder, name)
}

/** Tells whether an item holds a content itself; one that names files may be refused for what is in those. */
function bringsContent(input: { readonly [key: string]: unknown }, digest: string): boolean {
  const isWhole = !Array.isArray(input['files']) && input['stamp'] === undefined
  return isWhole || [...contentsIn(input)].some((bytes) => sealContent(bytes).objects.some(({ id }) => digestOf(id) === digest))
}

function* contentsIn(value: unknown): Iterable<Uint8Array> {
  // Large metadata is kept as CBOR, large words as they are.
  if (typeof value === 'string') yield* [utf8(value), encode(value)]
  else if (value instanceof Uint8Array) yield value
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* contentsIn(inner)
}

/** Somebody else removed it: it is theirs. */
function isGone(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'ENOENT'
}
