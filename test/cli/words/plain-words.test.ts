import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { defineCommand, flag, toggle } from '../../../src/cli/command.js'
import type { Command } from '../../../src/cli/words/declaration.js'
import { parseByCommander } from '../../../src/cli/words/parse.js'
import { readPlainWords } from '../../../src/cli/words/plain-words.js'
import { addCommand as realAdd } from '../../../src/cli/commands/add.js'
import { logCommand as realLog } from '../../../src/cli/commands/log.js'
import { statusCommand } from '../../../src/cli/commands/status.js'
import { addCommand, logCommand, runCommand } from '../sample.js'

const oddCommand = defineCommand({
  name: 'x', group: 'look', summary: 'x', examples: [['x', 'x']], positionals: ['kind', 'more?'], choices: { kind: ['a', 'b'] },
  options: { merges: flag('Only', { conflicts: ['noMerges'] }), noMerges: flag('None'), noPatch: flag('No files', { short: 's' }), ff: toggle('Fast') }, perform: async () => undefined,
})
const COMMANDS: readonly Command[] = [addCommand, logCommand, runCommand, oddCommand, realAdd, realLog, statusCommand]

const byCommander = (command: Command, words: readonly string[]): unknown => {
  try {
    const outcome = parseByCommander(command, command.name, words)
    return outcome.is === 'parsed' ? outcome.parsed : outcome.is
  } catch (error) {
    if (isAtomError(error, 'USAGE')) return 'refused'
    throw error
  }
}

const optionWords = (command: Command): string[] => Object.entries(command.options).flatMap(([key, { short }]) => {
  const long = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  return [long, `${long}=3`, `${long}=a=b`, `${long}=`, long.replace('--', '--no-'), ...(short === undefined ? [] : [`-${short}`, `-${short}3`])]
})
const OTHERS = [
  'a', 'b', 'c', 'CFG', 'k=v', '3', '0', '64K', '-1', '-3', '-', '--', '', '=', '-x', '--unknown', '-C', '-C=a', '-Ca', '--branch', '--branch=side', '--branch=', '--json', '--json=1', '-q', '-v', '-qv',
  '--quiet', '--verbose', '--no-color', '--no-pager', '--color', '-h', '--help', 'ä', '__proto__', '--__proto__', '--constructor=x', '--to-string', '4.5', 'oneline', 'mermaid', '-p', '-n', 'constructor=1',
]

describe('readPlainWords', () => {
  it('reads as commander does, whatever it reads', () => {
    let read = 0
    fc.assert(fc.property(
      fc.constantFrom(...COMMANDS).chain((command) => fc.tuple(fc.constant(command), fc.array(fc.constantFrom(...OTHERS, ...optionWords(command)), { maxLength: 7 }))),
      ([command, words]) => {
        const plain = readPlainWords(command, words)
        if (plain === undefined) return
        read++
        expect(plain, words.join(' ')).toEqual(byCommander(command, words))
      },
    ), { numRuns: 6_000 })
    expect(read).toBeGreaterThan(600)
  })

  it('reads what agents write', () => {
    expect(readPlainWords(realAdd, ['CFG', 'a title', '--reason', 'why', '--meta', 'a=b', '--meta', 'c=d', '--agent', 'qwen', '--json'])).toMatchObject({
      positionals: { type: 'CFG', title: 'a title' }, options: { reason: 'why', meta: [['a', 'b'], ['c', 'd']], agent: 'qwen' }, flags: { json: true },
    })
    expect(readPlainWords(realLog, ['-n', '20', 'main'])).toMatchObject({ positionals: { revs: ['main'] }, options: { maxCount: 20 } })
    expect(readPlainWords(realLog, ['-3', '--oneline'])).toMatchObject({ options: { maxCount: 3, oneline: true } })
    expect(readPlainWords(statusCommand, [])).toMatchObject({ positionals: {}, flags: { folders: [], json: false } })
  })

  it('leaves to commander what may be a mistake, or is written in another way', () => {
    for (const words of [['--reasn', 'x'], ['CFG', 'x', '--reason'], ['CFG', 'x', '--reason', '--json'], ['--help'], ['-n20'], ['--', 'CFG'], ['--tokens', 'many']]) expect(readPlainWords(realAdd, words)).toBeUndefined()
    expect(readPlainWords(realLog, ['--oneline', '--format', 'dot'])).toBeUndefined()
    expect(readPlainWords(runCommand, ['make'])).toBeUndefined()
  })
})
