import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('begins a branch at an ATOM, with the files as they were there', async () => {
  await cli.ok(['init', '--quiet'])
  const file = join(cli.project, 'a.env')
  for (const value of ['1', '2']) {
    writeFileSync(file, `A=${value}\n`)
    await cli.ok(['CFG', `set ${value}`, '--file', 'a.env'])
  }
  expect(JSON.parse(await cli.ok(['fork', 'ATOM-CFG-20260102-002', 'try', '--json']))).toMatchObject({ name: 'try', atom_id: 'ATOM-CFG-20260102-002', current: true })
  expect(readFileSync(file, 'utf8')).toBe('A=1\n')
  expect(await cli.ok(['branch'])).toBe('  main\n* try\n')
  await cli.ok(['fork', 'main', 'session', '--branch', 'main'])
  expect(await cli.ok(['branch', '--show-current'])).toBe('try\n')
  writeFileSync(file, 'local\n')
  expect(await cli.run(['fork', 'main', 'again'])).toMatchObject({ exitCode: 4 })
})
