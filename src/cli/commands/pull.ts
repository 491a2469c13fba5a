import { AtomError } from '../../base/errors.js'
import type { FetchResult } from '../../exchange/sync/fetch.js'
import { merge, type MergeResult } from '../../ops/fork/merge.js'
import { overview, type Overview } from '../../ops/look/overview.js'
import { HEADS, REMOTES } from '../../refs/name.js'
import { defineCommand, flag, toggle, type Command } from '../command.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../lay-out-options.js'
import { refusalExit } from '../refusals.js'
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
    const { fetchFor } = await import('../../app/remotes.js')
    const { branch: current } = await host.runOperation(overview, {}) as Overview
    const branch = positionals.remoteBranch ?? current
    if (branch === undefined) throw new AtomError('USAGE', 'HEAD is detached: no branch is the current one', { data: {}, hint: 'atom switch BRANCH, or atom pull REMOTE BRANCH' })
    const fetched = await host.runOperation(fetchFor(host.context), { remote: positionals.remote, force: false }) as FetchResult
    if (!host.output.isJson) for (const line of renderFetch(fetched)) await host.output.line(line)
    for (const line of fetchNote(fetched)) host.output.note(line)
    if (fetched.refused.some(({ ref }) => ref === HEADS + branch)) {
      if (host.output.isJson) await host.output.json({ ...fetchJson(fetched) as object, merge: null })
      return refusalExit(fetched.refused)
    }
    if (!fetched.refs.some(({ name }) => name === HEADS + branch)) {
      throw new AtomError('REF_NOT_FOUND', `${fetched.location} has no branch ${branch}`, { data: { name: branch }, hint: `atom push ${fetched.remote} ${branch}, or name another one: atom pull ${fetched.remote} BRANCH` })
    }
    const result = await host.runOperation(merge, {
      revision: `${REMOTES}${fetched.remote}/${branch}`, fastForward: options.ffOnly ? 'only' : options.ff === false ? 'never' : 'allow', ...layOutWords({ ...options, dryRun: false }),
    }) as MergeResult
    if (host.output.isJson) await host.output.json({ ...fetchJson(fetched) as object, merge: mergeJson(result) })
    const code = await showMerge(host, result, { dryRun: false })
    refusalExit(fetched.refused)
    return code
  },
})
