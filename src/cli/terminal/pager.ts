import type { ChildProcess } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Environment } from '../host.js'

/** Returns the command line of the pager, or undefined for none: `ATOM_PAGER`, then `PAGER`, then `less`. */
export function choosePager(env: Environment): string | undefined {
  const chosen = (env['ATOM_PAGER'] ?? env['PAGER'] ?? 'less').trim()
  return chosen === '' || chosen === 'cat' ? undefined : chosen
}

export interface Pager {
  readonly stdin: Writable
  /** Resolves when the person has closed it. */
  done(): Promise<void>
}

export interface PagerParts {
  readonly env: Environment
  readonly cwd: string
  /** Tells whether a program is on the PATH. */
  hasProgram(name: string): boolean
  spawn(command: string, env: Environment): ChildProcess
}

/** Starts the pager, or returns undefined when there is none to start: the output then goes straight out. */
export function startPager(parts: PagerParts): Pager | undefined {
  const command = choosePager(parts.env)
  if (command === undefined) return undefined
  const [program = ''] = command.split(/\s+/)
  // A command with quotes, variables or assignments is left to the shell.
  if (/^[\w./+-]+$/.test(program) && !parts.hasProgram(program)) return undefined
  const child = parts.spawn(command, { LESS: 'FRX', LV: '-c', ...parts.env })
  if (child.stdin === null) return undefined
  const { stdin } = child
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => { resolve() })
    child.once('error', () => {
      stdin.destroy()
      resolve()
    })
  })
  return { stdin, done: () => closed }
}
