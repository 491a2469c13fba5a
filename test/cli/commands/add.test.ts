import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

interface Shown { readonly atom_id: string; readonly influenced_by: readonly unknown[]; readonly metadata: unknown }

it('tells a git user who names files what does that here', async () => {
  await cli.ok(['init', '--quiet'])
  for (const name of ['a.txt', 'b b.txt']) writeFileSync(join(cli.project, name), 'x')
  for (const [words, paths] of [[['a.txt'], 'a.txt'], [['a.txt', 'b b.txt'], "a.txt 'b b.txt'"], [['.'], '.']] as const) {
    const { stderr, exitCode } = await cli.run(['add', ...words])
    expect([stderr, exitCode]).toEqual([`error: add takes a TYPE first, and ${words[0]} is a file\nhint: atom add CFG "what you did" --file ${paths}\n`, 2])
  }
  expect((await cli.run(['add'])).stderr).toBe('error: missing TYPE\nhint: atom add CFG "what you did" PATH…, or atom commit -a -m "what you did"\n')
  expect((await cli.run(['CFG'])).stderr).toBe('error: missing TITLE\nhint: atom add CFG "what you did"\n')
})

it('says that it made a branch, to programs too', async () => {
  await cli.ok(['init', '--quiet'])
  const { stdout, stderr } = await cli.run(['add', 'DOC', 'one', '--branch', 'side', '--json'])
  expect([(JSON.parse(stdout) as Shown).atom_id, stderr]).toEqual(['ATOM-DOC-20260102-002', 'made branch side from HEAD\n'])
  expect((await cli.run(['add', 'DOC', 'two', '--branch', 'side', '--json'])).stderr).toBe('')
})

it('takes several words after one option', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['add', 'DOC', 'one'])
  const made = JSON.parse(await cli.ok(['add', 'CFG', 'two', '--influenced-by', 'HEAD', 'ATOM-INIT-20260102-001', '--meta', 'a=1', 'b=2', '--json'])) as Shown
  expect([made.influenced_by, made.metadata]).toMatchObject([[{ atom_id: 'ATOM-DOC-20260102-002' }, { atom_id: 'ATOM-INIT-20260102-001' }], { a: '1', b: '2' }])
})
