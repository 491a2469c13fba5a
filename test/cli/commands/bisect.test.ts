import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, useCli } from '../../helpers/cli.js'

const cli = useCli()
const put = (path: string, content: string): void => { writeFileSync(join(cli.project, path), content) }
const scratches = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('atom-bisect-'))

interface Step { readonly state: string; readonly candidate: { readonly title: string } | null; readonly first_bad: { readonly title: string } | null; readonly remaining: number; readonly steps_left: number }

/** Records a line of ATOMs of which one breaks something; as JSON lines, so that it takes one process. */
async function aLine(length: number, broken: number): Promise<void> {
  await cli.ok(['init', '--quiet'])
  for (let step = 1; step <= length; step++) {
    put('game.env', `STEP=${String(step)}\n${step >= broken ? 'RADV_DEBUG=debug\n' : ''}`)
    await cli.ok(['CFG', `step ${String(step)}`, '--file', 'game.env'])
  }
}

it('finds a planted break by a command, never over the user\'s own files', { timeout: 60_000 }, async () => {
  await aLine(12, 8)
  put('game.env', 'mine\n')
  put('check.sh', '#!/bin/sh\nls -A >> "$LOG"; test -n "$ATOM_OBJECT$ATOM_ID$ATOM_HOME_FILES$ATOM_SYSTEM_FILES" || exit 130\necho dirt > game.env.tmp; ! grep -q RADV_DEBUG game.env\n')
  const before = scratches()
  await cli.ok(['bisect', 'start', 'HEAD', 'HEAD~11'])
  const log = join(cli.home, 'log')
  const run = await cli.run(['--json', 'bisect', 'run', 'sh', join(cli.project, 'check.sh')], { env: { LOG: log } })
  const steps = run.stdout.trim().split('\n').map((line) => JSON.parse(line) as Step)
  expect([run.exitCode, steps.at(-1)?.state, steps.at(-1)?.first_bad?.title]).toEqual([0, 'found', 'step 8'])
  expect(steps.slice(0, -1).every(({ state, candidate, first_bad: found }) => state === 'testing' && candidate !== null && found === null)).toBe(true)
  expect(steps.length - 1).toBeLessThanOrEqual(Math.ceil(Math.log2(11)) + 1)
  expect(readFileSync(join(cli.project, 'game.env'), 'utf8')).toBe('mine\n')
  expect(readFileSync(log, 'utf8')).toMatch(/^game\.env\n/)
  expect(scratches()).toEqual(before)
})

it('is told by hand, logged, replayed and reset', { timeout: 60_000 }, async () => {
  await aLine(5, 3)
  expect(await cli.run(['bisect', 'good'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('atom bisect start') })
  expect(await cli.ok(['bisect', 'start', 'HEAD', 'HEAD~4'])).toMatch(/^Bisecting: 1 ATOM left to test after this \(roughly 1 step\)\n[0-9a-f]{10} ATOM-CFG-20260102-004 step 3\n$/)
  await cli.ok(['bisect', 'bad'])
  const log = await cli.ok(['bisect', 'log'])
  expect(log).toContain('# bad: ATOM-CFG-20260102-004 step 3\natom bisect bad ')
  expect(await cli.ok(['bisect', 'good'])).toContain('ATOM-CFG-20260102-004 is the first bad ATOM')
  expect(JSON.parse(await cli.ok(['bisect', 'reset', '--json']))).toMatchObject({ state: 'reset', candidate: null, first_bad: null })
  expect(JSON.parse(await cli.ok(['bisect', 'replay', '-', '--json'], { stdin: log }))).toMatchObject({ state: 'testing', candidate: { title: 'step 2' } })
  expect(await cli.run(['bisect', 'replay', '-'], { stdin: 'rm -rf /\n' })).toMatchObject({ exitCode: 2 })
  expect((await cli.ok(['bisect', 'visualize'])).split('\n')).toHaveLength(3)
  await cli.ok(['bisect', 'start', '--term-bad', 'fast', '--term-good', 'slow'])
  await cli.ok(['bisect', 'fast'])
  expect(await cli.ok(['bisect', 'slow', 'HEAD~4'])).toContain('Bisecting')
  expect(await cli.run(['bisect', 'quick'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('fast, slow or skip') })
})

it('stops at what is no verdict, and tells a command that cannot be found from a break', { timeout: 60_000 }, async () => {
  await aLine(4, 3)
  await cli.ok(['bisect', 'start', 'HEAD', 'HEAD~3'])
  expect(await cli.run(['bisect', 'run', 'sh', '-c', 'exit 200'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('200') })
  expect(await cli.run(['bisect', 'run', './not-there.sh'])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it cannot be found') })
  expect(await cli.run(['bisect', 'run', 'sh', '-c', 'exit 125'])).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Only skipped ATOMs are left') })
})

it('keeps what was marked and leaves nothing behind when it is interrupted', { timeout: 60_000 }, async () => {
  await aLine(6, 4)
  await cli.ok(['bisect', 'start', 'HEAD', 'HEAD~5'])
  const tmp = join(cli.home, 'tmp')
  const flagFile = join(cli.home, 'second')
  mkdirSync(tmp)
  // The first test answers, the second waits to be interrupted.
  const script = `if [ -e "${flagFile}.1" ]; then touch "${flagFile}.2"; sleep 30; fi; touch "${flagFile}.1"; ! grep -q RADV game.env`
  const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), 'bisect', 'run', 'sh', '-c', script], { cwd: cli.project, env: { ...cli.env(), TMPDIR: tmp }, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => { child.on('close', resolve) })
  while (!existsSync(`${flagFile}.2`)) await new Promise((resolve) => setTimeout(resolve, 20))
  const startMs = performance.now()
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(performance.now() - startMs).toBeLessThan(10_000)
  expect(readdirSync(tmp)).toEqual([])
  expect((await cli.ok(['bisect', 'log'])).split('\n').filter((line) => line.startsWith('atom'))).toHaveLength(4)
  expect(await cli.ok(['bisect', 'run', 'sh', '-c', '! grep -q RADV game.env'])).toContain('is the first bad ATOM')
})
