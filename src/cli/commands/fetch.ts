import type { FetchResult } from '../../exchange/sync/fetch.js'
import { defineCommand, flag, type Command } from '../command.js'
import { refusalExit } from '../words/refusals.js'
import { fetchJson, fetchNote, renderFetch } from '../render/transfer.js'

export const fetchCommand: Command = defineCommand({
  name: 'fetch',
  group: 'exchange',
  summary: 'Take what a remote has and this store lacks',
  description: `No branch here moves: where the remote's branches are is remembered as REMOTE/BRANCH. Everything is checked before anything is taken: digests, form, links. A remote that does not stand up to that leaves the store as it was.

A branch that was taken back on the remote since it was last seen is named and not followed.`,
  positionals: ['remote?'],
  options: {
    force: flag('Follow a remote that was rewound', { short: 'f' }),
  },
  examples: [
    ['atom fetch', 'from the only remote, or origin'],
    ['atom fetch usb', 'from the remote called usb; then: atom log main..usb/main'],
  ],
  perform: async (host, { positionals, options }) => {
    const { fetchFor } = await import('../../app/remotes/remotes.js')
    const result = await host.runOperation(fetchFor(host.context), { remote: positionals.remote, force: options.force }) as FetchResult
    if (host.output.isJson) await host.output.json(fetchJson(result))
    else for (const line of renderFetch(result)) await host.output.line(line)
    for (const line of fetchNote(result)) host.output.note(line)
    return refusalExit(result.refused)
  },
})
