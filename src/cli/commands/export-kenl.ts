import { AtomError } from '../../base/errors.js'
import { KENL_FORMATS, type ExportKenlResult } from '../../ops/transfer/kenl/export-kenl.js'
import { defineCommand, flag, text, type Command } from '../command.js'
import { amount } from '../render/verify.js'

export const exportKenlCommand: Command = defineCommand({
  name: 'kenl',
  group: 'read',
  summary: 'Write the trail as KENL\'s log or table',
  description: `F1 is the log of the shell atom, which atom_analytics.py reads; since that knows types of one word and three digits only, other tags are made such, and the exact id stands in the line below. F4 is the log of generate_atom.sh, with JSON behind each tag. d1 is SQL for the table atom_trails, in SQLite or Cloudflare D1; d1-json its rows, one a line.

\`atom import kenl\` reads F1, F4 and d1-json back. Without a revision: everything that the refs reach. The file is there whole or not at all.`,
  usage: 'export kenl [--format FORMAT] [--force] FILE [REV…]',
  positionals: ['file', 'revs...?'],
  options: {
    format: text('FORMAT', 'F1, F4, d1 or d1-json (default: F1)', { choices: KENL_FORMATS }),
    force: flag('Replace a file that is there'),
  },
  examples: [
    ['atom export kenl atom_trail.log', 'for atom_analytics.py'],
    ['atom export kenl --format d1 trails.sql', 'for sqlite3, or wrangler d1 execute --file'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export kenl atom_trail.log' })
    const { exportKenlTo } = await import('../../app/data/new-file.js')
    const result = await host.runOperation(exportKenlTo({ file: positionals.file, force: options.force }, host.context), { revisions: positionals.revs, format: options.format ?? 'F1' }) as ExportKenlResult
    if (host.output.isJson) await host.output.json({ file: positionals.file, format: result.format, atoms: result.atoms, bent_tags: result.bentTags })
    else host.output.note([['plain', `${amount(result.atoms)} ATOMs in ${positionals.file}${result.bentTags === 0 ? '' : `; ${amount(result.bentTags)} of them with a tag that is not their id, which stands below it`}`]])
  },
})
