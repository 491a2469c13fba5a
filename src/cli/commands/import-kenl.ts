import type { ImportKenlResult } from '../../ops/transfer/kenl/import-kenl.js'
import { defineCommand, text, type Command } from '../command.js'
import { importKenlJson, renderImportKenl } from '../render/import-kenl.js'

export const importKenlCommand: Command = defineCommand({
  name: 'kenl',
  group: 'read',
  summary: 'Take in logs, decisions and databases of KENL',
  description: `Reads what KENL and its siblings left behind, told by its content: the logs of atom, generate_atom.sh and the PowerShell scripts (mixed ones too), SAIF flags, decisions as JSON, steps of operations, counters, the tables atom_trail and atom_trails, lists of commits with tags. Files and folders are only read.

Each record becomes an ATOM with the id that stands in its tag and the bytes that it was made of as evidence. The same source gives the same object ids on every machine; running it again adds what is new. Times that name no zone are taken as UTC, or as --time-zone says. Signatures are made again by every known rule; metadata.kenl says what came of it.

Into a store that holds nothing but its INIT the records become its branch, else the branch kenl (--branch NAME). What is strange about a record is listed; the exit code is 1 where something could not be taken: it is named by file and line, and its bytes are kept in ATOMs of the type REFUSED. docs/spec/import-kenl.md says what becomes of what.`,
  positionals: ['path...'],
  options: {
    timeZone: text('ZONE', 'The zone of times that name none: Europe/Berlin, Australia/Sydney, +10:00 (default: UTC)'),
  },
  examples: [
    ['atom import kenl ~/.config/atom-sage --time-zone Australia/Sydney', 'all that the shell atom of KENL wrote there'],
    ['atom import kenl .atom-trail ~/.kenl/db/atom-trails.db', 'decisions of a folder, and a database'],
  ],
  perform: async (host, { positionals, options, flags }) => {
    const { importKenlFor } = await import('../../app/data/sources.js')
    const result = await host.runOperation(importKenlFor(host.context), { paths: positionals.path, timeZone: options.timeZone, branch: flags.branch }) as ImportKenlResult
    if (host.output.isJson) await host.output.json(importKenlJson(result))
    else for (const line of renderImportKenl(result)) await host.output.line(line)
    return result.refusedCount > 0 ? 1 : 0
  },
})
