import { AtomError } from '../../base/errors.js'
import { grep, type GrepInput, type GrepMatch } from '../../ops/look/grep.js'
import { displayPath } from '../../tree/scope.js'
import { defineCommand, flag, list, type Command } from '../command.js'
import type { Line, Span } from '../terminal/output.js'

interface GrepWords {
  readonly regexp: readonly string[]
  readonly ignoreCase: boolean
  readonly lineNumber: boolean
  readonly filesWithMatches: boolean
  readonly nameOnly: boolean
  readonly count: boolean
  readonly fixedStrings: boolean
  readonly wordRegexp: boolean
  readonly invertMatch: boolean
}

export const grepCommand: Command = defineCommand({
  name: 'grep',
  group: 'look',
  summary: 'Search tracked files',
  description: 'Searches the files as they were recorded last, or in REV; in a folder of the project only those in it, as git does. Patterns are extended regular expressions without back-references and look-around, so that none can take long; -F takes the text as it is. Exits with 1 when nothing is found.',
  usage: 'grep [options] PATTERN [REV] [-- PATH…]',
  positionals: ['pattern?', 'rev?'],
  afterDashes: 'PATH...',
  options: {
    regexp: list('PATTERN', 'A pattern; several are joined by or', { short: 'e' }),
    ignoreCase: flag('Ignore case', { short: 'i' }),
    lineNumber: flag('Show line numbers', { short: 'n' }),
    filesWithMatches: flag('Show the names of the files alone', { short: 'l' }),
    nameOnly: flag('The same as -l', { hidden: true }),
    count: flag('Show how many lines of each file', { short: 'c' }),
    fixedStrings: flag('Take the pattern as it is', { short: 'F' }),
    extendedRegexp: flag('Take extended patterns, as is the default', { short: 'E' }),
    wordRegexp: flag('Find whole words only', { short: 'w' }),
    invertMatch: flag('Show the lines without it'),
  },
  examples: [
    ['atom grep -n RADV_DEBUG', 'where a variable is set'],
    ['atom grep -l "DXVK_(HUD|VERSION)" HEAD~20 -- configs', 'which files had one of them twenty ATOMs ago'],
  ],
  pager: true,
  perform: async (host, { positionals, options, afterDashes }) => {
    const [patterns, revision] = wordsOf(options, positionals)
    const input: GrepInput = {
      patterns, revision, paths: afterDashes ?? [], ignoreCase: options.ignoreCase, fixed: options.fixedStrings, word: options.wordRegexp, invert: options.invertMatch, from: 'here',
      want: options.filesWithMatches || options.nameOnly ? 'files' : options.count ? 'counts' : 'lines',
    }
    let isFound = false
    for await (const match of await host.runOperation(grep, input) as AsyncIterable<GrepMatch>) {
      host.signal.throwIfAborted()
      isFound = true
      await (host.output.isJson ? host.output.json(matchJson(match)) : host.output.line(matchLine(match, revision, options)))
    }
    return isFound ? 0 : 1
  },
})

/** With -e the first bare word is the revision already. */
function wordsOf(options: GrepWords, { pattern, rev }: { readonly pattern: string | undefined; readonly rev: string | undefined }): readonly [patterns: readonly string[], revision: string | undefined] {
  if (options.regexp.length > 0) return [options.regexp, pattern]
  if (pattern === undefined || pattern === '') throw new AtomError('USAGE', 'there is no pattern to search for', { data: {}, hint: 'atom grep PATTERN, or atom grep -e PATTERN' })
  return [[pattern], rev]
}

function matchLine({ path, seen = displayPath(path), line, text, count, isBinary }: GrepMatch, revision: string | undefined, options: GrepWords): Line {
  const name: readonly Span[] = [...(revision === undefined ? [] : [['plain', `${revision}:`]] as const), ['path', seen]]
  if (count !== undefined) return [...name, ['plain', `:${String(count)}`]]
  if (line === undefined) return isBinary && !options.filesWithMatches && !options.nameOnly ? [['plain', 'Binary file '], ...name, ['plain', ' matches']] : name
  return [...name, ['plain', ':'], ...(options.lineNumber ? [['count', String(line)], ['plain', ':']] as const : []), ['content', text ?? '']]
}

function matchJson({ path, line, text, count, isBinary }: GrepMatch): unknown {
  return { path: displayPath(path), line: line ?? null, text: text ?? null, binary: isBinary, ...(count !== undefined && { count }) }
}
