import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { doctorCommand } from '../../src/cli/commands/doctor.js'
import { makePlace } from '../fault/kit.js'
import { runInProcess } from '../helpers/cli.js'

it('says what is wrong and how to mend it, and ends with 1 where that is a problem', async () => {
  await using place = await makePlace()
  const options = { cwd: place.folder, env: { HOME: place.folder, USER: 'ann' } }
  rmSync(join(place.folder, '.atom/trail.log'))
  mkdirSync(join(place.folder, '.atom/trail.log'))
  const { stdout, exitCode } = await runInProcess(doctorCommand, [], options)
  expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/^problem database {4}.*trail\.log is no plain file.*\n +fix: rm -r /m)])
  const lines = (await runInProcess(doctorCommand, ['--json'], options)).stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)
  expect(lines).toContainEqual({ name: 'spool', health: 'ok', message: 'nothing waits', fix: null })
  rmSync(join(place.folder, '.atom/trail.log'), { recursive: true })
  expect(await runInProcess(doctorCommand, ['--reindex', '--json'], options)).toMatchObject({ exitCode: 0, stdout: '{"atoms":1,"ops":1,"left":[]}\n' })
})
