import { AtomError } from '../../base/errors.js'
import type { ImportContextSyncResult } from '../../ops/transfer/context-sync/import-context-sync.js'
import { defineCommand, flag, type Command } from '../command.js'
import { importContextSyncJson, renderImportContextSync } from '../render/import-context-sync.js'

export const importContextSyncCommand: Command = defineCommand({
  name: 'context-sync',
  group: 'read',
  summary: 'Take in what context-sync servers wrote',
  description: `Every row of the database of a context-sync server (v0.1 to v2.0) becomes an ATOM, with the row itself as evidence. The file is copied at one moment and only read, also while a server runs. Running it again adds the rows that are new or changed: an ATOM of a changed row is built on the one before. What \`atom export context-sync\` wrote, and nobody changed, is not taken. The same file gives the same object ids on every machine.

The ATOMs come to the branch context-sync, or the one that --branch names. A branch that holds nothing but the INIT of its store goes along. docs/context-sync.md says which row becomes what.`,
  positionals: ['file'],
  options: {
    exported: flag('Also rows that a store exported, of this or another trail'),
    dryRun: flag('Only say what would be taken', { short: 'n' }),
  },
  examples: [
    ['atom import context-sync ~/.context-sync/data.db', 'what your agents told context-sync'],
    ['atom import context-sync old.db --dry-run', 'look first'],
  ],
  perform: async (host, { positionals, options, flags }) => {
    if (positionals.file === '') throw new AtomError('USAGE', 'there is no file to read', { data: {}, hint: 'atom import context-sync ~/.context-sync/data.db' })
    const { importContextSyncFor } = await import('../../app/data/sources.js')
    const result = await host.runOperation(importContextSyncFor(host.context), { file: positionals.file, branch: flags.branch, exported: options.exported, dryRun: options.dryRun }) as ImportContextSyncResult
    if (host.output.isJson) await host.output.json(importContextSyncJson(result, options.dryRun))
    else for (const line of renderImportContextSync(result, options.dryRun)) await host.output.line(line)
    return result.refusedCount > 0 ? 1 : 0
  },
})
