/**
 * Pushes a pack that is there already, without git looking for what has to be sent: what was just made for a push is what the remote lacks. `git receive-pack` takes it as from
 * any push, and refuses a ref that would lead to something missing.
 */
import { createHash } from 'node:crypto'
import { concatBytes } from '../../base/bytes.js'
import { packHead } from '../../git/pack.js'
import { packets, packetText, type Packet } from '../../git/pkt-line.js'
import type { Running } from '../../git/process.js'
import { encodeCommands, readReport } from '../../git/receive-pack.js'
import type { FreshPack } from './local-git.js'
import { outcomeOf, type GitRefChange, type GitRefOutcome } from './transport.js'

const MISSING = 'missing necessary objects'

export interface StraightPush {
  readonly changes: readonly GitRefChange[]
  /** undefined: no object is needed. */
  readonly pack: Exclude<FreshPack, 'several'>
  /** Called once git is given all of it and works. */
  onSent(): void
}

/** Pushes to a running `git receive-pack`. Returns the outcomes in order, undefined for what has to be tried in another way: the remote lacks more than that, does not take the pack, or said nothing. */
export async function pushStraight(running: Running, { changes, pack, onSent }: StraightPush): Promise<readonly (GitRefOutcome | undefined)[]> {
  const { stdin, stdout } = running.child
  // That it ended before it read everything shows in what it did not report.
  stdin.on('error', () => undefined)
  const lines = packets(stdout as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
  try {
    const abilities = await readAbilities(lines)
    if (!/ report-status( |$)/.test(abilities) || / object-format=(?!sha1( |$))/.test(abilities)) return changes.map(() => undefined)
    stdin.write(encodeCommands(changes))
    stdin.end(changes.every(({ next }) => next === undefined) ? undefined : pack?.bytes ?? emptyPack(), onSent)
    const report = await readReport({ [Symbol.asyncIterator]: () => lines })
    return changes.map(({ ref }) => {
      const outcome = outcomeOf(report, ref)
      return report.packRefused !== undefined || (outcome !== undefined && outcome !== 'done' && outcome.refused === MISSING) ? undefined : outcome
    })
  } catch (error) {
    if (error instanceof TypeError) return changes.map(() => undefined)
    throw error
  } finally {
    stdin.end()
    stdout.resume()
    await running.code
  }
}

/** Reads the refs as the remote has them, which are known already; returns what it can do. */
async function readAbilities(lines: AsyncIterator<Packet>): Promise<string> {
  let abilities = ''
  for (let next = await lines.next(); next.done !== true && next.value !== 'flush'; next = await lines.next()) {
    if (abilities === '') abilities = ` ${packetText(next.value).split('\0')[1] ?? ''}`
  }
  return abilities
}

function emptyPack(): Uint8Array {
  const head = packHead(0)
  return concatBytes([head, createHash('sha1').update(head).digest()])
}
