import type { CloneResult } from '../../app/remotes/clone.js'
import { fetchJson, fetchNote } from '../render/transfer.js'
import { laidOutJson } from '../words/lay-out-options.js'
import { defineCommand, text, type Command } from '../command.js'
import { displayPath } from '../../tree/scope.js'

export const cloneCommand: Command = defineCommand({
  name: 'clone',
  group: 'exchange',
  summary: 'Make a store that holds what a remote has',
  description: `Everything is checked before the new store counts as one; cut off, it left nothing. Every branch of the remote becomes one here, the remote is called origin, and the files of the project are laid out; files that belong under ~ or / are not.

The new store begins an operation log of its own and keeps those of others.`,
  positionals: ['url', 'dir?'],
  options: {
    origin: text('NAME', 'What the remote is called instead of origin', { short: 'o' }),
  },
  examples: [
    ['atom clone /media/stick/trail', 'into a folder called trail'],
    ['atom clone /media/stick/trail ~/projects/bazza-dx', 'into another one'],
  ],
  perform: async (host, { positionals, options, flags }) => {
    const { cloneStore } = await import('../../app/remotes/clone.js')
    const result = await cloneStore({ url: positionals.url, folder: positionals.dir, remote: options.origin, branch: flags.branch }, host.context)
    if (host.output.isJson) await host.output.json(cloneJson(result))
    else await host.output.line([['plain', 'Cloned '], ['path', result.url], ['plain', ' into '], ['path', result.root], ['plain', ' (branch '], ['branch', result.branch], ['plain', ')']])
    for (const line of fetchNote(result.fetched)) host.output.note(line)
    const { outside } = result
    if (outside.length > 0) host.output.note([['plain', `${String(outside.length)} ${outside.length === 1 ? 'file belongs' : 'files belong'} outside the project (${outside.slice(0, 3).map(displayPath).join(', ')}${outside.length > 3 ? ', …' : ''}): `], ['command', 'atom restore --scope home,system .']])
  },
})

function cloneJson({ folder, root, url, branch, fetched, files, outside }: CloneResult): unknown {
  return { ...fetchJson(fetched) as object, folder, root, url, branch, files: laidOutJson(files), outside: outside.map(displayPath) }
}
