import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('names ATOMs, and says who did when and why in a tag object', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['tag', 'plain'])
  const made = JSON.parse(await cli.ok(['tag', '-a', 'v1', '-m', 'shipped', '--json'])) as Record<string, unknown>
  expect(made).toMatchObject({ name: 'v1', atom_id: 'ATOM-INIT-20260102-001', annotated: true, agent: 'user:ann', message: 'shipped' })
  expect(await cli.ok(['tag'])).toBe('plain\nv1\n')
  expect(await cli.ok(['tag', '-l', 'v*'])).toBe('v1\n')
  expect(await cli.run(['tag', '-a', 'v2'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('-m') })
  expect(await cli.run(['tag', 'v1'])).toMatchObject({ exitCode: 4 })
  expect(await cli.ok(['tag', '-d', 'v1', 'plain'])).toContain('Deleted tag v1')
})
