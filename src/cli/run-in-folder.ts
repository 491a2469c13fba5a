/** Runs a command in a folder that is not the user's own, with what it may want to know of the ATOM there. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Host } from './host.js'

export interface FolderRun {
  readonly folder: string
  readonly command: readonly string[]
  readonly atom: { readonly object: string; readonly atomId: string }
}

export interface FolderOutcome {
  /** Null when a signal ended it. 127 where there is no such program, 126 where it cannot be run, as in a shell. */
  readonly exitCode: number | null
}

/** The environment of such a command: ATOM_OBJECT, ATOM_ID, and where files outside the project lie. */
export function folderEnvironment(host: Pick<Host, 'env'>, { folder, atom }: Pick<FolderRun, 'folder' | 'atom'>): NodeJS.ProcessEnv {
  return {
    ...host.env, ATOM_OBJECT: atom.object, ATOM_ID: atom.atomId, ATOM_FILES: folder,
    ATOM_HOME_FILES: join(folder, '.atom-home'), ATOM_SYSTEM_FILES: join(folder, '.atom-system'),
  }
}

const KILL_AFTER_MS = 2_000
const ENDING: readonly (readonly [signal: 'SIGTERM' | 'SIGHUP', code: number])[] = [['SIGTERM', 143], ['SIGHUP', 129]]

/**
 * Runs the command; its output goes to stderr, since stdout is for the answer, and it reads nothing. It gets a process group of its own, so that
 * an interrupt ends whatever it started, too.
 */
export function runInFolder(host: Host, run: FolderRun): Promise<FolderOutcome> {
  const [program = '', ...words] = run.command
  return new Promise((done) => {
    const child = spawn(findProgram(host.cwd, run.folder, program), words, { cwd: run.folder, env: folderEnvironment(host, run), stdio: ['ignore', 2, 2], detached: process.platform !== 'win32' })
    const kill = (signal: NodeJS.Signals): void => { killGroup(child, signal) }
    let timer: NodeJS.Timeout | undefined
    const interrupt = (): void => {
      kill('SIGINT')
      timer ??= setTimeout(() => { kill('SIGKILL') }, KILL_AFTER_MS)
    }
    const endings = ENDING.map(([signal, code]) => [signal, (): void => {
      kill('SIGKILL')
      process.exit(code)
    }] as const)
    for (const [signal, listener] of endings) process.once(signal, listener)
    host.signal.addEventListener('abort', interrupt)
    const end = (exitCode: number | null): void => {
      clearTimeout(timer)
      // What a shell started in the background does not hear an interrupt.
      if (timer !== undefined) kill('SIGKILL')
      host.signal.removeEventListener('abort', interrupt)
      for (const [signal, listener] of endings) process.off(signal, listener)
      done({ exitCode })
    }
    child.on('error', (error: NodeJS.ErrnoException) => { end(error.code === 'EACCES' ? 126 : 127) })
    child.on('close', (code) => { end(code) })
  })
}

/** Ends a command and all that it started; what is gone already is no error. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as { code?: string }).code !== 'ESRCH') throw error
  }
}

/** A program named by a path is the one in the folder; where that has none, the one beside the user, who may not track it. */
function findProgram(cwd: string, folder: string, program: string): string {
  if (!program.includes('/') || isAbsolute(program) || existsSync(resolve(folder, program))) return program
  const own = resolve(cwd, program)
  return existsSync(own) ? own : program
}
