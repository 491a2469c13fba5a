import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bundleCommand } from '../../src/cli/commands/bundle.js'
import { useCli } from '../helpers/cli.js'

const cli = useCli()

async function aTrail(): Promise<void> {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  await cli.ok(['DECISION', 'second'])
}

describe('bundle', () => {
  it('has four ways', () => {
    expect(bundleCommand.subcommands.map(({ name }) => name)).toEqual(['create', 'verify', 'unbundle', 'list'])
  })

  it('writes the trail to a file, which is verified and listed without a store, and cloned', async () => {
    await aTrail()
    const main = (await cli.ok(['rev-parse', 'main'])).trim()
    expect(await cli.ok(['bundle', 'create', '../trail.car'])).toContain(`${main} refs/heads/main`)
    expect(readdirSync(cli.home).filter((name) => name.endsWith('.tmp'))).toEqual([])
    const nowhere = { cwd: cli.home }
    expect(await cli.ok(['bundle', 'list', 'trail.car'], nowhere)).toContain(`${main} refs/heads/main`)
    const shown = JSON.parse(await cli.ok(['bundle', 'verify', 'trail.car', '--json'], nowhere))
    expect(shown).toMatchObject({ ok: true, atoms: 3, needs: [], findings: [] })
    expect(shown.claims).toContainEqual(expect.objectContaining({ claim: 'these are the original heads', status: 'not-provable' }))
    const expected = JSON.parse(await cli.ok(['bundle', 'verify', 'trail.car', '--expect', `main=${main}`, '--json'], nowhere))
    expect(expected.claims).toContainEqual(expect.objectContaining({ claim: 'these are the original heads', status: 'proved' }))
    expect(await cli.run(['bundle', 'verify', 'trail.car', '--expect', `main=${'0'.repeat(64)}`], nowhere)).toMatchObject({ exitCode: 1 })
    expect(await cli.run(['bundle', 'verify', 'trail.car', '--expect', 'main=abc'], nowhere)).toMatchObject({ exitCode: 2 })
    await cli.ok(['clone', 'trail.car', 'copy'], nowhere)
    expect(readFileSync(join(cli.home, 'copy/a.env'), 'utf8')).toBe('A=1\n')
    expect((await cli.ok(['rev-parse', 'main'], { cwd: join(cli.home, 'copy') })).trim()).toBe(main)
  })

  it('carries what is new to another store', async () => {
    await aTrail()
    await cli.ok(['bundle', 'create', '../all.car'])
    await cli.ok(['clone', 'all.car', 'copy'], { cwd: cli.home })
    await cli.ok(['DECISION', 'third'])
    expect(await cli.ok(['bundle', 'create', '../new.car', 'main', '--since', 'main~1'])).toContain('needs ')
    const there = { cwd: join(cli.home, 'copy') }
    expect(await cli.ok(['bundle', 'unbundle', '../new.car'], there)).toMatch(/^from bundle .*\n new branch \w{10} main → bundle\/main\n$/)
    await cli.ok(['merge', 'bundle/main'], there)
    expect(await cli.ok(['rev-parse', 'main'], there)).toBe(await cli.ok(['rev-parse', 'main']))
    expect(JSON.parse(await cli.ok(['verify', '--json'], there))).toMatchObject({ ok: true })
  })

  it('that is cut off, or no bundle, is refused, and the store is as before', async () => {
    await aTrail()
    await cli.ok(['bundle', 'create', '../trail.car'])
    writeFileSync(join(cli.home, 'cut.car'), readFileSync(join(cli.home, 'trail.car')).subarray(0, -10))
    const before = JSON.parse(await cli.ok(['verify', '--json']))
    for (const argv of [['bundle', 'unbundle', '../cut.car'], ['bundle', 'verify', '../cut.car'], ['bundle', 'list', 'a.env'], ['clone', '../cut.car', '../copy']]) {
      const result = await cli.run([...argv, '--json'])
      expect([argv, result.exitCode, JSON.parse(result.stderr).error.code]).toEqual([argv, 5, 'BUNDLE_CORRUPT'])
    }
    expect(JSON.parse(await cli.ok(['verify', '--json'])).objects).toBe(before.objects)
    expect(existsSync(join(cli.home, 'copy'))).toBe(false)
    expect(await cli.run(['bundle', 'list', 'no-such.car'])).toMatchObject({ exitCode: 2 })
  })
})
