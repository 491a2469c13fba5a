import { expect, it } from 'vitest'
import { lsTreeCommand } from '../../src/cli/commands/ls-tree.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { aHistory } from '../helpers/small-history.js'

const shown = async (...words: readonly string[]): Promise<string> => (await runInProcess(lsTreeCommand, words, { runOperation: answersOf(await aHistory()) })).stdout

it('lists as git does: mode, kind, id, size, a tab, the name', async () => {
  expect(await shown('HEAD')).toMatch(/^100644 file [0-9a-f]{64}\ta\.env\n040000 tree [0-9a-f]{64}\tdir\n100644 file [0-9a-f]{64}\t~\/h\n$/)
  expect(await shown('-l', 'HEAD', 'a.env')).toMatch(/^100644 file [0-9a-f]{64} {7}4\ta\.env\n$/)
  expect(await shown('-l', '-d', 'HEAD')).toMatch(/ {7}-\tdir\n$/)
  expect(await shown('-r', '--name-only', 'HEAD:dir')).toBe('b\n')
  expect(JSON.parse(await shown('--json', 'HEAD:dir'))).toEqual({ mode: '100644', type: 'file', object: expect.stringMatching(/^[0-9a-f]{64}$/) as string, path: 'b', size: null })
})
