/**
 * `bisect`: the search by halves for the ATOM that broke something.
 *
 * Only words and wiring: the search is a state in the store (`ops/search/bisect.ts`), and the loop of `bisect run` stands in `cli/bisect/run.ts`.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AtomError } from '../../base/errors.js'
import { bisectLog, bisectMark, bisectNext, bisectReplay, bisectReset, bisectStart, bisectSuspects, type BisectLog, type BisectMarkInput, type BisectReport } from '../../ops/search/bisect.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, defineGroup, flag, list, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import { parseWords } from '../words/parse.js'
import { bisectJson, candidateHints, candidateLine, renderBisect } from '../render/bisect.js'
import { quoteWord } from '../../ops/quote-word.js'
import { splitWords } from '../words/shell-words.js'

async function show(host: Host, report: BisectReport): Promise<number> {
  if (host.output.isJson) await host.output.json(bisectJson(report))
  else {
    for (const line of renderBisect(report)) await host.output.line(line)
    for (const line of candidateHints(report)) host.output.note(line)
  }
  return report.state === 'stuck' || report.state === 'empty' ? 1 : 0
}

const startOptions = {
  type: list('TYPE', 'Only ATOMs of these types can be the break', { separator: ',' }),
  termBad: text('WORD', 'Say WORD for bad'),
  termNew: text('WORD', 'The same as --term-bad', { hidden: true }),
  termGood: text('WORD', 'Say WORD for good'),
  termOld: text('WORD', 'The same as --term-good', { hidden: true }),
  firstParent: flag('Search the first-parent line only'),
}

const start: Command = defineCommand({
  name: 'start',
  group: 'search',
  summary: 'Start the search',
  description: 'BAD is where it is broken, GOOD where it was not yet. Paths after -- and --type say what can be the break at all.',
  usage: 'bisect start [options] [BAD [GOOD…]] [-- PATH…]',
  positionals: ['bad?', 'goods...?'],
  afterDashes: 'PATH...',
  options: startOptions,
  examples: [
    ['atom bisect start HEAD ATOM-CFG-20241115-003', 'between these two'],
    ['atom bisect start --type CFG main main~60 -- gaming.env', 'only CFG ATOMs that changed gaming.env'],
    ['atom bisect start --term-bad fast --term-good slow', 'search for what made it fast'],
  ],
  perform: async (host, { positionals, options, afterDashes }) => show(host, await host.runOperation(bisectStart, {
    bad: positionals.bad, good: positionals.goods, types: options.type, paths: afterDashes ?? [], firstParent: options.firstParent,
    termBad: options.termBad ?? options.termNew, termGood: options.termGood ?? options.termOld,
  }) as BisectReport),
})

function marking(name: string, summary: string, settings: { readonly aliases?: readonly string[]; readonly hidden?: boolean } = {}): Command {
  return defineCommand({
    name, group: 'search', summary, ...settings,
    positionals: ['revs...?'],
    examples: [[`atom bisect ${name}`, 'the candidate'], [`atom bisect ${name} ATOM-CFG-20241120-002`, 'another one']],
    perform: async (host, { positionals }) => show(host, await host.runOperation(bisectMark, { word: name, revisions: positionals.revs }) as BisectReport),
  })
}

const word: Command = defineCommand({
  name: 'mark',
  group: 'search',
  summary: 'Say one of the two terms',
  description: 'With --term-bad and --term-good the words are commands: `atom bisect fast`.',
  usage: 'bisect TERM [REV…]',
  positionals: ['term', 'revs...?'],
  examples: [['atom bisect mark fast', 'the candidate is fast already'], ['atom bisect fast', 'the same']],
  perform: async (host, { positionals }) => show(host, await host.runOperation(bisectMark, { word: positionals.term, revisions: positionals.revs }) as BisectReport),
})

const run: Command = defineCommand({
  name: 'run',
  group: 'search',
  summary: 'Let a command judge each candidate',
  description: 'Each candidate is laid out in a scratch folder, project files at its root, and the command runs there: exit code 0 means good, 125 skip, 1 to 127 bad, 128 and more stop the search. '
    + 'In its environment are ATOM_OBJECT, ATOM_ID, ATOM_HOME_FILES and ATOM_SYSTEM_FILES. Your own files are never touched.',
  usage: 'bisect run CMD [ARG…]',
  positionals: ['command...'],
  passThrough: true,
  examples: [['atom bisect run ./check.sh', 'a script, tracked or not'], ["atom bisect run sh -c '! grep -q RADV_DEBUG gaming.env'", 'bad where the flag is set']],
  perform: async (host, { positionals }) => {
    const [first, ...rest] = positionals.command
    const { bisectRun } = await import('../bisect/run.js')
    return bisectRun(host, first === '--' ? rest : positionals.command)
  },
})

const log: Command = defineCommand({
  name: 'log',
  group: 'search',
  summary: 'Show what was said so far',
  examples: [['atom bisect log', 'lines that atom bisect replay takes back']],
  operation: bisectLog,
  render: ({ lines }: BisectLog) => lines.flatMap(({ command, about }) => [
    ...about.map((what) => [['dim', `# ${command[0] ?? ''}: ${what}`]] as const),
    [['command', `atom bisect ${command.map(quoteWord).join(' ')}`]] as const,
  ]),
})

const replay: Command = defineCommand({
  name: 'replay',
  group: 'search',
  summary: 'Say again what a log says',
  positionals: ['file'],
  examples: [['atom bisect replay search.txt', 'back to that state of the search'], ['atom bisect replay -', 'from stdin']],
  perform: async (host, { positionals }) => {
    const content = positionals.file === '-' ? new TextDecoder().decode(await host.stdin.bytes()) : readLog(resolve(host.cwd, positionals.file))
    return show(host, await host.runOperation(bisectReplay, parseLog(content)) as BisectReport)
  },
})

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AtomError('FILE_UNREADABLE', `cannot read ${path}: ${(cause as { code?: string }).code ?? 'unknown'}`, { data: { path, reason: String((cause as { code?: string }).code) }, cause })
  }
}

/** Returns what a log says; lines of `git bisect` are understood too. */
function parseLog(content: string): { readonly start: unknown; readonly words: readonly BisectMarkInput[] } {
  let begin: unknown
  const words: BisectMarkInput[] = []
  for (const line of content.split('\n')) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) continue
    const [, name = '', ...rest] = splitWords(trimmed.replace(/^(atom|git) /, ''))
    if (!/^(?:(?:atom|git) )?bisect /.test(trimmed)) throw new AtomError('INPUT_INVALID', `not a line of a bisect log: ${trimmed.slice(0, 120)}`, { data: { field: 'file', value: trimmed.slice(0, 120) } })
    if (name !== 'start') {
      words.push({ word: name, revisions: rest })
      continue
    }
    const outcome = parseWords(start, 'bisect start', rest)
    if (outcome.is === 'help') continue
    const { positionals, options, afterDashes } = outcome.parsed as unknown as { readonly positionals: { readonly bad?: string; readonly goods: readonly string[] }; readonly options: { readonly [key: string]: unknown }; readonly afterDashes?: readonly string[] }
    begin = {
      bad: positionals.bad, good: positionals.goods, types: options['type'], paths: afterDashes ?? [], firstParent: options['firstParent'] === true,
      termBad: options['termBad'] ?? options['termNew'], termGood: options['termGood'] ?? options['termOld'],
    }
    words.length = 0
  }
  if (begin === undefined) throw new AtomError('INPUT_INVALID', 'the log does not begin with bisect start', { data: { field: 'file' }, hint: 'atom bisect log writes one' })
  return { start: begin, words }
}

