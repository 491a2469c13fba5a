import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

const cli = useCli()
const put = (path: string, content: string): void => { writeFileSync(join(cli.project, path), content) }
const read = (path: string): string => readFileSync(join(cli.project, path), 'utf8')

async function twoSides(): Promise<void> {
  await cli.ok(['init', '--quiet'])
  put('f.txt', 'one\ntwo\n')
  put('s.env', 'A=1\nB=1\n')
  await cli.ok(['commit', '-A', '-m', 'base'])
  await cli.ok(['fork', 'HEAD', 'side'])
  put('f.txt', 'one\ntheirs\n')
  put('s.env', 'A=1\nB=2\n')
  await cli.ok(['commit', '-a', '-m', 'theirs'])
  await cli.ok(['switch', 'main'])
  put('f.txt', 'one\nours\n')
  put('s.env', 'A=2\nB=1\n')
  await cli.ok(['commit', '-a', '-m', 'ours'])
}

it('stops with markers, shows in status, refuses to go on, records once it is resolved', async () => {
  await twoSides()
  const stopped = await cli.run(['merge', 'side', '--json'])
  expect(stopped.exitCode).toBe(1)
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/) as unknown
  expect(JSON.parse(stopped.stdout)).toMatchObject({ result: 'conflicts', atom: null, conflicts: [{ path: 'f.txt', kind: 'content', base: digest, ours: digest, theirs: digest }] })
  expect(read('f.txt')).toBe('one\n<<<<<<< main\nours\n=======\ntheirs\n>>>>>>> side\n')
  expect(read('s.env')).toBe('A=2\nB=2\n')
  expect(JSON.parse(await cli.ok(['status', '--json']))).toMatchObject({ changes: [{ path: 'f.txt', change: 'conflict' }] })
  expect(await cli.run(['merge', '--continue'])).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('f.txt') })
  expect(await cli.run(['merge', 'side'])).toMatchObject({ exitCode: 4 })
  put('f.txt', 'one\nboth\n')
  const merged = JSON.parse(await cli.ok(['merge', '--continue', '--json'])) as { result: string; atom: { parents: string[]; type: string; metadata: unknown } }
  expect(merged).toMatchObject({ result: 'merged', atom: { type: 'MERGE', operation: 'merge', metadata: { merged: ['side'], into: 'main' }, files: [{ path: 'f.txt', change: 'modify' }, { path: 's.env', change: 'modify' }] } })
  expect(merged.atom.parents).toHaveLength(2)
  expect(await cli.ok(['merge', 'side'])).toBe('Already up to date.\n')
})

it('puts every byte back on --abort', async () => {
  await twoSides()
  put('untracked', 'mine')
  expect(await cli.run(['merge', 'side'])).toMatchObject({ exitCode: 1, stdout: 'CONFLICT (content): f.txt (both changed it)\n' })
  await cli.ok(['merge', '--abort'])
  expect([read('f.txt'), read('s.env'), read('untracked')]).toEqual(['one\nours\n', 'A=2\nB=1\n', 'mine'])
  expect(await cli.run(['merge', '--abort'])).toMatchObject({ exitCode: 4 })
})

it('takes a binary that was touched, or named, for resolved', async () => {
  await cli.ok(['init', '--quiet'])
  put('x.bin', 'a\0')
  await cli.ok(['commit', '-A', '-m', 'base'])
  await cli.ok(['fork', 'HEAD', 'side'])
  put('x.bin', 'b\0')
  await cli.ok(['commit', '-a', '-m', 'theirs'])
  await cli.ok(['switch', 'main'])
  put('x.bin', 'c\0')
  await cli.ok(['commit', '-a', '-m', 'ours'])
  expect(await cli.run(['merge', 'side'])).toMatchObject({ exitCode: 1 })
  expect(await cli.run(['merge', '--continue'])).toMatchObject({ exitCode: 4 })
  put('x.bin', 'c\0')
  expect(await cli.ok(['merge', '--continue'])).toMatch(/^ATOM-MERGE-/)
})

it('refuses what is no fast-forward under --ff-only, and shows a plan on --dry-run', async () => {
  await twoSides()
  expect(await cli.run(['merge', 'side', '--ff-only'])).toMatchObject({ exitCode: 4 })
  expect(await cli.run(['merge', 'side', '--dry-run'])).toMatchObject({ exitCode: 1 })
  expect(read('f.txt')).toBe('one\nours\n')
  expect(await cli.run(['merge'])).toMatchObject({ exitCode: 2 })
  expect(await cli.run(['merge', '--branch', 'side', 'main'])).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('atom switch side') })
  expect(read('f.txt')).toBe('one\nours\n')
})
