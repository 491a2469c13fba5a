import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import type { SyncedExport } from '../../ops/ports.js'
import { exportContextSync } from '../../ops/read/export-context-sync.js'
import { defineCommand, flag, pairs, type Command } from '../command.js'
import { exportContextSyncJson, renderExportContextSync } from '../render/export-context-sync.js'

export const exportContextSyncCommand: Command = defineCommand({
  name: 'context-sync',
  group: 'read',
  summary: 'Write the trail for context-sync servers',
  description: `Servers of every version, v0.1 to v2.0, open the file and recall from it what the trail holds. A file that is not there is made. One that is there is copied beside itself before the first export (data.before-atom.db), and is never replaced: in one transaction rows are added, and only rows that an export wrote are changed or taken out. It may be in use meanwhile; several projects may export to the same file.

Rows belong to the project whose folder the store is in. So do ATOMs of other projects, unless --path says the folder of theirs, or the file knows it. What servers add or change comes back with \`atom import context-sync\`. docs/context-sync.md says which ATOM becomes what.`,
  positionals: ['file'],
  options: {
    path: pairs('NAME=DIR', 'The folder of a project'),
    dryRun: flag('Only say what would be written', { short: 'n' }),
  },
  examples: [
    ['atom export context-sync ~/.context-sync/data.db', 'so that your agents recall it'],
    ['atom export context-sync memory.db --path blog=../blog', 'a file of its own, with the folder of another project'],
  ],
  perform: async (host, { positionals, options }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to write to', { data: {}, hint: 'atom export context-sync ~/.context-sync/data.db' })
    const paths = Object.fromEntries(options.path.map(([name, folder]) => [name, resolve(host.cwd, folder)]))
    const result = await host.runOperation(exportContextSync, { file: resolve(host.cwd, positionals.file), paths, dryRun: options.dryRun }) as SyncedExport
    if (host.output.isJson) await host.output.json(exportContextSyncJson(result, options.dryRun))
    else for (const line of renderExportContextSync(result, options.dryRun)) host.output.note(line)
  },
})