const visualize: Command = defineCommand({
  name: 'visualize',
  aliases: ['view'],
  group: 'search',
  summary: 'Show what can still be the break',
  examples: [['atom bisect visualize', 'the ATOMs between good and bad']],
  pager: true,
  operation: bisectSuspects,
  render: (record) => [candidateLine(record)],
  json: (record) => toAtomJson(record),
})

const terms: Command = defineCommand({
  name: 'terms',
  group: 'search',
  summary: 'Show the words for good and bad',
  options: { termGood: flag('Only the word for good'), termBad: flag('Only the word for bad') },
  examples: [['atom bisect terms', 'both']],
  perform: async (host, { options }) => {
    const report = await host.runOperation(bisectNext, {}) as BisectReport
    if (host.output.isJson) await host.output.json(report.terms)
    else if (options.termGood !== options.termBad) await host.output.line([['plain', options.termGood ? report.terms.good : report.terms.bad]])
    else await host.output.line([['plain', `${report.terms.good} for what is not broken yet, ${report.terms.bad} for what is`]])
  },
})

const next: Command = defineCommand({
  name: 'next',
  group: 'search',
  summary: 'Show what to test next',
  examples: [['atom bisect next', 'the candidate']],
  perform: async (host) => show(host, await host.runOperation(bisectNext, {}) as BisectReport),
})

const reset: Command = defineCommand({
  name: 'reset',
  group: 'search',
  summary: 'End the search',
  description: 'Nothing else changes: your files were never touched.',
  examples: [['atom bisect reset', 'forget what was marked']],
  perform: async (host) => {
    const { wasSearching } = await host.runOperation(bisectReset, {}) as { readonly wasSearching: boolean }
    if (host.output.isJson) await host.output.json({ state: 'reset', candidate: null, remaining: 0, steps_left: 0, first_bad: null, candidates: [], needs: [] })
    else host.output.note([['plain', wasSearching ? 'the search is over' : 'there was no search']])
  },
})

export const bisectCommand: Command = defineGroup({
  name: 'bisect',
  group: 'search',
  summary: 'Find the ATOM that broke something',
  description: 'Halves what lies between a good and a bad ATOM until one is left, on any history: at most ceil(log2 n) + 1 tests on a line.',
  examples: [
    ['atom bisect start HEAD HEAD~60', 'it works at HEAD~60 and is broken now'],
    ['atom bisect run ./check.sh', 'let a command find it'],
    ['atom bisect good', 'or look at each candidate yourself, and say how it is'],
    ['atom bisect reset', 'end it'],
  ],
  subcommands: [
    start, marking('good', 'The candidate is not broken'), marking('bad', 'The candidate is broken'), marking('old', 'The candidate is as it was', { hidden: true }),
    marking('new', 'The candidate has changed', { hidden: true }), marking('skip', 'The candidate cannot be tested'), word, run, next, log, replay, visualize, terms, reset,
  ],
  defaultSubcommand: 'next',
  otherSubcommand: 'mark',
})
