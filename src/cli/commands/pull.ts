import type { PullInput } from '../../app/remotes/pull.js'
import { defineCommand, flag, toggle, type Command } from '../command.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { refusalExit } from '../words/refusals.js'
import { mergeJson } from '../render/integration.js'
import { fetchJson, fetchNote, renderFetch } from '../render/transfer.js'
import { showMerge } from '../show-merge.js'

export const pullCommand: Command = defineCommand({
  name: 'pull',
  group: 'exchange',
  summary: 'Fetch, then join what the remote has on this branch',
  description: 'Where the branch here only has to move, it moves; else the two are merged as `atom merge` does it. A remote that was rewound is named, and nothing is merged.',
  positionals: ['remote?', 'remoteBranch?'],
  options: {
    ff: toggle('Only move the branch where that is enough; --no-ff records a MERGE all the same'),
    ffOnly: flag('Refuse unless the branch only has to move', { conflicts: ['ff'] }),
    force: LONG_LAY_OUT_OPTIONS.force,
    scope: LONG_LAY_OUT_OPTIONS.scope,
  },
  examples: [
    ['atom pull', 'from the only remote, or origin, into the current branch'],
    ['atom pull usb --ff-only', 'only if nothing has to be merged'],
  ],
  perform: async (host, { positionals, options }) => {
    const [{ fetchFor }, { pull }] = await Promise.all([import('../../app/remotes/remotes.js'), import('../../app/remotes/pull.js')])
    const { fetched, merged } = await pull({
      fetch: fetchFor(host.context),
      run: (operation, input) => host.runOperation(operation, input),
      async onFetched(result) {
        if (!host.output.isJson) for (const line of renderFetch(result)) await host.output.line(line)
        for (const line of fetchNote(result)) host.output.note(line)
      },
    }, { remote: positionals.remote, branch: positionals.remoteBranch, fastForward: options.ffOnly ? 'only' : options.ff === false ? 'never' : 'allow', ...layOutWords({ ...options, dryRun: false }) as Pick<PullInput, 'force' | 'scopes'> })
    if (host.output.isJson) await host.output.json({ ...fetchJson(fetched) as object, merge: merged === undefined ? null : mergeJson(merged) })
    if (merged === undefined) return refusalExit(fetched.refused)
    const code = await showMerge(host, merged, { dryRun: false })
    refusalExit(fetched.refused)
    return code
  },
})
