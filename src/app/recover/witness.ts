/** What a lost store itself still says of which ATOMs there were: its trail.log, and the headers that could be read in its database. */
import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { digestOf, type Digest } from '../../codec/object-id.js'
import type { Salvage } from '../../exchange/recover/salvage.js'
import { trailLogFiles } from '../../views/trail-log/files.js'
import { getLineObject } from '../../views/trail-log/line.js'
import type { NamedAtom } from './compare.js'

export interface Witnesses {
  /** Each once. */
  readonly atoms: readonly NamedAtom[]
  readonly sources: readonly ('database' | 'trail.log')[]
}

/** Reads what there is; a line that is torn is no line. */
export async function readWitness(folder: string, salvage: Salvage | undefined): Promise<Witnesses> {
  const atoms = new Map<Digest, NamedAtom>()
  if (salvage !== undefined) for await (const { id, atomId } of salvage.atoms()) atoms.set(digestOf(id), { object: digestOf(id), atomId, title: undefined })
  const sources: ('database' | 'trail.log')[] = atoms.size > 0 ? ['database'] : []
  for await (const line of existsSync(folder) ? linesOf(trailLogFiles(folder)) : []) {
    const object = getLineObject(line)
    const [, , atomId = '', , , title] = line.split('\t')
    if (object === undefined) continue
    if (sources.at(-1) !== 'trail.log') sources.push('trail.log')
    atoms.set(object, { object, atomId, title })
  }
  return { atoms: [...atoms.values()], sources }
}

async function* linesOf(files: readonly string[]): AsyncIterable<string> {
  for (const file of files) yield* createInterface({ input: createReadStream(file), crlfDelay: Infinity })
}
