import { AtomError } from '../../base/errors.js'
import { diff, type DiffInput } from '../../ops/look/diff.js'
import { defineCommand, flag, integer, text, type Command } from '../command.js'
import { diffJson, renderDiff, type DiffView } from '../render/diff.js'

interface DiffWords {
  readonly stat: boolean
  readonly shortstat: boolean
  readonly patch: boolean
  readonly nameOnly: boolean
  readonly nameStatus: boolean
}

export const diffCommand: Command = defineCommand({
  name: 'diff',
  group: 'look',
  summary: 'Show what differs between two ATOMs, or from the files on disk',
  description: 'Without REV: the tracked files on disk against what was last laid out or recorded. With one: against it. With two, A..B or A...B (since they parted): between them, with the fields of the two records above the patches. REV:PATH is a file or folder of that ATOM: two of them are compared, one with the file on disk. The output applies with git apply.',
  usage: 'diff [options] [A [B]] [-- PATH…]',
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options: {
    stat: flag('Show how much changed'),
    shortstat: flag('Show the sum alone'),
    patch: flag('Show the patches too, with --stat', { short: 'p' }),
    nameOnly: flag('Show the names of the files alone'),
    nameStatus: flag('Show the names, and how each changed'),
    exitCode: flag('Exit with 1 when a file differs'),
    ignoreAllSpace: flag('Ignore white space', { short: 'w' }),
    unified: integer('N', 'Lines of context (default: 3)', { short: 'U' }),
    findRenames: text('PERCENT', 'Show renames as such, from this similarity on', { short: 'M', bare: '50' }),
    cached: flag('There is no staging area: nothing is ever staged', { hidden: true }),
  },
  examples: [
    ['atom diff', 'what changed on disk since it was last recorded'],
    ['atom diff ATOM-CFG-20241127-002 HEAD --stat', 'how much changed between two ATOMs'],
    ['atom diff main...experiment -- gaming.env', 'what a branch did to a file since it parted'],
    ['atom diff HEAD~3:gaming.env HEAD:gaming.env', 'two states of one file, or two files'],
    ['atom diff HEAD~3 HEAD > fix.patch', 'a patch for git apply'],
  ],
  pager: true,
  operation: diff,
  toInput: ({ positionals, options, afterDashes }): DiffInput => {
    if (options.cached) throw new AtomError('USAGE', 'there is no staging area, so nothing is staged', { data: { option: 'cached' }, hint: 'atom diff: what is not recorded yet; atom show: what was recorded last' })
    const similarity = options.findRenames === undefined ? undefined : percentOf(options.findRenames)
    return {
      revisions: positionals.revs, paths: afterDashes ?? [], contextLines: options.unified, ignoreSpace: options.ignoreAllSpace,
      renames: similarity !== undefined, similarity,
    }
  },
  render: (result, view, { options }) => renderDiff(result, view, viewOf(options)),
  json: diffJson,
  exit: (result, { options }) => options.exitCode && result.files.length > 0 ? 1 : 0,
})

function viewOf(words: DiffWords): DiffView {
  if (words.nameStatus) return { files: 'status' }
  if (words.nameOnly) return { files: 'names' }
  if (words.stat) return { files: words.patch ? 'patch-and-stat' : 'stat' }
  return { files: words.shortstat ? 'shortstat' : 'patch' }
}

/** Returns `60` of 60 or 60%. */
function percentOf(word: string): number {
  const percent = /^\d{1,3}%?$/.test(word) ? Number.parseInt(word, 10) : 101
  if (percent <= 100) return percent
  throw new AtomError('USAGE', `-M takes a percentage, not '${word}'`, { data: { option: 'find-renames', value: word }, hint: '-M=60' })
}
