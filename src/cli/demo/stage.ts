/** Runs real `atom` processes for the demo and shows each command with its output, as a person would see it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Host } from '../host.js'

export interface Stage {
  /** The temporary home; the project lies in it. */
  readonly home: string
  readonly project: string
  /** Says something between two commands. */
  say(text: string): Promise<void>
  /** Runs `atom …`, shows the command as typed and what it printed, and returns its stdout. Throws when the exit code is not an expected one. */
  show(words: readonly string[], options?: StepOptions): Promise<string>
  /** Runs without showing anything. */
  run(words: readonly string[], options?: StepOptions): string
  /** Writes a file below the home, making its folders. */
  write(path: string, text: string): void
  /** Sets the clock of the commands that follow. */
  at(time: string): void
}

export interface StepOptions {
  readonly agent?: string
  readonly cwd?: string
  /** Exit codes that are part of the story; default 0. */
  readonly exits?: readonly number[]
  /** Shows at most this many lines of output. */
  readonly lines?: number
}

export function createStage(host: Host, home: string): Stage {
  const project = join(home, 'projects', 'bazza-dx')
  let nowMs = 0
  const call = (words: readonly string[], options: StepOptions): { readonly stdout: string; readonly stderr: string } => {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [process.argv[1] ?? '', ...words], {
      cwd: options.cwd ?? project,
      encoding: 'utf8',
      maxBuffer: 64 * 1_048_576,
      env: environment(host, { home, nowMs, agent: options.agent ?? 'user:ann' }),
    })
    if (error !== undefined) throw error
    if (!(options.exits ?? [0]).includes(status ?? -1)) throw new Error(`the demo's step failed with exit ${String(status)}: atom ${words.join(' ')}\n${stdout}${stderr}`)
    return { stdout, stderr }
  }
  const say = async (text: string): Promise<void> => {
    if (!host.output.isJson) await host.output.line(text === '' ? [] : [['heading', text]])
  }
  return {
    home,
    project,
    say,
    async show(words, options = {}) {
      const { stdout, stderr } = call(words, options)
      if (host.output.isJson) return stdout
      await host.output.line([['dim', '$ '], ['command', ['atom', ...words].map(quoted).join(' ')]])
      const lines = `${stdout}${stderr}`.replace(/\n$/, '').split('\n')
      const shown = lines.slice(0, options.lines)
      for (const line of shown) await host.output.text(`  ${line}\n`)
      if (shown.length < lines.length) await host.output.line([['dim', `  … ${String(lines.length - shown.length)} more lines`]])
      await host.output.line([])
      return stdout
    },
    run: (words, options = {}) => call(words, options).stdout,
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

function quoted(word: string): string {
  return /^[\w./~@:=+,-]+$/.test(word) ? word : `'${word.replaceAll('\'', String.raw`'\''`)}'`
}
