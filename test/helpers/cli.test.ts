import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ROOT, useCli } from './cli.js'

const cli = useCli()

it('gives each test a fresh home, a clock that moves and another seed for each run', () => {
  const [first, second] = [cli.env(), cli.env()]
  expect(first['HOME']).toBe(second['HOME'])
  expect(Number(second['ATOM_NOW_MS'])).toBe(Number(first['ATOM_NOW_MS']) + 1_000)
  expect(first['ATOM_RANDOM_SEED']).not.toBe(second['ATOM_RANDOM_SEED'])
})

it('fails a test that asserts nothing about a result', () => {
  const file = join(ROOT, `test/helpers/forgotten-${process.pid}.test.ts`)
  writeFileSync(file, `import { it } from 'vitest'\nimport { useCli } from './cli.js'\nconst cli = useCli()\nit('forgets', async () => { await cli.run(['--version']) })\n`)
  try {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', file], { cwd: ROOT, encoding: 'utf8' })
    expect(stdout + stderr).toContain('nothing was asserted about: atom --version')
    expect(status).toBe(1)
  } finally {
    rmSync(file)
  }
})
