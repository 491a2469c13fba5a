import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { AtomError } from '../../base/errors.js'
import { concatBytes } from '../../base/bytes.js'
import type { AddResult } from '../../ops/record/add.js'
import { runBegin, runEnd, type RunBefore } from '../../ops/record/run-command.js'
import { toAtomJson } from '../../trail/atom-json.js'
import { defineCommand, list, text, type Command } from '../command.js'
import type { Host } from '../host.js'
import { recordedNote } from '../render/recorded.js'

export const runCommand: Command = defineCommand({
  name: 'run',
  group: 'record',
  summary: 'Run a command and record what it did',
  description: 'The command runs here and now, with your terminal\'s input. Its output is shown and recorded, with its exit code and every file that it changed or created. The exit code is the command\'s.',
  usage: 'run [options] -- CMD [ARG…]',
  positionals: ['command...?'],
  passThrough: true,
  options: {
    title: text('TITLE', 'The title (default: the command)', { short: 'm' }),
    type: text('TYPE', 'The type (default: TASK)', { short: 't' }),
    reason: text('TEXT', 'Why', { short: 'r' }),
    agent: text('AGENT', 'Who acts'),
    influencedBy: list('REV', 'What this builds on', { short: 'i' }),
  },
  examples: [
    ['atom run -- npm test', 'record a test run'],
    ['atom run -m "Regenerate the profile" -- ./make-profile.sh cyberpunk', 'record a script and the files it wrote'],
  ],
  perform: async (host, { positionals, options }) => {
    const command = positionals.command
    if (command.length === 0) throw new AtomError('USAGE', 'run needs a command', { data: {}, hint: 'atom run -- npm test' })
    const { files } = await host.runOperation(runBegin, {}) as RunBefore
    const outcome = await perform(host, command)
    const result = await host.runOperation(runEnd, {
      command, ...options, ...outcome, before: files,
    }) as AddResult
    if (host.output.isJson) await host.output.json(toAtomJson(result.atom))
    else host.output.note([['atom', result.atom.header.atomId]])
    for (const line of recordedNote(result, host.output.view)) host.output.note(line)
    return outcome.exitCode
  },
})

interface Outcome {
  readonly exitCode: number
  readonly signal?: string
  readonly durationMs: number
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

/** Runs the command with its output both shown and kept. A signal that ends it is an exit code of 128 and more, as in a shell. */
function perform(host: Host, command: readonly string[]): Promise<Outcome> {
  const [program = '', ...words] = command
  const startMs = performance.now()
  const stdout: Uint8Array[] = []
  const stderr: Uint8Array[] = []
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: host.cwd, env: host.env, stdio: ['inherit', 'pipe', 'pipe'] })
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk)
      // With --json the one object is the answer: what the command prints goes to stderr.
      ;(host.output.isJson ? process.stderr : process.stdout).write(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.push(chunk)
      process.stderr.write(chunk)
    })
    const interrupt = (): void => { child.kill('SIGINT') }
    host.signal.addEventListener('abort', interrupt)
    child.on('error', (cause: NodeJS.ErrnoException) => {
      host.signal.removeEventListener('abort', interrupt)
      reject(new AtomError('COMMAND_FAILED', `cannot run ${program}: ${cause.code === 'ENOENT' ? 'no such program' : cause.message}`, { data: { command: program, exitCode: null }, hint: 'nothing was recorded; check the name and the PATH', cause }))
    })
    child.on('close', (code, signal) => {
      host.signal.removeEventListener('abort', interrupt)
      resolve({
        exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        ...(signal !== null && { signal }),
        durationMs: Math.round(performance.now() - startMs),
        stdout: concatBytes(stdout),
        stderr: concatBytes(stderr),
      })
    })
  })
}
