/** A store in a folder of its own, programs that use it and can be killed, and an oracle that says whether it is whole. */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { initStore } from '../../src/app/init.js'
import { runOperation } from '../../src/app/run.js'
import type { AppContext } from '../../src/app/context.js'
import { silentReporter } from '../../src/base/ports.js'
import { log } from '../../src/ops/look/log.js'
import type { LogEntry } from '../../src/ops/look/log-entry.js'
import { verify, type VerifyResult } from '../../src/ops/prove/verify.js'
import { buildOnce, ROOT } from '../helpers/cli.js'
import type { ActorTask } from './actor.js'

/** Below node_modules, so that packages are found; of its own, so that nobody rebuilds it meanwhile. */
const PROGRAMS = join(ROOT, 'node_modules', `.atom-fault-${String(process.pid)}`)
export const ACTOR: string = join(PROGRAMS, 'actor.mjs')
const CLI = join(PROGRAMS, 'bin/atom.js')

/** Makes the programs that the children run: the command line, and one with the library in it. */
export async function buildPrograms(): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      buildOnce()
      cpSync(join(ROOT, 'dist/bundle'), join(PROGRAMS, 'dist/bundle'), { recursive: true })
      break
    } catch (error) {
      if (tries === 20) throw error
      await pause(200)
    }
  }
  cpSync(join(ROOT, 'bin'), join(PROGRAMS, 'bin'), { recursive: true })
  await build({ entryPoints: [join(ROOT, 'test/fault/actor.ts')], bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile: ACTOR, logLevel: 'error' })
}

/** Counts what is written to LevelDB, and kills its process before or after one of the writes: `ATOM_TEST_KILL='3 before'`. */
const KILLER = `
const [nth, when] = (process.env.ATOM_TEST_KILL ?? '').split(' ')
const load = process.dlopen
const die = () => { process.kill(process.pid, 'SIGKILL') }
let writes = 0
process.dlopen = function (module, ...rest) {
  load.call(this, module, ...rest)
  const { batch_write: write } = module.exports
  if (write === undefined) return
  module.exports.batch_write = (...words) => {
    const isIt = ++writes === Number(nth)
    if (isIt && when === 'before') die()
    const written = write(...words)
    return isIt ? written.then(die) : written
  }
}
`

/** Starts a command that dies at its n-th write. */
export function startDoomedCli(cwd: string, words: readonly string[], death: { readonly nth: number; readonly when: 'before' | 'after' }): Child {
  const killer = join(PROGRAMS, 'killer.cjs')
  writeFileSync(killer, KILLER)
  return startCli(cwd, words, { NODE_OPTIONS: `--require ${killer}`, ATOM_TEST_KILL: `${String(death.nth)} ${death.when}` })
}

export function removePrograms(): void {
  rmSync(PROGRAMS, { recursive: true, force: true })
}

export interface Place extends AsyncDisposable {
  readonly folder: string
  readonly context: AppContext
}

export function childEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: tmpdir(), USER: 'ann', TZ: 'UTC' }
}

export async function makePlace(parent: string = tmpdir()): Promise<Place> {
  const folder = mkdtempSync(join(parent, 'atom-fault-'))
  const context = contextIn(folder)
  await initStore({}, context)
  return { folder, context, [Symbol.asyncDispose]: async () => { rmSync(folder, { recursive: true, force: true }) } }
}

export function contextIn(folder: string, env: Readonly<Record<string, string>> = {}): AppContext & { readonly warnings: string[] } {
  const warnings: string[] = []
  return {
    cwd: folder, env: { HOME: tmpdir(), USER: 'ann', ...env }, signal: new AbortController().signal, warnings,
    reporter: { ...silentReporter, warn: (message) => { warnings.push(message) } },
  }
}

/** What a child said before it ended, a line at a time. */
export interface Child {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly errors: string[]
  readonly done: Promise<number | null>
}

export function startActor(task: ActorTask): Child {
  return watch(spawn(process.execPath, [ACTOR, JSON.stringify(task)], { env: childEnv(), stdio: ['pipe', 'pipe', 'pipe'] }))
}

export function startCli(cwd: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  return watch(spawn(process.execPath, [CLI, ...words], { cwd, env: { ...childEnv(), ...env }, stdio: ['pipe', 'pipe', 'pipe'] }))
}

function watch(child: ChildProcess): Child {
  const lines: string[] = []
  const errors: string[] = []
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  child.stderr?.on('data', (chunk: Buffer) => { errors.push(chunk.toString()) })
  child.stdin?.on('error', () => undefined)
  return { process: child, lines, errors, done: new Promise((resolve) => { child.on('close', resolve) }) }
}

export interface Acknowledged { readonly title: string; readonly atomId: string; readonly object: string; readonly ms: number }

export function acknowledged(children: readonly Child[]): readonly Acknowledged[] {
  return children.flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as Acknowledged)).filter(({ atomId }) => typeof atomId === 'string')
}

/** Returns the ATOMs of the branch, newest first. */
export async function readLog({ context }: Pick<Place, 'context'>): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const entry of await runOperation(log, {}, context) as AsyncIterable<LogEntry>) entries.push(entry)
  return entries
}

/** Throws unless every byte, link, index, ref and op is as it should be. */
export async function checkWhole({ context }: Pick<Place, 'context'>): Promise<VerifyResult> {
  const result = await runOperation(verify, {}, context) as VerifyResult
  const errors = result.findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(`the store is not whole: ${errors.slice(0, 5).map(({ code, message }) => `${code}: ${message}`).join('; ')}`)
  return result
}

/** Throws unless everything acknowledged is there under its id, no atom id is there twice, and all is one line. */
export async function checkLine(place: Pick<Place, 'context'>, acks: readonly Acknowledged[]): Promise<readonly LogEntry[]> {
  const entries = await readLog(place)
  const objects = new Map(entries.map(({ node }) => [node.digest as string, node.atomId]))
  const lost = acks.filter(({ object, atomId }) => objects.get(object) !== atomId)
  if (lost.length > 0) throw new Error(`${String(lost.length)} acknowledged ATOMs are gone, ${lost[0]?.title ?? ''} first`)
  if (new Set(entries.map(({ node }) => node.atomId)).size !== entries.length) throw new Error('an atom id was given twice')
  const forks = entries.filter(({ node }, index) => node.parents.length !== (index === entries.length - 1 ? 0 : 1))
  if (forks.length > 0) throw new Error('the trail is not one line')
  await checkWhole(place)
  return entries
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function waitFor(isTrue: () => boolean, timeoutMs = 20_000): Promise<void> {
  for (const endMs = Date.now() + timeoutMs; !isTrue();) {
    if (Date.now() > endMs) throw new Error('waited in vain')
    await pause(5)
  }
}

/** What is left of a busy store in `run/`. */
export function leftovers(folder: string): readonly string[] {
  return readdirSync(join(folder, '.atom/run')).filter((name) => !/^(?:claim|wait)-/.test(name))
}
