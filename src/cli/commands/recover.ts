import { AtomError } from '../../base/errors.js'
import { scopeName } from '../../ops/files/scope-name.js'
import { defineCommand, flag, list, text, type Command } from '../command.js'
import { recoveredJson, recoverNotes, renderRecovered } from '../render/recover.js'
import { layOutExit } from '../words/lay-out-options.js'

export const recoverCommand: Command = defineCommand({
  name: 'recover',
  group: 'exchange',
  summary: 'Bring a damaged or lost store back from a remote',
  description: `Takes what the remote has and what can still be read here, checks all of it, and only then moves the damaged .atom aside (it is never deleted) and puts the new one in its place. Works in an empty folder too, and asks nothing. Killed anywhere, run it again. The operation log of the lost store goes on, so atom undo works; clone begins one of its own.

--files lays out tracked files that are not on disk; files that differ stay, unless --force says otherwise.`,
  usage: 'recover --from REMOTE [--files] [--scope home,system] [-f] [--log STORE] [--user]',
  options: {
    from: text('REMOTE', 'A remote by name, or a URL, a folder, a bundle file'),
    files: flag('Lay out the tracked files too'),
    scope: list('SCOPES', 'Lay out files outside the project too', { choices: ['home', 'system'], separator: ',' }),
    force: flag('Overwrite files that differ', { short: 'f' }),
    log: text('STORE', 'Whose operation log goes on, where the remote has several'),
    user: flag('The store of this machine instead of a project\'s'),
  },
  examples: [
    ['atom recover --from /media/stick/trail', 'in an empty folder, or where .atom is damaged'],
    ['atom recover --from usb --files --scope home', 'from a remote by its name, with the files of the project and of your home folder'],
  ],
  perform: async (host, { options }) => {
    const { from, files, force, log, user } = options
    if (from === undefined) throw new AtomError('USAGE', 'from where?', { data: { option: 'from' }, hint: 'atom recover --from REMOTE, by name, or URL, folder or bundle file' })
    const { recoverStore } = await import('../../app/recover/recover.js')
    const scopes = options.scope.map((scope, index) => scopeName(scope, `scope[${String(index)}]`))
    const result = await recoverStore({ from, files, force, log, scopes, which: user ? 'user' : 'project' }, host.context)
    if (host.output.isJson) await host.output.json(recoveredJson(result))
    else for (const line of renderRecovered(result)) await host.output.line(line)
    for (const line of recoverNotes(result)) host.output.note(line)
    const code = layOutExit(result.files)
    return result.witness.lost.length > 0 ? 1 : code
  },
})
