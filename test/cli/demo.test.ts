import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../helpers/cli.js'

const TIMEOUT_MS = 240_000

interface Summary {
  readonly folder: string | null
  readonly recordings: number
  readonly atoms: number
  readonly verified: boolean
  readonly first_bad: string
  readonly expected: string
  readonly bisect_steps: number
  readonly commits: number
}

describe('demo', () => {
  const cli = useCli()
  const tell = async (...words: readonly string[]): Promise<{ readonly summary: Summary; readonly left: readonly string[] }> => {
    const temporary = join(cli.home, 'tmp')
    mkdirSync(temporary)
    const summary = JSON.parse(await cli.ok(['demo', '--json', ...words], { env: { TMPDIR: temporary } })) as Summary
    return { summary, left: readdirSync(temporary) }
  }

  it('tells the story and leaves nothing behind', async () => {
    const { summary, left } = await tell()
    expect(summary).toMatchObject({ folder: null, verified: true, first_bad: summary.expected })
    expect(summary.recordings).toBeGreaterThanOrEqual(60)
    expect(summary.atoms).toBeGreaterThan(summary.recordings + 6)
    expect(summary.bisect_steps).toBeGreaterThanOrEqual(5)
    expect(summary.commits).toBeGreaterThan(0)
    expect(left).toEqual([])
  }, TIMEOUT_MS)

  it('finds the break wherever it is, and keeps the home where asked to', async () => {
    const { summary, left } = await tell('--break-at', '9', '--keep', join(cli.home, 'kept'))
    expect(summary).toMatchObject({ folder: join(cli.home, 'kept'), verified: true, first_bad: summary.expected })
    expect(summary.first_bad).toMatch(/^ATOM-CFG-2024111[345]-/)
    expect(summary.bisect_steps).toBeGreaterThanOrEqual(5)
    expect(left).toEqual([])
    const project = join(cli.home, 'kept/projects/bazza-dx')
    expect(existsSync(join(cli.home, 'kept/.config/environment.d/gaming.conf'))).toBe(true)
    const six = await cli.ok(['log', '--json', '--since', '2024-11-27', 'main'], { cwd: project, env: { HOME: join(cli.home, 'kept') } })
    expect(six.trim().split('\n').map((line) => JSON.parse(line) as { type: string; agent: string }).map(({ type, agent }) => `${type} ${agent}`).reverse())
      .toEqual(['SAGE sage', 'DECISION claude-code', 'RESEARCH perplexity', 'CFG qwen', 'SAGE sage', 'DEPLOY sage'])
  }, TIMEOUT_MS)

  it('shows every command with its output, for a break near the end', async () => {
    const story = await cli.ok(['demo', '--break-at', '58'])
    for (const verb of ['log --graph', 'show', 'why', 'blame', 'bisect run', 'checkout', 'fork', 'revert', 'undo', 'verify', 'import git']) expect(story).toContain(`$ atom ${verb}`)
    expect(story).toContain('More verbose graphics driver')
    expect(story).toContain('# from the story\'s files, not run on this machine: lspci')
    expect(story).toMatch(/Done in [\d.]+ s: \d+ ATOMs recorded, the break found in [5-7] steps/)
    // The history that it imports at the end may speak of anything.
    expect(story.split('$ atom import git')[0]).not.toMatch(/\bD1\b/)
  }, TIMEOUT_MS)

  it('refuses a folder that is there, and a break outside the story', async () => {
    expect(await cli.run(['demo', '--keep', cli.project])).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await cli.run(['demo', '--break-at', '99'])).toMatchObject({ exitCode: 2, stdout: '' })
  })
})
