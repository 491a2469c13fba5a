import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../../helpers/cli.js'

describe('atom sql', () => {
  const cli = useCli()

  async function aStore(): Promise<void> {
    await cli.ok(['init', '-q'])
    writeFileSync(join(cli.project, 'gaming.env'), 'DXVK=2.4\n')
    await cli.ok(['add', 'DECISION', 'Use DXVK 2.4, "now"', '--agent', 'qwen', '--tokens', '1200', '-q'])
    await cli.ok(['add', 'CFG', 'two\nlines', '--file', 'gaming.env', '-q'])
  }

  it('prints a table, one with borders, CSV or JSON', async () => {
    await aStore()
    const query = 'SELECT title, token_cost FROM atom_trail WHERE seq > 0 ORDER BY seq'
    expect(await cli.ok(['sql', query])).toBe('title                token_cost\n-------------------  ----------\nUse DXVK 2.4, "now"  1200\ntwo\\nlines           0\n')
    expect(await cli.ok(['sql', '--box', query])).toBe([
      '┌─────────────────────┬────────────┐', '│ title               │ token_cost │', '├─────────────────────┼────────────┤', '│ Use DXVK 2.4, "now" │ 1200       │',
      '│ two\\nlines          │ 0          │', '└─────────────────────┴────────────┘', '',
    ].join('\n'))
    expect(await cli.ok(['sql', '--csv', `${query.replace('title,', 'title, NULL AS n, \'\' AS e,')}`])).toBe('title,n,e,token_cost\n"Use DXVK 2.4, ""now""",,"",1200\n"two\nlines",,"",0\n')
    expect(await cli.ok(['sql', '--json', 'SELECT title, title, x\'00ff\' AS bytes, NULL AS n FROM atom_trail WHERE seq = 1'])).toBe('{"title":"Use DXVK 2.4, \\"now\\"","title_2":"Use DXVK 2.4, \\"now\\"","bytes":"00ff","n":null}\n')
  })

  it('is up to date each time, takes parameters, reads stdin, and shows the tables', async () => {
    await aStore()
    expect(await cli.ok(['sql', '--csv', 'SELECT count(*) AS n FROM atom_trail'])).toBe('n\n3\n')
    await cli.ok(['add', 'TASK', '007', '-q'])
    expect(await cli.ok(['sql', '--csv', 'SELECT atom_id FROM atom_trail WHERE title = :title', '--param', 'title=007'])).toBe('atom_id\nATOM-TASK-20260102-004\n')
    expect(await cli.ok(['sql', '--csv', 'SELECT title FROM atom_trail WHERE sum > :n', '--param', 'n=1000'].map((word) => word.replace('sum >', 'token_cost + 0 >')))).toBe('title\n"Use DXVK 2.4, ""now"""\n')
    expect(await cli.ok(['sql', '-', '--csv'], { stdin: 'SELECT path\nFROM files;\n' })).toBe('path\ngaming.env\n')
    expect(await cli.ok(['sql', '.tables'])).toMatch(/^atom_trail {5}every ATOM .*\n[\s\S]*^search {9}full-text search/m)
    expect(await cli.ok(['sql', '.schema', 'files'])).toMatch(/^CREATE TABLE files \( -- the files[\s\S]*\n {2}path TEXT NOT NULL, -- as shown[\s\S]*;\n$/)
    const file = (await cli.ok(['sql', '--db'])).trim()
    expect([file, existsSync(file)]).toEqual([join(cli.project, '.atom/view.db'), true])
  })

  it.each([
    [['sql', 'DELETE FROM atom_trail'], 'cannot begin with "DELETE"'], [['sql', 'SELECT', 'title'], 'ends before "title"'], [['sql', '.quit'], 'no .quit here'], [['sql', '.schema', 'x'], 'no table "x"'],
    [['sql', 'SELECT :a'], '"a" that is not given'], [['sql', 'SELECT missing'], 'no such column'],
  ])('refuses with exit 2 and says why: %j', async (words, why) => {
    await aStore()
    const { exitCode, stderr } = await cli.run(words)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(why)])
  })

  it('verify --view finds a cell that was changed behind its back, and ends with 1', async () => {
    await aStore()
    await cli.ok(['sql', '-q', 'SELECT 1'])
    expect((await cli.run(['verify', '--view', '-q'])).exitCode).toBe(0)
    const { default: Sqlite } = await import('libsql')
    const database = new Sqlite(join(cli.project, '.atom/view.db'))
    database.exec('UPDATE atom_trail SET agent = \'claude\' WHERE seq = 1')
    database.close()
    const { exitCode, stdout } = await cli.run(['verify', '--view', '-q'])
    expect([exitCode, stdout.split('\n')[0]]).toEqual([1, 'error   view-cell atom_trail, seq "1", column agent: the view has "claude", the trail "qwen"'])
  })

  it('forget leaves no byte of what was erased in any file of the store', async () => {
    await aStore()
    await cli.ok(['add', 'DECISION', 'xyzzy-the-secret', '-q'])
    await cli.ok(['sql', '-q', 'SELECT 1'])
    expect(await grepBytes('xyzzy-the-secret')).toContain('view.db')
    await cli.ok(['forget', 'HEAD', '--reason', 'secret', '-q'])
    expect(await grepBytes('xyzzy-the-secret')).toEqual([])
    expect(await cli.ok(['sql', '--csv', 'SELECT title, forgotten FROM atom_trail ORDER BY seq DESC LIMIT 1'])).toBe('title,forgotten\n,1\n')
    expect(await grepBytes('xyzzy-the-secret')).toEqual([])
  })

  async function grepBytes(text: string): Promise<readonly string[]> {
    const { readdirSync, readFileSync, statSync } = await import('node:fs')
    const folder = join(cli.project, '.atom')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text))
  }
})
