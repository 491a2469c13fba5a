import { AtomError } from '../../base/errors.js'
import { merge, type MergeResult } from '../../ops/fork/merge.js'
import { defineCommand, flag, text, toggle, type Command } from '../command.js'
import { endOptions, endWaiting } from '../integration-end.js'
import { LONG_LAY_OUT_OPTIONS, layOutWords } from '../words/lay-out-options.js'
import { mergeJson } from '../render/integration.js'
import { showMerge } from '../show-merge.js'

export const mergeCommand: Command = defineCommand({
  name: 'merge',
  group: 'fork',
  summary: 'Join another branch to the current one',
  description: 'Settings files (.env, INI, JSON, TOML, YAML) are merged by key, all others by line. Conflicts are marked in the files and listed by `atom status`; the exit code is then 1. '
    + 'A conflict without markers (a deleted file, a binary) is resolved by changing, touching or deleting the file, or by naming it: `atom merge --continue -- PATH`. Where the branch is not on disk (--branch), conflicts are only reported.',
  usage: 'merge REV [options] | --continue [-- PATH…] | --abort | --quit',
  positionals: ['rev?'],
  afterDashes: 'PATH...',
  options: {
    ff: toggle('Only move the branch where that is enough; --no-ff records a MERGE all the same'),
    ffOnly: flag('Refuse unless the branch only has to move', { conflicts: ['ff'] }),
    message: text('TITLE', 'The title of the MERGE', { short: 'm' }),
    ...endOptions,
    ...LONG_LAY_OUT_OPTIONS,
  },
  examples: [
    ['atom merge try-dxvk', 'join the branch try-dxvk to the current one'],
    ['atom merge --continue', 'record the merge once the conflicts are resolved'],
    ['atom merge --abort', 'put everything back'],
    ['atom merge --branch main try-dxvk', 'into main, whatever is checked out'],
  ],
  perform: async (host, { positionals, options, afterDashes }) => {
    const words = positionals.rev === undefined ? [] : [positionals.rev]
    const ended = await endWaiting(host, { kind: 'merge', options, title: options.message, paths: afterDashes ?? [], words })
    if (ended !== undefined) return 0
    if (positionals.rev === undefined) throw new AtomError('USAGE', 'merge needs a revision', { data: {}, hint: 'atom merge BRANCH' })
    const result = await host.runOperation(merge, {
      revision: positionals.rev, title: options.message, fastForward: options.ffOnly ? 'only' : options.ff === false ? 'never' : 'allow', ...layOutWords(options),
    }) as MergeResult
    if (host.output.isJson) await host.output.json(mergeJson(result))
    return await showMerge(host, result, options)
  },
})
