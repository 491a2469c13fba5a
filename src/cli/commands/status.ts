import { digestOf } from '../../codec/object-id.js'
import { status } from '../../ops/look/status.js'
import { shortRefName } from '../../refs/name.js'
import { displayPath } from '../../tree/scope.js'
import { defineCommand, text, type Command } from '../command.js'
import { renderStatus } from '../render/status.js'

export const statusCommand: Command = defineCommand({
  name: 'status',
  group: 'start',
  summary: 'Show what changed and was not recorded',
  description: 'Paths are shown from the folder you stand in; with --json, from the project\'s root.',
  positionals: ['paths...?'],
  options: { untrackedFiles: text('WHICH', 'Show untracked files, or leave them out', { short: 'u', choices: ['all', 'no'] }) },
  examples: [['atom status', 'where you are, and what no ATOM carries yet'], ['atom status --json configs', 'the same for one folder, for programs']],
  pager: true,
  operation: status,
  toInput: ({ positionals, options }) => ({ paths: positionals.paths, untracked: options.untrackedFiles === 'no' ? 'hide' : 'show' }),
  render: (result, view) => renderStatus(result, view),
  json: ({ branch, head, changes, spooled, queued, trouble }) => ({
    branch: branch === undefined ? null : shortRefName(branch),
    head: head === undefined ? null : digestOf(head.object),
    changes: changes.map(({ path, change }) => ({ path: displayPath(path), change })),
    spooled,
    queued,
    ...(trouble !== undefined && { push_error: trouble }),
  }),
})
