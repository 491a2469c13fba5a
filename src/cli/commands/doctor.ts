import { dirname, join } from 'node:path'
import { realpathSync } from 'node:fs'
import { diagnose, mendIndexes, type Health } from '../../app/doctor/doctor.js'
import { defineCommand, flag, type Command } from '../command.js'
import type { Host } from '../host.js'
import type { Label } from '../terminal/output.js'
import { counted } from '../render/verify.js'

const LABELS: { readonly [H in Health]: Label } = { ok: 'ok', warning: 'warn', problem: 'error' }

export const doctorCommand: Command = defineCommand({
  name: 'doctor',
  group: 'keep',
  summary: 'Look over the installation and the store, and say how to mend what is wrong',
  description: '--reindex makes every index again from the objects and the operation log, and trail.log with them; it changes nothing else. `atom verify` looks at every byte.',
  options: { reindex: flag('Make all indexes again') },
  examples: [['atom doctor', 'is everything in order?'], ['atom doctor --reindex', 'after verify found an index that lies']],
  perform: async (host, { options }) => {
    if (options.reindex) return mend(host)
    let problems = 0
    for await (const { name, health, message, fix } of diagnose(host.context, programPlace())) {
      if (health === 'problem') problems++
      if (host.output.isJson) {
        await host.output.json({ name, health, message, fix: fix ?? null })
        continue
      }
      await host.output.line([[LABELS[health], health.padEnd(8)], ['key', name.padEnd(12)], ['plain', message]])
      if (fix !== undefined) await host.output.line([['hint', '                    fix: '], ['command', fix]])
    }
    return problems > 0 ? 1 : 0
  },
})

async function mend(host: Host): Promise<number> {
  const { atoms, ops, left } = await mendIndexes(host.context)
  if (host.output.isJson) await host.output.json({ atoms, ops, left })
  else await host.output.line([['ok', 'indexed '], ['plain', `${counted(atoms, 'ATOM')} and ${counted(ops, 'operation')}`]])
  for (const digest of left) host.output.warn([['warn', 'left out: '], ['id', digest], ['plain', ' cannot be read, or what it builds on cannot']])
  return left.length > 0 ? 1 : 0
}

/** The file that was started, and the package around it. */
function programPlace(): { readonly file: string; readonly root: string } {
  const file = realpathSync(process.argv[1] ?? '.')
  return { file, root: join(dirname(file), '..') }
}
