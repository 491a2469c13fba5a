import { appendFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'
import { claudeTurn, jsonLines } from '../../helpers/transcripts.js'

const cli = useCli()

const TURN = claudeTurn({ name: 'one', prompt: 'Make it \u001b[31mfaster', minute: 0, tools: [{ tool: 'Bash', input: { command: 'make test' }, output: 'ok' }] })

describe('atom import claude-code and its like', () => {
  it('takes the sessions of this project, says what it took, and adds nothing the second time', async () => {
    await cli.ok(['init'])
    const place = join(cli.home, '.claude/projects', realpathSync(cli.project).replace(/[^A-Za-z0-9]/g, '-'))
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 's1.jsonl'), jsonLines(...TURN))
    expect(await cli.ok(['import', 'claude-code'])).toBe([
      'took in 5 new of 5 ATOMs from 1 session of claude-code, 6 lines', '  1 SESSION, 1 PROMPT, 1 COMMAND, 1 TURN, 1 IMPORT',
      '  tokens of 2 responses, each counted once: 20 in, 200 out, 2,000 from the cache, 100 to the cache',
      'they are on sessions/claude-code', 'try:', '  atom log --oneline -n 20 sessions/claude-code', '  atom stats sessions/claude-code', '',
    ].join('\n'))
    expect(await cli.ok(['import', 'claude-code'])).toContain('took in 0 new of 4 ATOMs')
    expect(await cli.ok(['stats', 'sessions/claude-code'])).toContain('tokens 2320 (20 in, 200 out, 2000 from the cache, 100 to it)')
    const log = await cli.ok(['log', '--oneline', 'sessions/claude-code'])
    expect(log).toContain('Make it \\e[31mfaster')
    expect(log).not.toContain('\u001b')
    expect((await cli.run(['verify'])).exitCode).toBe(0)
    expect((await cli.ok(['log', '--oneline'])).trim().split('\n')).toHaveLength(1)
  })

  it('names broken lines, odd kinds and files that are not read, in words and as JSON', async () => {
    await cli.ok(['init'])
    mkdirSync(join(cli.project, 'logs'))
    const path = join(cli.project, 'logs/s1.jsonl')
    writeFileSync(path, `${jsonLines(...TURN, { type: 'new \u001b kind' })}oops\n`)
    writeFileSync(join(cli.project, 'logs/store.db'), 'x')
    const { stdout, exitCode } = await cli.run(['import', 'claude-code', 'logs', '--branch', 'work'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('1 line of a kind that is not known, kept as it is:\n  1 × new \\e kind\n')
    expect(stdout).toContain('1 line that cannot be read, kept as it is:\n  logs/s1.jsonl line 8: it is not JSON\n')
    expect(stdout).toMatch(/1 file not read:\n {2}\S*store\.db: a database; read are \.jsonl files\n/)
    appendFileSync(path, jsonLines(...claudeTurn({ name: 'two', prompt: 'more', minute: 3 })).slice(0, -5))
    const again = JSON.parse((await cli.run(['import', 'claude-code', 'logs/s1.jsonl', '--branch', 'work', '--json'])).stdout) as object
    expect(again).toMatchObject({
      agent: 'claude-code', files: 1, sessions: 1, lines: 11, taken: 3, known: 4, types: { PROMPT: 1, TURN: 1, IMPORT: 1 }, broken: 1, problems: [{ file: 'logs/s1.jsonl', line: 8 }], cut_off: ['logs/s1.jsonl'], refused: [], branch: 'work',
      odd: [{ kind: 'new \u001b kind', count: 1 }], tokens: { responses: 1, output: 5 },
    })
  })

  it('does not take in again what was forgotten', async () => {
    await cli.ok(['init'])
    writeFileSync(join(cli.project, 's1.jsonl'), jsonLines(...claudeTurn({ name: 'one', prompt: 'the key is sesame-4711', minute: 0 }), ...claudeTurn({ name: 'two', prompt: 'go on', minute: 1 })))
    await cli.ok(['import', 'claude-code', 's1.jsonl'])
    const prompts = (await cli.ok(['log', '--op', 'prompt', '--format', '%H', 'sessions/claude-code'])).trim().split('\n')
    await cli.ok(['forget', prompts.at(-1) ?? '', '--reason', 'secret'])
    expect(await cli.ok(['import', 'claude-code', 's1.jsonl'])).toContain('took in 0 new of 5 ATOMs')
    const holding = readdirSync(join(cli.project, '.atom'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes('sesame-4711'))
    expect(holding.map(({ name }) => name)).toEqual([])
    expect((await cli.run(['verify'])).exitCode).toBe(0)
  })

  it('refuses what is not there, and databases', async () => {
    await cli.ok(['init'])
    const none = await cli.run(['import', 'gemini'])
    expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining('there are no transcripts of gemini in ')])
    writeFileSync(join(cli.project, 'store.db'), 'SQLite format 3\0')
    expect((await cli.run(['import', 'cursor', 'store.db'])).exitCode).toBe(9)
    expect((await cli.run(['import', 'codex', 'nothing.jsonl'])).exitCode).toBe(3)
  })
})
