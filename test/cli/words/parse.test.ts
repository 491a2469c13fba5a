import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { defineCommand, flag } from '../../../src/cli/command.js'
import type { Command } from '../../../src/cli/words/declaration.js'
import { parseWords } from '../../../src/cli/words/parse.js'
import { addCommand, logCommand, runCommand } from '../sample.js'

const parsed = (command: Command, ...words: string[]) => {
  const outcome = parseWords(command, command.name, words)
  if (outcome.is === 'help') throw new TypeError('help')
  return outcome.parsed
}
const refusal = (command: Command, ...words: string[]): string => {
  try {
    parseWords(command, command.name, words)
  } catch (error) {
    if (isAtomError(error, 'USAGE')) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  return 'taken'
}

describe('parseWords', () => {
  it('reads every kind of option', () => {
    const words = ['main', '-n', '3', '--agent', 'a,b', '--agent=c', '--meta', 'k=v=w', '--meta', '__proto__=x', '--size', '64K', '--cost', '0.5', '--no-follow', '--oneline']
    expect(parsed(logCommand, ...words)).toMatchObject({
      positionals: { revs: ['main'] }, afterDashes: undefined,
      options: { limit: 3, agent: ['a', 'b', 'c'], meta: [['k', 'v=w'], ['__proto__', 'x']], size: 65_536, cost: 0.5, follow: false, oneline: true, format: undefined },
    })
  })

  it('fills in what is absent', () => {
    expect(parsed(logCommand)).toEqual({
      positionals: { revs: [] }, afterDashes: undefined,
      options: { limit: undefined, agent: [], oneline: false, format: undefined, stat: undefined, meta: [], size: undefined, cost: undefined, follow: undefined },
      flags: { folders: [], branch: undefined, json: false, quiet: false, verbose: false, color: true, pager: true },
    })
  })

  it('reads flags whose own name begins with no, beside those that they deny', () => {
    const command = defineCommand({ name: 'x', group: 'look', summary: 'x', examples: [['x', 'x']], options: { merges: flag('Only'), noMerges: flag('None'), noPatch: flag('No files', { short: 's' }) }, perform: async () => undefined })
    expect(parsed(command).options).toEqual({ merges: false, noMerges: false, noPatch: false })
    expect(parsed(command, '--no-merges', '-s').options).toEqual({ merges: false, noMerges: true, noPatch: true })
    expect(parsed(command, '--merges', '--no-patch').options).toEqual({ merges: true, noMerges: false, noPatch: true })
  })

  it('takes global flags anywhere', () => {
    const { flags } = parsed(addCommand, '-C', 'a', 'CFG', '--json', 'title', '-q', '-C', 'b', '--no-color', '--no-pager', '-v', '--branch', 'side')
    expect(flags).toEqual({ folders: ['a', 'b'], branch: 'side', json: true, quiet: true, verbose: true, color: false, pager: false })
  })

  it('sets apart what follows the dashes, also when that is nothing', () => {
    expect(parsed(logCommand, 'a', '--', '--oneline', 'b').afterDashes).toEqual(['--oneline', 'b'])
    expect(parsed(logCommand, '--').afterDashes).toEqual([])
    expect(parsed(addCommand, '--', 'CFG', '--title').positionals).toEqual({ type: 'CFG', title: '--title' })
  })

  it('passes through what belongs to another command', () => {
    expect(parsed(runCommand, '--title', 'x', 'make', '--json', '-q').positionals).toEqual({ command: ['make', '--json', '-q'] })
    expect(parsed(runCommand, '--', 'make', '--', '-j').positionals).toEqual({ command: ['make', '--', '-j'] })
    expect(parsed(runCommand, '--json', 'make').flags.json).toBe(true)
  })

  it('reads -3 and a bare option without swallowing the next word', () => {
    expect(parsed(logCommand, '-3').options).toMatchObject({ limit: 3 })
    expect(parsed(logCommand, '--stat', 'main')).toMatchObject({ options: { stat: '80' }, positionals: { revs: ['main'] } })
    expect(parsed(logCommand, '--stat=40').options).toMatchObject({ stat: '40' })
    expect(parsed(logCommand, '--', '-3').afterDashes).toEqual(['-3'])
  })

  it('refuses what is not declared, in one line with a hint', () => {
    expect(refusal(logCommand, '--onelin')).toBe("unknown option '--onelin' | did you mean --oneline? See atom help log")
    expect(refusal(logCommand, '--limit', 'x')).toMatch(/^option '-n, --limit <N>' argument 'x' is invalid. it is not a number \| atom help log$/)
    expect(refusal(logCommand, '--limit', '1.5')).toContain('it is not a whole number')
    expect(refusal(logCommand, '--limit=-1')).toContain('it must be at least 0')
    expect(refusal(logCommand, '--format', 'svg')).toContain('it must be one of mermaid, dot')
    expect(refusal(logCommand, '--meta', 'novalue')).toContain('it must be KEY=VALUE')
    expect(refusal(logCommand, '--oneline', '--format', 'dot')).toContain('cannot be used with')
    expect(refusal(addCommand, 'CFG')).toBe('missing TITLE | atom help add')
    expect(refusal(addCommand, 'a', 'b', 'c')).toContain('too many arguments')
    for (const words of [['--limit', 'x'], ['--onelin']]) expect(refusal(logCommand, ...words)).not.toContain('\n')
  })

  it('sees --help wherever it stands, but not in a command that is passed through', () => {
    expect(parseWords(addCommand, 'add', ['--help']).is).toBe('help')
    expect(parseWords(addCommand, 'add', ['CFG', '-h']).is).toBe('help')
    expect(parseWords(runCommand, 'run', ['make', '--help']).is).toBe('parsed')
  })
})
