import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('switches to a branch and back, and takes nothing else without --detach', async () => {
  await cli.ok(['init'])
  expect((await cli.run(['switch', '-c', 'try'])).stderr).toBe('Switched to a new branch try\n')
  expect((await cli.run(['switch', '-'])).stderr).toBe('Switched to branch main\n')
  expect((await cli.run(['switch', 'main'])).stderr).toBe('Already on main\n')
  const refused = await cli.run(['switch', 'ATOM-INIT-20260102-001', '--json'])
  expect(refused.exitCode).toBe(3)
  expect(refused.stderr).toContain('atom switch --detach ATOM-INIT-20260102-001')
  expect((await cli.run(['switch', '--detach', 'main'])).stderr).toMatch(/^HEAD is detached at ATOM-INIT-20260102-001 Start of project\n/)
})
