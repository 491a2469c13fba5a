import type { PushResult } from '../../exchange/sync/push.js'
import { defineCommand, flag, type Command } from '../command.js'
import { refusalExit } from '../words/refusals.js'
import { pushJson, pushNote, renderPush } from '../render/transfer.js'

export const pushCommand: Command = defineCommand({
  name: 'push',
  group: 'exchange',
  summary: 'Send what a remote lacks',
  description: `Without REF the current branch; without REMOTE the only remote, or origin. This store's operation log and the receipts of what was forgotten go along. A branch of the remote only moves forward.

A push trusts the remote's refs: what they lead to is not looked for, so it costs what is new. Where objects are gone there all the same (LINK_MISSING at a fetch), --refill finds and sends them.

Cut off anywhere, it has harmed nothing: repeat it.`,
  usage: 'push [REMOTE] [REF…] [--all] [--tags] [--force-with-lease] [--refill] [-n]',
  positionals: ['remote?', 'refs...?'],
  options: {
    all: flag('Every branch'),
    tags: flag('Every tag'),
    forceWithLease: flag('Move a branch back or aside too, when it is where it was last seen'),
    refill: flag('Ask for everything that the refs lead to, and send what is not there, also where the refs are equal: mends holes'),
    dryRun: flag('Show what would be done, and do nothing', { short: 'n' }),
  },
  examples: [
    ['atom push', 'the current branch, to the only remote'],
    ['atom push usb --all --tags', 'everything, to the remote called usb'],
    ['atom push usb main v1', 'a branch and a tag'],
    ['atom push /media/stick/trail --all', 'to a folder that is no remote'],
    ['atom push cloud --all --tags --refill', 'look for every object there, and fill the holes that somebody left'],
  ],
  perform: async (host, { positionals, options }) => {
    const { pushFor } = await import('../../app/remotes/remotes.js')
    const result = await host.runOperation(pushFor(host.context), { remote: positionals.remote, refs: positionals.refs, ...options }) as PushResult
    if (host.output.isJson) await host.output.json(pushJson(result))
    else for (const line of renderPush(result)) await host.output.line(line)
    for (const line of pushNote(result)) host.output.note(line)
    return refusalExit(result.refused)
  },
})
