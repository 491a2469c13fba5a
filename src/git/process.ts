/** Running the system's git: where it is, what it says, how it ends. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Returns the git on the PATH, or undefined. */
export async function findGit(env: Environment): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (!folder.startsWith('/')) continue
    try {
      const file = join(folder, 'git')
      await access(file, constants.X_OK)
      if ((await stat(file)).isFile()) return file
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === undefined || !['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(code)) throw error
    }
  }
  return undefined
}

/** A git that was started. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  /** null where it was killed or could not be started. */
  readonly code: Promise<number | null>
  stderr(): string
}

/** Writes lines to a process's input. That it ended before it read them shows in its exit code. */
export function feed(running: Running, lines: readonly string[]): void {
  running.child.stdin.on('error', () => undefined)
  running.child.stdin.end(lines.map((line) => `${line}\n`).join(''))
}

/** Ends a process that answers as long as it is asked, and waits until it is gone. What it had still to say is let go. */
export async function end({ child, code }: Running): Promise<void> {
  child.stdin.end()
  child.stdout.resume()
  child.kill()
  await code
}

const STDERR_MAX_CHARACTERS = 10_000

/** Follows a process: its exit code, and what it says on stderr. */
export function follow(child: ChildProcessWithoutNullStreams): Running {
  let said = ''
  child.stderr.on('data', (chunk: Uint8Array) => { if (said.length < STDERR_MAX_CHARACTERS) said += Buffer.from(chunk).toString() })
  const code = new Promise<number | null>((resolve) => {
    child.on('close', resolve)
    // A start that failed closes nothing; what went wrong is told by the output that never came.
    child.on('error', (error) => {
      said += error.message
      resolve(null)
    })
  })
  return { child, code, stderr: () => said }
}

/** Returns what matters of what git said: its first complaint. */
export function firstLine(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '')
  const line = lines.find((candidate) => /^(?:fatal|error):/.test(candidate)) ?? lines[0] ?? ''
  return line.replace(/^(?:fatal|error): /, '')
}

/** Yields the lines of a stream without their ends. */
export async function* byteLines(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield Buffer.from(line, 'latin1')
  }
  if (rest !== '') yield Buffer.from(rest, 'latin1')
}
