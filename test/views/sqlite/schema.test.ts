/** docs/views.md explains the tables that there are, and the queries of docs/cookbook.md run. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../helpers/cli.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { runQuery } from '../../../src/views/sqlite/query.js'
import { SEARCH_COLUMNS, TABLES, VIEWS } from '../../../src/views/sqlite/schema.js'
import { createSqliteView } from '../../../src/views/sqlite/view.js'

const newFolder = temporaryFolders()
const PAGE = join(ROOT, 'docs/views.md')
const [BEGIN, END] = ['<!-- tables: compared with src/views/sqlite/schema.ts by a test -->\n', '<!-- /tables -->']

function tablesText(): string {
  const search = { name: 'search', says: 'full-text search; its rowid is `atom_trail.seq`', columns: SEARCH_COLUMNS.map(([name, , says]) => ({ name, type: 'text', says })) }
  return [...TABLES, ...VIEWS, search].map(({ name, says, columns }) => `\n### ${name}\n${says[0]?.toUpperCase() ?? ''}${says.slice(1)}.\n\n| column | type | what it says |\n|---|---|---|\n${columns.map((column) => `| \`${column.name}\` | ${column.type.replace(/ REFERENCES.*| PRIMARY KEY/, '').toLowerCase().replace(' not null', ', never null')} | ${column.says} |`).join('\n')}\n`).join('')
}

it('docs/views.md has every table and column (UPDATE_DOCS=1 writes it)', () => {
  const page = readFileSync(PAGE, 'utf8')
  const [start, end] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)]
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page.slice(0, start) + tablesText() + page.slice(end))
  else expect(page.slice(start, end)).toBe(tablesText())
})

const QUERIES = [...readFileSync(join(ROOT, 'docs/cookbook.md'), 'utf8').matchAll(/^([^\n]+):?\n```sql\n([\s\S]*?)^```/gm)].map(([, says = '', query = '']) => ({ says, query }))

describe('docs/cookbook.md', () => {
  it('has queries', () => { expect(QUERIES.length).toBeGreaterThan(12) })

  it.each(QUERIES)('$says', async ({ says, query }) => {
    const repo = await aRepo()
    repo.worktree.put('gaming.env', 'DXVK=2.4\n')
    await repo.add({ type: 'RESEARCH', title: 'nobody uses it', tokens: { total: 9 } })
    const wrong = await repo.add({ title: 'Use DXVK 2.3', agent: 'qwen', tokens: { total: 5, costUsd: 0.1 }, metadata: { game: 'halo', sage_run: 'r' } })
    await repo.add({ type: 'CFG', title: 'DXVK 2.4', files: ['gaming.env'], influencedBy: [wrong.atom.header.atomId], evidence: [{ name: 'fps', phase: 'before', value: 52 }, { name: 'fps', phase: 'after', value: 62 }, { name: 'run', phase: 'other', command: ['false'], exitCode: 1 }] })
    await repo.add({ type: 'REVERT', title: 'no', influencedBy: [wrong.atom.header.atomId] })
    const view = createSqliteView(newFolder())
    await view.follow(repo)
    const parameters = Object.fromEntries([...says.matchAll(/--param (\w+)=([^\s`]+)/g)].map(([, name = '', value = '']) => [name, name === 'atom' ? 'ATOM-CFG-20241127-004' : value]))
    const { columns, rows } = runQuery(view.file, query, parameters)
    expect([columns.length > 0, [...rows].length > 0]).toEqual([true, true])
  })
})
