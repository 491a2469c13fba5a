import { AtomError } from '../../base/errors.js'
import { log } from '../../ops/look/log.js'
import type { LogEntry } from '../../ops/look/log-entry.js'
import type { LogDetail, LogInput } from '../../ops/look/log-input.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, flag, integer, list, text, toggle, type Command } from '../command.js'
import type { Host } from '../host.js'
import { detailOf } from '../render/log-format.js'
import { renderLog, type LogFormat, type LogView } from '../render/log.js'

interface LogWords {
  readonly oneline: boolean
  readonly graph: boolean
  readonly format: string | undefined
  readonly patch: boolean
  readonly stat: boolean
  readonly nameOnly: boolean
  readonly nameStatus: boolean
}

const NAMED = ['oneline', 'medium', 'short', 'json', 'mermaid', 'dot'] as const

export const logCommand: Command = defineCommand({
  name: 'log',
  group: 'look',
  summary: 'Show the trail',
  description: [
    'Newest first, parents after their children. REV may be a range: A..B, A...B, ^A. With paths: the ATOMs that changed them; of a merge that took a file as one side had it, only that side is followed, as in git.',
    'FORMAT is oneline, medium, json, mermaid, dot, or a text with git\'s placeholders: %H %h object id, %i atom id, %y type, %o operation, %an agent, %ad %aI %at %ar time, %s title, %b reason, %P %p parents, %T tree, %j project, %d %D names, %n, %%, %x00.',
    'Patterns of --grep are extended regular expressions, searched line by line in title and reason.',
  ].join('\n\n'),
  positionals: ['revs...?'],
  afterDashes: 'PATH...',
  options: {
    maxCount: integer('N', 'Show at most N ATOMs', { short: 'n', digits: true }),
    skip: integer('N', 'Leave out the first N'),
    oneline: flag('One line each', { conflicts: ['format'] }),
    graph: flag('Draw the branches beside them'),
    format: text('FORMAT', 'How to show each: a name, or a text with %-placeholders'),
    all: flag('From every branch, tag and remote branch'),
    type: list('TYPE', 'Only those of this type', { separator: ',' }),
    op: list('VERB', 'Only those of this operation', { separator: ',' }),
    agent: list('AGENT', 'Only those of this agent'),
    author: list('NAME', 'The same as --agent', { hidden: true }),
    project: list('NAME', 'Only those of this project'),
    since: text('DATE', 'Only those not before this time'),
    after: text('DATE', 'The same as --since', { hidden: true }),
    until: text('DATE', 'Only those not after this time'),
    before: text('DATE', 'The same as --until', { hidden: true }),
    grep: list('PATTERN', 'Only those whose title or reason has it'),
    ignoreCase: flag('Let --grep ignore case', { short: 'i' }),
    fixedStrings: flag('Let --grep take its text as it is', { short: 'F' }),
    reverse: flag('Oldest first'),
    firstParent: flag('Follow only the first parent of a merge'),
    merges: flag('Only merges', { conflicts: ['noMerges'] }),
    noMerges: flag('No merges'),
    follow: flag('Go on under the name that the one path had before'),
    patch: flag('Show what each changed, as patches', { short: 'p' }),
    unified: integer('N', 'Lines of context in patches', { short: 'U' }),
    ignoreAllSpace: flag('Ignore white space in patches', { short: 'w' }),
    findRenames: flag('Show renames as such', { short: 'M' }),
    stat: flag('Show how much each changed'),
    nameOnly: flag('Show the names of what each changed'),
    nameStatus: flag('Show the names, and how each changed'),
    decorate: toggle('Name branches and tags beside the ATOMs (default: on a terminal)'),
  },
  examples: [
    ['atom log --oneline -n 20', 'the last twenty, a line each'],
    ['atom log --graph --all', 'every branch, drawn'],
    ['atom log --type CFG --agent qwen --since monday', 'what qwen configured since Monday'],
    ['atom log -p --follow -- gaming.env', 'every change of a file, also under its old names'],
    ['atom log main..experiment --format "%h %an %s"', 'what a branch has that main has not'],
  ],
  pager: true,
  operation: log,
  toInput: ({ options, positionals, afterDashes, flags }, host: Host): LogInput => {
    const format = formatOf(options)
    return {
      revisions: positionals.revs, paths: afterDashes ?? [],
      all: options.all, types: options.type, operations: options.op, agents: [...options.agent, ...options.author], projects: options.project,
      since: options.since ?? options.after, until: options.until ?? options.before,
      grep: options.grep, ignoreCase: options.ignoreCase, fixed: options.fixedStrings,
      limit: options.maxCount, skip: options.skip, reverse: options.reverse, firstParent: options.firstParent, follow: options.follow,
      merges: options.merges ? 'only' : options.noMerges ? 'without' : undefined,
      contextLines: options.unified, ignoreSpace: options.ignoreAllSpace, renames: options.findRenames,
      detail: detailFor(options, format, flags.json),
      graph: options.graph || format.is === 'mermaid' || format.is === 'dot',
      decorate: !flags.json && (options.decorate ?? (host.output.view.isTerminal || /%[dD]/.test(options.format ?? ''))),
    }
  },
  render: () => [],
  renderStream: (entries, view, { options }) => renderLog(entries, view, viewOf(options)),
  json: (entry: LogEntry) => entry.record === undefined ? entry : toAtomJson(entry.record),
})

function viewOf(words: LogWords): LogView {
  const names = words.nameStatus ? 'status' : words.nameOnly ? 'only' : 'none'
  return { format: formatOf(words), graph: words.graph, stat: words.stat, patch: words.patch, names }
}

function formatOf({ oneline, format }: LogWords): LogFormat {
  if (oneline) return { is: 'oneline' }
  if (format === undefined || format === 'full' || format === 'fuller') return { is: 'medium' }
  const named = NAMED.find((name) => name === format)
  if (named !== undefined) return { is: named }
  const template = /^t?format:([\s\S]*)$/.exec(format)?.[1] ?? format
  if (template.includes('%') || template !== format) return { is: 'custom', text: template }
  throw new AtomError('USAGE', `--format knows no '${format}'`, { data: { option: 'format', value: format }, hint: `one of ${NAMED.join(', ')}, or a text with placeholders such as "%h %an %s"` })
}

/** Reads only what will be shown: a line each needs no files. */
function detailFor(words: LogWords, format: LogFormat, isJson: boolean): LogDetail {
  if (isJson || format.is === 'json') return 'files'
  if (words.patch || words.stat || words.nameOnly || words.nameStatus) return 'patches'
  if (format.is === 'medium' || format.is === 'short') return 'record'
  return format.is === 'custom' ? detailOf(format.text) : 'title'
}
