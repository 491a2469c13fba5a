/**
 * The command line under test: as a child process, hermetic, and in this process with a host of memory.
 *
 * A child's result that a test neither asserts nor snapshots fails that test: `useCli()` watches for it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll } from 'vitest'
import type { Command } from '../../src/cli/words/declaration.js'
import type { GlobalFlags, Host, RunContext, RunOperation } from '../../src/cli/host.js'
import { createOutput } from '../../src/cli/terminal/output.js'
import { parseWords } from '../../src/cli/words/parse.js'
import type { Repo } from '../../src/ops/repo.js'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..')
const BUNDLE = join(ROOT, 'dist/bundle/atom.cjs')
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

export interface RunOptions {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

/** Each part counts as asserted once it is read. */
export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export interface Cli {
  /** The home folder; `project` lies in it and is where commands run. */
  readonly home: string
  readonly project: string
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Runs and returns stdout; throws with everything said when the exit code is not 0. */
  ok(argv: readonly string[], options?: RunOptions): Promise<string>
  /** The environment that a child gets: for tests that spawn something themselves. */
  env(): Record<string, string>
}

/** Gives each test of the file a fresh home, clock and seed. Call it once, at the top of `describe` or of the file. */
export function useCli(): Cli {
  let home: string | undefined
  let runs = 0
  let unread: { readonly argv: readonly string[]; isRead: boolean }[] = []
  const homeOf = (): string => {
    if (home === undefined) {
      home = mkdtempSync(join(tmpdir(), 'atom-cli-'))
      mkdirSync(join(home, 'project'))
    }
    return home
  }
  beforeAll(buildOnce)
  afterEach(() => {
    if (home !== undefined) rmSync(home, { recursive: true, force: true })
    home = undefined
    runs = 0
    const forgotten = unread.filter(({ isRead }) => !isRead).map(({ argv }) => `atom ${argv.join(' ')}`)
    unread = []
    if (forgotten.length > 0) throw new Error(`nothing was asserted about: ${forgotten.join('; ')}`)
  })
  const env = (): Record<string, string> => {
    runs += 1
    return {
      PATH: `${join(ROOT, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: homeOf(), USER: 'ann', TZ: 'UTC', LANG: 'C.UTF-8',
      ATOM_NOW_MS: String(START_MS + runs * 1_000), ATOM_RANDOM_SEED: String(runs),
    }
  }
  const run = async (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    const result = await runChild(argv, { ...options, cwd: options.cwd ?? join(homeOf(), 'project'), env: { ...env(), ...options.env } })
    const entry = { argv, isRead: false }
    unread.push(entry)
    return new Proxy(result, {
      get: (target, key, receiver) => {
        // `then` is asked for by await alone.
        if (key !== 'then') entry.isRead = true
        return Reflect.get(target, key, receiver) as unknown
      },
      ownKeys: (target) => {
        entry.isRead = true
        return Reflect.ownKeys(target)
      },
    })
  }
  return {
    get home() { return homeOf() },
    get project() { return join(homeOf(), 'project') },
    env,
    run,
    ok: async (argv, options) => {
      const { stdout, stderr, exitCode } = await run(argv, options)
      if (exitCode !== 0) throw new Error(`atom ${argv.join(' ')} ended with ${exitCode}\n${stderr}`)
      return stdout
    },
  }
}

function runChild(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), ...argv], { cwd: options.cwd, env: { ...options.env } })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => undefined)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), exitCode: code ?? (signal === 'SIGINT' ? 130 : 1) })
    })
    child.stdin.end(options.stdin ?? '')
  })
}

/** Bundles the command line when a source is newer than the bundle. Test files run side by side: one builds, the others wait. */
export function buildOnce(): void {
  const lock = join(ROOT, 'node_modules/.atom-test-build')
  for (let tries = 0; tries < 600; tries++) {
    if (isFresh()) return
    try {
      mkdirSync(lock)
    } catch {
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 60_000) rmSync(lock, { recursive: true, force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
      continue
    }
    try {
      const built = spawnSync(process.execPath, [join(ROOT, 'build.mjs'), '--bundle'], { encoding: 'utf8' })
      if (built.status !== 0) throw new Error(`the bundle does not build: ${built.stderr}`)
      return
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
  throw new Error('waited a minute for another test file to build the bundle')
}

function isFresh(): boolean {
  if (!existsSync(BUNDLE)) return false
  const builtMs = statSync(BUNDLE).mtimeMs
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  return [join(ROOT, 'build.mjs'), ...sources.map((name) => join(ROOT, 'src', name))].every((file) => statSync(file).mtimeMs <= builtMs)
}

export interface FakeHostOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly flags?: Partial<GlobalFlags>
  readonly stdin?: string
  readonly width?: number
  readonly isTerminal?: boolean
  readonly color?: boolean
  readonly nowMs?: number
  /** What operations answer; without it they run nothing and fail. */
  readonly runOperation?: RunOperation
}

export interface FakeHost {
  readonly host: Host
  readonly signal: AbortController
  stdout(): string
  stderr(): string
}

export const NO_FLAGS: GlobalFlags = { folders: [], branch: undefined, json: false, quiet: false, verbose: false, color: true, pager: true }

/** Makes a host of memory, to run a command in this process. */
export function fakeHost(options: FakeHostOptions = {}): FakeHost {
  const flags = { ...NO_FLAGS, ...options.flags }
  const signal = new AbortController()
  const out: Uint8Array[] = []
  let err = ''
  const nowMs = options.nowMs ?? START_MS
  const color = options.color ?? false
  const output = createOutput({
    view: { width: options.width ?? Infinity, isTerminal: options.isTerminal ?? false, isVerbose: flags.verbose, isQuiet: flags.quiet, nowMs },
    isJson: flags.json,
    colors: { out: color, err: color },
    out: {
      write: (chunk) => {
        out.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)
        return undefined
      },
      flush: () => undefined,
      end: () => Promise.resolve(),
    },
    err: (text) => { err += text },
  })
  const stdin = Buffer.from(options.stdin ?? '')
  const context: RunContext = {
    cwd: options.cwd ?? '/project', env: options.env ?? {}, signal: signal.signal, commandVerb: 'test', watchOutput: () => undefined,
    reporter: { warn: (message) => { output.warn([['warn', 'warning: '], ['plain', message]]) }, progress: () => undefined },
  }
  const host: Host = {
    cwd: context.cwd, env: context.env, reporter: context.reporter, signal: context.signal, flags, output, context,
    stdin: {
      isTerminal: false,
      async *chunks() { await Promise.resolve(); yield stdin },
      bytes: () => Promise.resolve(stdin),
    },
    nowMs: () => nowMs,
    runOperation: async (operation, input) => {
      if (options.runOperation === undefined) throw new TypeError(`no answer was given for ${operation.name}`)
      return await options.runOperation(operation, input, context)
    },
  }
  return { host, signal, stdout: () => Buffer.concat(out).toString(), stderr: () => err }
}

/** Answers operations from a repo in this process. */
export function answersOf(repo: Repo): RunOperation {
  return async (operation, input) => operation.run(repo, operation.check(input))
}

/** Parses words as the command line does and runs the command with a host of memory. Throws what the command throws. */
export async function runInProcess(command: Command, words: readonly string[], options: FakeHostOptions = {}): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }> {
  const outcome = parseWords(command, command.name, words)
  if (outcome.is === 'help') throw new TypeError('this only shows help')
  const fake = fakeHost({ ...options, flags: { ...outcome.parsed.flags, ...options.flags } })
  if (command.execute === undefined) throw new TypeError(`${command.name} is a group`)
  const exitCode = await command.execute(fake.host, outcome.parsed)
  return { stdout: fake.stdout(), stderr: fake.stderr(), exitCode }
}
