import { AtomError } from '../../base/errors.js'
import type { ExportProvResult } from '../../ops/transfer/standards/export-prov.js'
import { defineCommand, flag, type Command } from '../command.js'
import { amount } from '../render/verify.js'

export const exportProvCommand: Command = defineCommand({
  name: 'prov',
  group: 'read',
  summary: 'Write the trail as W3C PROV',
  description: `One document of PROV-JSON: an ATOM is an activity, who made it is an agent, its words and files are entities. docs/standards.md has what becomes of what.

Without a revision: everything that the refs reach. ATOMs that are named and not chosen stand there by their id. The file is there whole or not at all.`,
  usage: 'export prov [--force] FILE [REV…]',
  positionals: ['file', 'revs...?'],
  options: { force: flag('Replace a file that is there') },
  examples: [
    ['atom export prov trail.prov.json', 'all of it'],
    ['atom export prov last.prov.json main~10..main', 'the last ten ATOMs of main'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export prov trail.prov.json' })
    const { exportProvTo } = await import('../../app/data/new-file.js')
    const result = await host.runOperation(exportProvTo({ file: positionals.file, force: options.force }, host.context), { revisions: positionals.revs }) as ExportProvResult
    if (host.output.isJson) await host.output.json({ file: positionals.file, ...result })
    else host.output.note([['plain', `${amount(result.atoms)} ${result.atoms === 1 ? 'ATOM' : 'ATOMs'} in ${positionals.file}${result.outside === 0 ? '' : `; ${amount(result.outside)} more by id only`}`]])
  },
})
