import { expect, it } from 'vitest'
import { verifyCommand } from '../../src/cli/commands/verify.js'
import { objectKey } from '../../src/store/keys.js'
import { readObject } from '../../src/store/objects.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import type { MemoryRepo } from '../helpers/memory-repo.js'
import { aHistory } from '../helpers/small-history.js'

async function broken(): Promise<MemoryRepo> {
  const repo = await aHistory()
  await repo.store.write({ puts: [], deletes: [objectKey(readObject(repo.objects, repo.index.node(3).id, 'atom').body)] }, 'sync')
  return repo
}

it('verify ends with 0 and says what is proved, and what cannot be', async () => {
  const { stdout, exitCode } = await runInProcess(verifyCommand, [], { runOperation: answersOf(await aHistory()) })
  expect([exitCode, stdout.trimEnd().split('\n').at(-1)]).toEqual([0, expect.stringMatching(/^ok 6 ATOMs, \d+ objects, [\d,]+ bytes, root [0-9a-f]{64}$/)])
  expect(stdout).toMatch(/^not-provable /m)
  expect((await runInProcess(verifyCommand, ['-q'], { runOperation: answersOf(await aHistory()) })).stdout.split('\n')).toHaveLength(2)
})

it('verify ends with 1 at an error, first what was found, then the verdict', async () => {
  const { stdout, exitCode } = await runInProcess(verifyCommand, [], { runOperation: answersOf(await broken()) })
  expect([exitCode, stdout.split('\n')[0], stdout.trimEnd().split('\n').at(-1)]).toEqual([1, expect.stringMatching(/^error {3}\S+ /), expect.stringMatching(/^\d+ errors? 6 ATOMs/)])
  const json = JSON.parse((await runInProcess(verifyCommand, ['--json'], { runOperation: answersOf(await broken()) })).stdout) as { readonly ok: boolean; readonly findings: readonly unknown[] }
  expect(json).toMatchObject({ ok: false, atoms: 6, findings: expect.arrayContaining([expect.objectContaining({ severity: 'error', code: expect.any(String) as string, message: expect.any(String) as string })]) as unknown })
})
