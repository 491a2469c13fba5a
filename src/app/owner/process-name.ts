/** What names a process of this machine, so that it is told from a later one with its pid. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

let cached: string | undefined

/** Returns what names this process and no other one of this machine: pid, start time, pid namespace. */
export function thisProcess(): string {
  cached ??= `${String(process.pid)} ${startOf(process.pid) ?? '0'} ${namespace()}`
  return cached
}

function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    // No namespaces on this system: all processes see each other.
    return '0'
  }
}

/** Returns when a process started, in a form that stays the same while it lives; undefined when there is none. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startByPs(pid)
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
    // The name in parentheses may hold anything; `Z` is dead already.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

/** In whole seconds since the epoch, as `ps` knows it. Slow, so asked only about others, who are there only when the store is busy. */
function startByPs(pid: number): string | undefined {
  if (pid === process.pid) return String(Math.round(Date.now() / 1_000 - process.uptime()))
  try {
    const started = Date.parse(execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } }).trim())
    return Number.isNaN(started) ? undefined : String(started / 1_000)
  } catch {
    // `ps` fails for a process that is not there.
    return undefined
  }
}

const PS_SLACK_SECONDS = 3

/** Tells whether a process lives that started then. */
export function isRunning(pid: string, start: string): boolean {
  if (!/^\d+$/.test(pid)) return false
  const found = startOf(Number(pid))
  if (process.platform === 'linux' || found === undefined) return found === start
  return Math.abs(Number(found) - Number(start)) <= PS_SLACK_SECONDS
}
