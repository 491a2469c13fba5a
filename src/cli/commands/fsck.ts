import { renderDangling, fsckJson, renderFsck } from '../render/fsck.js'
import { fsck } from '../../ops/prove/fsck.js'
import { defineCommand, flag, type Command } from '../command.js'

export const fsckCommand: Command = defineCommand({
  name: 'fsck',
  group: 'prove',
  summary: 'Check objects and links',
  description: 'Rehashes every object and follows every link, and lists what nothing names. `atom verify` checks the refs, the operation log and the indexes too.',
  options: { dangling: flag('Only list what nothing names') },
  examples: [['atom fsck', 'objects, links and what dangles'], ['atom fsck --dangling', 'only what nothing names']],
  operation: fsck,
  render: (result, _view, { options }) => (options.dangling ? renderDangling(result) : renderFsck(result)),
  json: fsckJson,
  exit: ({ ok }) => (ok ? 0 : 1),
})
