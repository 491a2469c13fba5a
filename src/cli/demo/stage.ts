/** Runs real `atom` processes for the demo and shows each command with its output, as a person would see it. */
import { spawnSync, type SpawnSyncReturns, type StdioOptions } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { quoteWord } from '../../ops/quote-word.js'
import type { Host } from '../host.js'

export interface Stage {
  /** The temporary home; the project lies in it. */
  readonly home: string
  readonly project: string
  /** Says something between two commands. */
  say(text: string): Promise<void>
  /** Runs `atom …`, shows the command as typed and what it printed, and returns that. Throws when it fails. */
  show(words: readonly string[], options?: StepOptions): Promise<string>
  /** Shows a command that is not ours with its answer. */
  quote(command: string, answer: string): Promise<void>
  /** Runs without showing anything and returns stdout. */
  run(words: readonly string[], options?: StepOptions): string
  /** Writes a file below the home, making its folders. */
  write(path: string, text: string): void
  /** Sets the clock of the commands that follow. */
  at(time: string): void
}

export interface StepOptions {
  readonly agent?: string
  readonly cwd?: string
  /** Shows at most this many lines of output: the first ones, or (below 0) the last. */
  readonly lines?: number
  /** The command as it is shown, where the words alone do not tell it. */
  readonly typed?: string
}

export function createStage(host: Host, home: string): Stage {
  const project = join(home, 'projects', 'bazza-dx')
  let nowMs = 0
  const call = (words: readonly string[], options: StepOptions, stdio: StdioOptions): string => {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [process.argv[1] ?? '', ...words], {
      cwd: options.cwd ?? project,
      encoding: 'utf8',
      maxBuffer: 64 * 1_048_576,
      stdio,
      env: environment(host, { home, nowMs, agent: options.agent ?? 'user:ann' }),
    }) as Omit<SpawnSyncReturns<string>, 'stderr'> & { readonly stderr: string | null }
    if (error !== undefined) throw error
    if (status !== 0) throw new Error(`the demo's step failed with exit ${String(status)}: atom ${words.join(' ')}\n${stderr ?? ''}`)
    return stdout
  }
  /** Both outputs in the order in which a terminal would show them: they go to one file. */
  const callMerged = (words: readonly string[], options: StepOptions): string => {
    const file = join(home, '.output')
    const descriptor = openSync(file, 'w')
    try {
      call(words, options, ['ignore', descriptor, descriptor])
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}${readFileSync(file, 'utf8')}`, { cause: error })
    } finally {
      closeSync(descriptor)
      rmSync(file)
    }
  }
  const say = async (text: string): Promise<void> => {
    if (!host.output.isJson) await host.output.line(text === '' ? [] : [['heading', text]])
  }
  return {
    home,
    project,
    say,
    async show(words, options = {}) {
      const output = callMerged(words, options)
      if (!host.output.isJson) await print(host, { command: options.typed ?? ['atom', ...words].map(quoteWord).join(' '), output, lines: options.lines })
      return output
    },
    async quote(command, answer) {
      if (!host.output.isJson) await print(host, { command, output: answer, lines: undefined })
    },
    run: (words, options = {}) => call(words, options, ['ignore', 'pipe', 'pipe']),
    write(path, text) {
      const file = join(home, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
    at(time) {
      nowMs = Date.parse(time)
    },
  }
}

/** A hermetic environment: nothing of the caller's but the PATH and whether it wants colours. */
function environment(host: Host, step: { readonly home: string; readonly nowMs: number; readonly agent: string }): NodeJS.ProcessEnv {
  const isColored = host.flags.color && host.output.view.isTerminal
  return {
    PATH: host.env['PATH'], HOME: step.home, USER: 'ann', TZ: 'UTC', LC_ALL: 'C.UTF-8',
    ATOM_AGENT: step.agent, ATOM_NOW_MS: String(step.nowMs),
    GIT_CONFIG_NOSYSTEM: '1',
    ...(isColored ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  }
}

interface Printed { readonly command: string; readonly output: string; readonly lines: number | undefined }

async function print(host: Host, { command, output, lines }: Printed): Promise<void> {
  await host.output.line([['dim', '$ '], ['command', command]])
  const all = output === '' ? [] : output.replace(/\n+$/, '').split('\n')
  const left = lines === undefined ? 0 : Math.max(0, all.length - Math.abs(lines))
  if (left > 0 && lines !== undefined && lines < 0) await host.output.line([['dim', `  … ${String(left)} lines`]])
  const shown = lines === undefined ? all : lines < 0 ? all.slice(lines) : all.slice(0, lines)
  for (const line of shown) await host.output.text(`  ${line}\n`)
  if (left > 0 && lines !== undefined && lines > 0) await host.output.line([['dim', `  … ${String(left)} more lines`]])
  await host.output.line([])
}
