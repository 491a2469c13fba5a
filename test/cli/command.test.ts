import { describe, expect, expectTypeOf, it } from 'vitest'
import { defineCommand, flag, text } from '../../src/cli/command.js'
import { bisectCommand, logCommand, runCommand } from './sample.js'

const BASE = { name: 'x', group: 'look', summary: 'Do x', examples: [['atom x', 'do it']] } as const

describe('defineCommand', () => {
  it('makes the usage from the declaration', () => {
    expect(logCommand.usage).toBe('log [options] [REV…] [-- PATH…]')
    expect(runCommand.usage).toBe('run [--title TEXT] COMMAND…')
    expect(bisectCommand.usage).toBe('bisect [COMMAND]')
    expect(defineCommand({ ...BASE, positionals: ['shell'], choices: { shell: ['a', 'b'] }, perform: async () => undefined }).usage).toBe('x a|b')
  })

  it('types the words', () => {
    defineCommand({
      ...BASE, positionals: ['a', 'b?', 'c...?'], options: { f: flag('F'), t: text('T', 'T') },
      perform: async (_host, { positionals, options }) => {
        expectTypeOf(positionals).toEqualTypeOf<{ readonly a: string; readonly b: string | undefined; readonly c: readonly string[] }>()
        expectTypeOf(options).toEqualTypeOf<{ readonly f: boolean; readonly t: string | undefined }>()
        await Promise.resolve()
      },
    })
  })

  it('refuses a declaration that contradicts itself', () => {
    const perform = async (): Promise<void> => { await Promise.resolve() }
    expect(() => defineCommand({ ...BASE, options: { json: flag('J') }, perform })).toThrow('--json is a global option')
    expect(() => defineCommand({ ...BASE, options: { a: flag('A', { short: 'q' }) }, perform })).toThrow('-q is taken')
    expect(() => defineCommand({ ...BASE, options: { a: flag('A', { short: 'a' }), b: flag('B', { short: 'a' }) }, perform })).toThrow('-a is taken')
    expect(() => defineCommand({ ...BASE, options: { a: flag('A', { conflicts: ['z'] }) }, perform })).toThrow('not declared')
  })
})
