import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()

it('shows every move of a ref, for people and for programs', async () => {
  await cli.ok(['init', '--quiet'])
  await cli.ok(['branch', 'side'])
  const [newest, oldest] = (await cli.ok(['op', 'log', '--json'])).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(newest).toMatchObject({ seq: 2, agent: 'user:ann', command: 'branch', time: '2026-01-02T03:04:07.000Z', changes: [{ ref: 'refs/heads/side', before: null, after: expect.stringMatching(/^[0-9a-f]{64}$/) }] })
  expect(oldest).toMatchObject({ seq: 1, changes: [{ ref: 'HEAD', before: null, after: 'refs/heads/main' }, { ref: 'refs/heads/main' }] })
  expect(await cli.ok(['op', 'log', '-1'])).toMatch(/^[0-9a-f]{10} #2 2026-01-02T03:04:07\.000Z user:ann branch\n {4}side \(none\) → [0-9a-f]{10}\n$/)
  expect(await cli.ok(['reflog', 'main'])).toMatch(/^[0-9a-f]{10} main@\{0\}: init: ATOM-INIT-20260102-001 Start of project/)
  expect(await cli.run(['reflog', 'never'])).toMatchObject({ exitCode: 3 })
})
