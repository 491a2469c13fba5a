import { AtomError } from '../../base/errors.js'
import type { ExportedTables } from '../../ops/ports.js'
import { exportTables } from '../../ops/read/export-tables.js'
import { defineCommand, flag, type Command } from '../command.js'

export const exportSqliteCommand: Command = defineCommand({
  name: 'sqlite',
  group: 'read',
  summary: 'Write the trail as a SQLite database',
  description: 'Makes a file with the tables that `atom sql` reads, for any SQLite client, as one that is whole or not there. Its table `about` has the root of the trail. With --with-objects it also has the objects themselves, byte by byte, '
    + 'from which everything in it can be derived and checked again: the SHA-256 of `bytes` is `object`, and the root leads to all of them.',
  positionals: ['file'],
  options: {
    withObjects: flag('Also the objects, so that the file can be verified by itself'),
    force: flag('Replace a file that is there'),
  },
  examples: [
    ['atom export sqlite trail.sqlite', 'the tables, for others to read'],
    ['atom export sqlite audit.sqlite --with-objects', 'and what proves them'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export sqlite trail.sqlite' })
    const { resolve } = await import('node:path')
    const result = await host.runOperation(exportTables, { file: resolve(host.cwd, positionals.file), withObjects: options.withObjects, force: options.force }) as ExportedTables
    if (host.output.isJson) await host.output.json({ file: result.file, atoms: result.atoms, objects: result.objects, root: result.root })
    else host.output.note([['plain', `${String(result.atoms)} ATOMs${result.objects === null ? '' : ` and ${String(result.objects)} objects`} in ${positionals.file}, root `], ['id', result.root]])
  },
})
