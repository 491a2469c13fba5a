/** trail.log, the second record of the same trail, held against the store: what it names and the store has not, was taken out of the store. */
import { getDigest } from '../../codec/object-id.js'
import type { Check } from './check.js'

const FIELDS = 6

/** Judges the lines (`time object-id atom-id agent operation title`, tab-separated) against the ATOMs that are there. */
export async function checkTrailLog(check: Check, lines: AsyncIterable<string>, atoms: number): Promise<void> {
  const { findings, hash, table } = check
  let known = 0
  let number = 0
  for await (const line of lines) {
    number++
    const [, object = '', atomId = ''] = line.split('\t', FIELDS)
    const digest = getDigest(object)
    if (digest === undefined) {
      findings.warning('trail-log-line', `line ${String(number)} of trail.log is not as it is written`)
      continue
    }
    hash.hexId(`71${digest}`)
    const kind = table.kindOf(hash)
    if (kind === 'atom' || kind === 'damaged') known++
    else findings.warning('trail-log-lost', `trail.log has ${atomId} in line ${String(number)}, and the store has no such ATOM: it was rewound, or gc dropped it`, { object: digest, atomId })
  }
  if (known < atoms) findings.info('trail-log-behind', `trail.log has ${String(known)} of ${String(atoms)} ATOMs: it is brought up to date when something is recorded`)
}
