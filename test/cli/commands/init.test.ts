import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('makes a store and says what to do next', async () => {
  const made = await cli.run(['init'])
  expect(made).toMatchObject({ exitCode: 0, stdout: `Made an atom store in ${join(cli.project, '.atom')} (branch main)\n`, stderr: expect.stringContaining('atom add DECISION') })
  expect(await cli.run(['init', '--json'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('"code":"REPO_EXISTS"') })
})

it.each([[['--branch', 'trunk']], [['-b', 'trunk']], [['-b', 'trunk', '--branch', 'other']]])('names the first branch as %j says', async (flags) => {
  expect(JSON.parse(await cli.ok(['init', ...flags, '--json']))).toMatchObject({ branch: 'trunk', atom: { type: 'INIT', parents: [] } })
  expect(await cli.ok(['branch'])).toBe('* trunk\n')
})

it('takes the branch of the flag only: a session has its branch once there is a store', async () => {
  expect(JSON.parse(await cli.ok(['init', '--json'], { env: { ATOM_BRANCH: 'session' } }))).toMatchObject({ branch: 'main' })
})

it('says nothing with -q, as git does', async () => {
  expect(await cli.run(['init', '-q'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
})
