/**
 * The code that V8 compiled for the bundles, kept beside them: `NAME.cjs.cache` for all commands, `atom.cjs.COMMAND.cache` for each of the usual ones, with what
 * that command runs and nothing else, since V8 takes time for every function in a cache, used or not. `bin/atom.js` chooses.
 *
 * Every cache is made by a process of its own, which runs commands by the bundle and does nothing else.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'
import vm from 'node:vm'

const THIS = fileURLToPath(import.meta.url)
const require = createRequire(import.meta.url)

const TITLE = 'a title that is about as long as those that agents write, so that it is cut where lines are short'
const REASON = 'A reason that takes more than one line of a terminal where it is shown, as reasons of agents do; it has two sentences. This is the second.'

/** By command, what agents do with it. `bin/atom.js` has the same names. */
const USUAL = {
  add: [
    ['add', 'CFG', TITLE, '--reason', REASON, '--meta', 'game=halo', '--meta', 'attempt=7', '--agent', 'qwen'], ['add', 'DECISION', 'use it', '--influenced-by', 'HEAD', '--json'],
    ['add', 'CFG', 'a file', '--file', 'a.env'],
  ],
  log: [['log', '-n', '20'], ['log'], ['log', '--oneline', '-n', '5'], ['log', '-n', '20', '--json']],
  show: [['show', 'HEAD'], ['show', 'HEAD~1'], ['show', 'HEAD', '--json']],
  branch: [['branch'], ['branch', '--json']],
  status: [['status'], ['status', '--json']],
}
/** Makes the store that the others find, and runs what people do most besides. */
const TYPICAL = [
  ['--version'], ['init'],
  ...Array.from({ length: 24 }, () => ['add', 'TASK', TITLE, '--reason', REASON, '--meta', 'a=b', '--agent', 'someone']), ...Object.values(USUAL).flat(),
]
/** The rest, whose code is kept too, but not where it makes those above start slower. */
const LESS_TYPICAL = [['--help'], ['help', 'completion'], ['log', '--graph', '--all'], ['diff'], ['verify'], ['op', 'log'], ['rev-parse', 'HEAD...HEAD~1'], []]

/** Keeps the code of every bundle in a folder. Without it everything works and starts slower, so what goes wrong is only told. */
export function keepCode(folder) {
  const home = mkdtempSync(join(tmpdir(), 'atom-build-'))
  const project = join(home, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'a.env'), 'KEY=value\n')
  try {
    for (const name of ['all', ...Object.keys(USUAL)]) {
      const made = spawnSync(process.execPath, [THIS, folder, name], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, HOME: home }, encoding: 'utf8' })
      if (made.status !== 0) console.warn(`no code cache for ${name}, atom will start slower: ${made.stderr.slice(-2_000)}`)
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Loads bundles as `bin/atom.js` does, without a cache. */
function createLoader(folder) {
  const scripts = new Map()
  const loaded = new Map()
  const run = (name) => {
    if (loaded.has(name)) return loaded.get(name)
    const file = join(folder, name)
    const script = new vm.Script(readFileSync(file, 'latin1'), { filename: file })
    const module = { exports: {} }
    script.runInThisContext()(module.exports, load, module, file, dirname(file))
    scripts.set(file, script)
    loaded.set(name, module.exports)
    return module.exports
  }
  const load = (name) => {
    if (name.startsWith('./vendor/')) return run(name)
    if (!name.startsWith('part:')) return require(name)
    const core = run('atom.cjs')
    return (Object.hasOwn(core.parts, name) ? core : run('rest.cjs')).parts[name]()
  }
  const keep = (file, target) => { writeFileSync(target, scripts.get(file).createCachedData()) }
  return { scripts, run, keep }
}

async function keepAll(folder, { scripts, run, keep }) {
  const first = join(folder, 'atom.cjs')
  const { main } = run('atom.cjs')
  for (const argv of TYPICAL) await main(argv)
  keep(first, `${first}.cache`)
  for (const argv of LESS_TYPICAL) await main(argv)
  for (const name of readdirSync(join(folder, 'vendor')).filter((name) => name.endsWith('.cjs'))) run(`./vendor/${name}`)
  for (const file of scripts.keys()) if (!existsSync(`${file}.cache`)) keep(file, `${file}.cache`)
}

async function keepOne(folder, name, { run, keep }) {
  const first = join(folder, 'atom.cjs')
  const { main } = run('atom.cjs')
  for (const argv of USUAL[name]) await main(argv)
  keep(first, `${first}.${name}.cache`)
}

if (process.argv[1] === THIS) {
  // A command that lasts sets flags of V8 (`src/cli/heap.ts`), which then refuses the code everywhere else: on a slow machine every cache was made in vain.
  v8.setFlagsFromString = () => undefined
  const [folder, name] = process.argv.slice(2)
  const loader = createLoader(folder)
  await (name === 'all' ? keepAll(folder, loader) : keepOne(folder, name, loader))
  process.exit(0)
}
