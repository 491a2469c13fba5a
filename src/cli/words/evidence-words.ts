/** `NAME=FILE|-|VALUE` → evidence: a file's content, stdin, or a value with its unit. */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { EvidenceInput } from '../../ops/record/evidence.js'
import type { Host } from '../host.js'

/** A number, then a unit without spaces: `62 FPS`, `-3%`, `15.5`. */
const MEASURED = /^([+-]?\d+(?:\.\d+)?)\s*([^\d\s][^\s]{0,31})?$/

export async function readEvidence(host: Host, phase: EvidenceInput['phase'], words: readonly (readonly [name: string, value: string])[]): Promise<readonly EvidenceInput[]> {
  const evidence: EvidenceInput[] = []
  for (const [name, value] of words) {
    if (name === '') throw new AtomError('USAGE', `evidence needs a name: =${value.slice(0, 80)}`, { data: { value }, hint: `--${phase === 'other' ? 'evidence' : phase} NAME=FILE` })
    evidence.push(await readOne(host, { name, phase, value }))
  }
  return evidence
}

async function readOne(host: Host, { name, phase, value }: { readonly name: string; readonly phase: EvidenceInput['phase']; readonly value: string }): Promise<EvidenceInput> {
  if (value === '-') return { name, phase, content: await host.stdin.bytes() }
  const file = resolve(host.cwd, value)
  if (value !== '' && isFile(file)) return { name, phase, path: value, content: new Uint8Array(readFileSync(file)) }
  const [, digits, unit] = MEASURED.exec(value) ?? []
  if (digits === undefined || !Number.isFinite(Number(digits))) return { name, phase, value }
  return { name, phase, value: Number(digits), ...(unit !== undefined && { unit }) }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true
  } catch (error) {
    // A long text is no name of a file.
    if ((error as { code?: string }).code === 'ENAMETOOLONG') return false
    throw error
  }
}
