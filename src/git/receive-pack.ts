/** What a push says to `git receive-pack`, protocol version 0, and what that answers. However it is reached. */
import { concatBytes } from '../base/bytes.js'
import type { Oid } from './git-object.js'
import { encodePacket, FLUSH, packetText, type Packet } from './pkt-line.js'

const NO_OID = '0'.repeat(40)
const ABILITIES = 'report-status delete-refs agent=git/atom'

/** A ref to be moved, from what it has to be at: undefined is nothing on either side. */
export interface RefCommand {
  readonly ref: string
  readonly expected: Oid | undefined
  readonly next: Oid | undefined
}

/** Returns what is said before the pack. There is at least one command; a pack follows unless all of them delete. */
export function encodeCommands(commands: readonly RefCommand[]): Uint8Array {
  const lines = commands.map(({ ref, expected, next }, at) => encodePacket(`${expected ?? NO_OID} ${next ?? NO_OID} ${ref}${at === 0 ? `\0 ${ABILITIES}` : ''}\n`))
  return concatBytes([...lines, FLUSH])
}

export interface PushReport {
  /** Why the pack was not taken; undefined where it was, or where nothing was said of it. */
  readonly packRefused: string | undefined
  /** By ref: 'done', or why not. */
  readonly refs: ReadonlyMap<string, 'done' | { readonly refused: string }>
}

/** Reads the report that ends a push. Throws `TypeError` for what is not in git's wire format. */
export async function readReport(lines: AsyncIterable<Packet>): Promise<PushReport> {
  const refs = new Map<string, 'done' | { readonly refused: string }>()
  let packRefused: string | undefined
  for await (const line of lines) {
    if (line === 'flush') continue
    const text = packetText(line)
    const [, verdict, ref, reason = ''] = /^(ok|ng) (\S+)(?: (.*))?$/.exec(text) ?? []
    if (ref !== undefined) refs.set(ref, verdict === 'ok' ? 'done' : { refused: reason })
    const unpack = /^unpack (.*)$/.exec(text)?.[1]
    if (unpack !== undefined && unpack !== 'ok') packRefused = unpack.slice(0, 200)
  }
  return { packRefused, refs }
}

/** Tells whether a refusal says that something else was there than was expected. */
export function isMoved(reason: string): boolean {
  return /stale info|fetch first|exists|failed to|lock|incorrect|reference already/.test(reason)
}
