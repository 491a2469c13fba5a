import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'
import { dataPath } from '../../helpers/suites.js'

const cli = useCli()

const LOG = `# trail
[2025-11-14 09:30:00] ATOM-CFG-20251114-001 | raise the limit
  Context: ann@bazzite:/home/ann/p
ATOM-TEST-20251114-002: {"test": "initial"}}
ATOM-DOC-YYYYMMDD-NNN: to fill in
`

describe('atom import kenl', () => {
  it('says what was taken, what was strange and what was refused, by line, and ends with 1 for the latter', async () => {
    await cli.ok(['init'])
    writeFileSync(join(cli.project, 'atom_trail.log'), LOG)
    writeFileSync(join(cli.project, '.counter'), '002')
    const { stdout, exitCode } = await cli.run(['import', 'kenl', 'atom_trail.log', '.counter', '--time-zone', 'Europe/Berlin'])
    expect(stdout).toBe(`took in 2 of 2 records
they are on main
2 times without a zone taken as Europe/Berlin
1 record taken with something strange:
  atom_trail.log:4 ATOM-TEST-20251114-002 a brace too many stands at its end
1 could not be taken:
  atom_trail.log:5 its tag is one to be filled in
its bytes are kept: atom log --type REFUSED
counter .counter: 002
1 comment or other file passed over (--json has them)
`)
    expect(exitCode).toBe(1)
    const again = await cli.run(['import', 'kenl', 'atom_trail.log', '--time-zone', 'Europe/Berlin', '--json'])
    expect([again.exitCode, JSON.parse(again.stdout)]).toMatchObject([1, {
      records: 2, new: 0, known: 2, odd: 1, refused: 1, passed_over: 1, time_zone: 'Europe/Berlin', times_without_zone: 2, branch: { ref: 'refs/heads/main', change: 'same' },
      refused_atoms: { all: 1, new: 0 }, refusals: [{ file: 'atom_trail.log', line: 5, atom_id: expect.stringMatching(/^ATOM-REFUSED-20251113-/) as string }], odd_records: [{ file: 'atom_trail.log', line: 4, atom_id: 'ATOM-TEST-20251114-002' }], asides: [{ what: 'comment', line: 1 }],
    }])
    expect(await cli.ok(['log', '--type', 'REFUSED', '--oneline'])).toContain('line 5 of atom_trail.log could not be taken')
    const [refusal] = (JSON.parse(again.stdout) as { readonly refusals: readonly { readonly atom_id: string }[] }).refusals
    const { evidence } = JSON.parse(await cli.ok(['show', refusal?.atom_id ?? '', '--json'])) as { readonly evidence: readonly { readonly object: string }[] }
    expect(await cli.ok(['cat-file', '--raw', evidence[0]?.object ?? ''])).toBe('ATOM-DOC-YYYYMMDD-NNN: to fill in')
    expect(JSON.parse(await cli.ok(['show', 'ATOM-CFG-20251114-001', '--json']))).toMatchObject({ timestamp: '2025-11-14T08:30:00.000Z', agent: 'user:ann', evidence: [{ name: 'source' }] })
    expect((await cli.run(['verify'])).exitCode).toBe(0)
  })

  it('says what cannot be read at all', async () => {
    await cli.ok(['init'])
    const missing = await cli.run(['import', 'kenl', 'nothing'])
    expect([missing.exitCode, missing.stdout, missing.stderr]).toEqual([3, '', 'error: cannot read nothing: there is no such file or folder\nhint: name the log, the folder of decisions or the database of KENL\n'])
    writeFileSync(join(cli.project, 'a.log'), LOG)
    const zone = await cli.run(['import', 'kenl', 'a.log', '--time-zone', 'Mars/Olympus'])
    expect([zone.exitCode, zone.stderr]).toEqual([2, expect.stringContaining('there is no time zone Mars/Olympus') as string])
  })

  const data = dataPath('kenl')
  it.runIf(data !== undefined)('takes every tag of real lists of commits', async () => {
    await cli.ok(['init'])
    const said = JSON.parse(await cli.ok(['import', 'kenl', data ?? '', '--json'])) as { readonly records: number; readonly refused: number }
    const names = ['kenl-atom-commits.jsonl', 'coherence-mcp-atom-commits.jsonl']
    const tags = names.flatMap((name) => readFileSync(join(data ?? '', name), 'utf8').split('\n').filter((line) => line !== '').flatMap((line) => (JSON.parse(line) as { readonly tags: readonly string[] }).tags))
    expect(said).toMatchObject({ records: tags.length, new: tags.length, refused: 0 })
    const logged = (await cli.ok(['log', '--json'])).trim().split('\n').map((line) => (JSON.parse(line) as { readonly atom_id: string }).atom_id)
    expect([...new Set(logged)].sort()).toEqual([...new Set(tags)].sort())
    const other = join(cli.home, 'other')
    mkdirSync(other)
    await cli.ok(['init'], { cwd: other })
    await cli.ok(['import', 'kenl', data ?? ''], { cwd: other })
    expect(await cli.ok(['rev-parse', 'HEAD'], { cwd: other })).toBe(await cli.ok(['rev-parse', 'HEAD']))
  })
})
