import { expect, it } from 'vitest'
import { exportJsonlCommand } from '../../src/cli/commands/export-jsonl.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aHistory } from '../helpers/small-history.js'

const lines = async (...words: readonly string[]): Promise<readonly { readonly kind: string; readonly title?: string }[]> =>
  (await runInProcess(exportJsonlCommand, words, { runOperation: answersOf(await aHistory()) })).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly kind: string })

it('writes one object a line, from the first that says what it is to the last that says how many', async () => {
  const all = await lines()
  expect([all[0], all.at(-1)]).toEqual([{ kind: 'trail', version: 1 }, { kind: 'end', atoms: 6 }])
  expect(all.filter(({ kind }) => kind === 'atom').map(({ title }) => title)).toEqual(['Start of demo', 'one', 'two needle', 'three', 'four', 'five'])
  expect((await lines('--json')).length).toBe(all.length)
})

it('writes a part, and refuses what is none', async () => {
  expect((await lines('side..HEAD')).filter(({ kind }) => kind === 'atom').map(({ title }) => title)).toEqual(['three', 'five'])
  expect(await codeOfAsync(() => lines('nothing'))).toBe('REVISION_NOT_FOUND')
})
