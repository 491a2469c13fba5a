import { toAtomJson } from '../../trail/atom-json.js'
import type { DrillResult, Rehearsal } from '../../app/recover/drill.js'
import { defineCommand, type Command } from '../command.js'
import type { Line } from '../terminal/output.js'
import { amount, counted } from '../render/verify.js'

export const drillCommand: Command = defineCommand({
  name: 'drill',
  group: 'exchange',
  summary: 'Rehearse a recovery from each remote, and record what would be lost',
  description: 'Brings back what each remote has, alone, into a store that is thrown away, verifies it, and compares it with this one. What was not pushed yet would be lost: then it ends with 1. An ATOM of type TEST records the result; no file and no branch but the current one is touched.',
  positionals: ['remotes...?'],
  examples: [
    ['atom drill', 'every remote'],
    ['atom drill usb', 'one of them'],
  ],
  perform: async (host, { positionals }) => {
    const { drill } = await import('../../app/recover/drill.js')
    const result = await drill({ remotes: positionals.remotes }, host.context)
    if (host.output.isJson) await host.output.json(drillJson(result))
    else for (const line of renderDrill(result)) await host.output.line(line)
    return result.rehearsals.some(({ lost, problem }) => lost.length > 0 || problem !== undefined) ? 1 : 0
  },
})

const SHOWN_MAX = 3

function renderDrill({ atoms, rehearsals, recorded }: DrillResult): readonly Line[] {
  const width = Math.max(...rehearsals.map(({ remote }) => remote.length))
  return [
    ...rehearsals.flatMap((rehearsal) => rehearsalLines(rehearsal, atoms, width)),
    [['plain', 'recorded as '], ['atom', recorded.atom.header.atomId]],
  ]
}

function rehearsalLines({ remote, problem, lost, tookMs }: Rehearsal, atoms: number, width: number): readonly Line[] {
  const name = ['remote', remote.padEnd(width)] as const
  if (problem !== undefined) return [[['error', 'failed  '], name, ['plain', ` ${problem}`]]]
  const time = ` in ${(tookMs / 1_000).toFixed(1)} s`
  if (lost.length === 0) return [[['ok', 'ok      '], name, ['plain', ` ${counted(atoms, 'ATOM')} back, all verified,${time}`]]]
  const shown = lost.slice(-SHOWN_MAX).map(({ atomId }) => atomId).join(', ')
  return [
    [['warn', 'behind  '], name, ['plain', ` ${amount(atoms - lost.length)} of ${counted(atoms, 'ATOM')} back${time}; lost would be: ${shown}${lost.length > SHOWN_MAX ? `, and ${amount(lost.length - SHOWN_MAX)} more` : ''}`]],
    [['hint', '        fix: '], ['command', `atom push ${remote} --all --tags`]],
  ]
}

function drillJson({ atoms, rehearsals, recorded }: DrillResult): unknown {
  return {
    atoms,
    remotes: rehearsals.map(({ remote, problem, atoms: back, lost, tookMs }) => ({ remote, problem: problem ?? null, atoms: back, lost: lost.map(({ object, atomId }) => ({ object, atom_id: atomId })), duration_ms: tookMs })),
    atom: toAtomJson(recorded.atom),
  }
}
