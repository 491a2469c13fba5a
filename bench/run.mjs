/**
 * npm run bench: measures atom beside git, isomorphic-git, SQLite and raw LevelDB, in one run on one machine.
 *
 *     node bench/run.mjs                all of it; writes bench/results/latest.json and the numbers of docs/performance.md
 *     node bench/run.mjs --quick        few rounds, small stores; writes nothing
 *     node bench/run.mjs --only NAME    one benchmark (again for more); its rows take the place of the old ones
 *     node bench/run.mjs --million      also stores of 1,000,000 ATOMs
 *     node bench/run.mjs --large        also 100,000 ATOMs where to fill what is measured takes minutes
 *     node bench/run.mjs --json FILE    also writes the JSON there
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeMachine } from './lib/machine.mjs'
import { judge, toText, writeJson, writePage } from './lib/report.mjs'

const NAMES = ['start', 'record', 'bulk', 'log', 'verify', 'import-git', 'disk', 'worktree', 'search', 'recall', 'mirror', 'd1', 'writers']
const LATEST = join(import.meta.dirname, 'results/latest.json')

const { values } = parseArgs({ options: { 'quick': { type: 'boolean' }, 'million': { type: 'boolean' }, 'large': { type: 'boolean' }, 'only': { type: 'string', multiple: true }, 'json': { type: 'string' } } })
const wanted = values.only ?? NAMES
for (const name of wanted) if (!NAMES.includes(name)) throw new Error(`no benchmark ${name}; there are: ${NAMES.join(' ')}`)
// Node 20 reads that file at every start, for 30 ms and more, on both sides.
delete process.env.NODE_EXTRA_CA_CERTS

const scale = values.quick ? { rounds: 5, small: 1_000, middle: 1_000, large: 5_000 } : { rounds: 15, small: 1_000, middle: 10_000, large: 100_000 }
const machine = describeMachine()
const results = []
for (const name of wanted) results.push(await measure(name))

const report = { date: new Date().toISOString(), machine, results }
if (values.json !== undefined) writeJson(values.json, report)
if (!values.quick) {
  const whole = values.only === undefined ? report : { ...report, results: merged(report.results) }
  writeJson(LATEST, whole)
  writePage(whole)
}
const missed = results.flatMap(({ rows }) => rows).filter(({ met }) => met === false)
console.log(missed.length === 0 ? '\nevery target met' : `\n${missed.length} targets missed`)

async function measure(name) {
  const { about, bench } = await import(`./${name}.mjs`)
  console.log(`\n${name}: ${about}`)
  const folder = mkdtempSync(join(tmpdir(), 'atom-bench-'))
  const rows = []
  try {
    const skipped = await bench({ folder, scale: { ...scale, million: values.million === true, all: values.large === true }, row: (row) => {
      rows.push(judge(row))
      console.log(toText(rows.at(-1)))
    } })
    if (skipped !== undefined) console.log(`  skipped: ${skipped}`)
    return { name, about, rows, ...(skipped !== undefined && { skipped }) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The last whole run with the rows that were measured again. */
function merged(fresh) {
  const before = existsSync(LATEST) ? JSON.parse(readFileSync(LATEST, 'utf8')).results : []
  return NAMES.flatMap((name) => fresh.find((result) => result.name === name) ?? before.find((result) => result.name === name) ?? [])
}
