/** trail.log, the second record of the same trail, held against the store: what it names and the store has not, was taken out of the store. */
import { toHex } from '../../base/bytes.js'
import { getDigest } from '../../codec/object-id.js'
import { timeText, type Check } from './check.js'
import type { NodeRecord } from './node-record.js'
import { nodeBlocks } from './nodes.js'

const FIELDS = 6

/** Judges the lines (`time object-id atom-id agent operation title`, tab-separated) against the ATOMs that are there. */
export async function checkTrailLog(check: Check, lines: AsyncIterable<string>, atoms: number): Promise<void> {
  const { findings, hash, table } = check
  const arrivals = createArrivals(check)
  let known = 0
  let number = 0
  for await (const line of lines) {
    number++
    const fields = line.split('\t')
    const digest = fields.length === FIELDS ? getDigest(fields[1] ?? '') : undefined
    const atomId = fields[2] ?? ''
    if (digest === undefined) {
      findings.warning('trail-log-line', `line ${String(number)} of trail.log is not as it is written`)
      continue
    }
    hash.hexId(`71${digest}`)
    const kind = table.kindOf(hash)
    if (kind !== 'atom' && kind !== 'damaged') {
      findings.warning('trail-log-lost', `trail.log has ${atomId} in line ${String(number)}, and the store has no such ATOM: it was rewound, or gc dropped it`, { object: digest, atomId })
      continue
    }
    known++
    // Lines come in the order of arrival, so the next one is nearly always the next ATOM.
    const node = await arrivals.next(digest)
    if (node !== undefined && contradicts(fields, node)) findings.warning('trail-log-other', `line ${String(number)} of trail.log says other than the store of ${node.atomId}`, { object: digest, atomId: node.atomId })
  }
  if (known < atoms) findings.info('trail-log-behind', `trail.log has ${String(known)} of ${String(atoms)} ATOMs: it is brought up to date when something is recorded`)
}

function contradicts([time, , atomId, agent = '', operation = '']: readonly string[], node: NodeRecord): boolean {
  // What is written out with backslashes is not put together again here.
  const differs = (field: string, text: string): boolean => !field.includes('\\') && field !== text
  return time !== timeText(node.timeMs) || atomId !== node.atomId || differs(agent, node.agent) || differs(operation, node.operation)
}

/** Follows the nodes along with the lines. */
function createArrivals(check: Check): { next(digest: string): Promise<NodeRecord | undefined> } {
  const blocks = nodeBlocks(check, { findings: 'silent' })[Symbol.asyncIterator]()
  let waiting: { readonly digest: string; readonly node: NodeRecord }[] = []
  return {
    async next(digest) {
      while (waiting.length === 0) {
        const step = await blocks.next()
        if (step.done === true) return undefined
        const { nodes, block } = step.value
        waiting = nodes.filter(({ isVacant }) => !isVacant).map((node) => ({ node, digest: toHex(block.subarray(node.digestAt, node.digestAt + 32)) }))
      }
      if (waiting[0]?.digest !== digest) return undefined
      return waiting.shift()?.node
    },
  }
}
