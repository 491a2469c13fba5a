import { show, type ShowInput, type ShowItem } from '../../ops/look/show.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, flag, integer, text, type Command } from '../command.js'
import { otherJson, renderShow, type ShowView } from '../render/show.js'

interface ShowWords {
  readonly stat: boolean
  readonly patch: boolean
  readonly noPatch: boolean
  readonly nameOnly: boolean
  readonly nameStatus: boolean
  readonly oneline: boolean
  readonly format: string | undefined
}

export const showCommand: Command = defineCommand({
  name: 'show',
  group: 'look',
  summary: 'Show an ATOM, a file or any object',
  description: 'REV:PATH gives the exact bytes of a file. Of a merge the patches are left out unless -m asks for those against its first parent.',
  usage: 'show [options] [REV[:PATH]…] [-- PATH…]',
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options: {
    stat: flag('Show how much changed in place of the patches'),
    patch: flag('Show the patches (default)', { short: 'p' }),
    noPatch: flag('Show no files', { short: 's' }),
    nameOnly: flag('Show the names of the files that changed'),
    nameStatus: flag('Show the names, and how each changed'),
    unified: integer('N', 'Lines of context', { short: 'U' }),
    ignoreAllSpace: flag('Ignore white space', { short: 'w' }),
    findRenames: flag('Show renames as such', { short: 'M' }),
    mergePatches: flag('Show what a merge changed against its first parent', { short: 'm' }),
    oneline: flag('One line each, then the files'),
    format: text('FORMAT', 'A text with %-placeholders, as atom log --format takes it'),
  },
  examples: [
    ['atom show', 'the ATOM at HEAD, with what it changed'],
    ['atom show ATOM-CFG-20241127-003 --stat', 'one ATOM, and how much of which file it changed'],
    ['atom show HEAD~3:gaming.env', 'a file as it was three ATOMs before'],
  ],
  pager: true,
  operation: show,
  toInput: ({ positionals, options, afterDashes, flags }, host): ShowInput => ({
    revisions: positionals.revs, paths: afterDashes ?? [],
    detail: flags.json ? 'files' : viewOf(options).files === 'none' ? 'record' : 'patches',
    contextLines: options.unified, ignoreSpace: options.ignoreAllSpace, renames: options.findRenames, mergePatches: options.mergePatches,
    contents: flags.json ? 'text' : 'bytes',
    decorate: !flags.json && (host.output.view.isTerminal || /%[dD]/.test(options.format ?? '')),
  }),
  render: (item, view, { options }) => renderShow(item, view, viewOf(options)),
  json: (item: ShowItem) => item.is !== 'atom' ? otherJson(item) : item.entry.record === undefined ? null : toAtomJson(item.entry.record),
})

function viewOf(words: ShowWords): ShowView {
  const form = words.oneline || words.format === 'oneline' ? 'oneline' : words.format === undefined ? 'full' : { custom: words.format.replace(/^t?format:/, '') }
  return { form, files: filesOf(words) }
}

function filesOf(words: ShowWords): ShowView['files'] {
  if (words.noPatch) return 'none'
  if (words.nameStatus) return 'status'
  if (words.nameOnly) return 'names'
  if (words.stat) return words.patch ? 'patch-and-stat' : 'stat'
  return 'patch'
}
