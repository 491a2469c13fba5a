import { expect, it } from 'vitest'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

/** Records the same trail, up to one title: whoever has the files of a store can make any other one with its id, log included. */
async function makeTrail(folder: string, title: string): Promise<{ readonly cwd: string; readonly tip: string }> {
  const cwd = `${cli.project}/${folder}`
  const steps = [['init', '-q', '--project', 'p', cwd], ['add', 'DECISION', 'one', '-q'], ['add', 'DECISION', title, '-q'], ['add', 'TASK', 'three', '-q']]
  for (const [index, words] of steps.entries()) await cli.ok(words, { ...(index > 0 && { cwd }), env: { ATOM_NOW_MS: String(1_764_000_000_000 + index), ATOM_RANDOM_SEED: String(index) } })
  return { cwd, tip: (await cli.ok(['rev-parse', 'HEAD'], { cwd })).trim() }
}

it('history that was rewritten with its log looks whole: verify says that it cannot tell, and an id noted elsewhere tells', async () => {
  const real = await makeTrail('real', 'we chose A')
  const forged = await makeTrail('forged', 'we chose B')
  expect(JSON.parse(await cli.ok(['verify', '--json'], { cwd: forged.cwd }))).toMatchObject({ ok: true, claims: expect.arrayContaining([expect.objectContaining({ claim: 'the tail was not rewound', status: 'not-provable' })]) as unknown })
  expect(await cli.ok(['verify'], { cwd: forged.cwd })).toContain('a store whose log was rewritten too looks whole')
  expect(await cli.run(['verify', '--expect', real.tip], { cwd: forged.cwd })).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('expected-missing') as string })
  expect(JSON.parse(await cli.ok(['verify', '--expect', real.tip, '--json'], { cwd: real.cwd }))).toMatchObject({ ok: true, claims: expect.arrayContaining([expect.objectContaining({ claim: 'the tail was not rewound', status: 'proved' })]) as unknown })
})
