/** Runs programs as a user's shell would, with an environment of their own: no `NODE_EXTRA_CA_CERTS`, no settings of whoever measures. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ATOM = join(import.meta.dirname, '../../bin/atom.js')
export const HOOK = join(import.meta.dirname, '../../bin/atom-hook')

const GIT_SETTINGS = [['gc.auto', '0'], ['maintenance.auto', 'false'], ['user.name', 'bench'], ['user.email', 'bench@example.invalid'], ['advice.detachedHead', 'false']]

export function environment(home) {
  return {
    PATH: process.env.PATH, HOME: home, USER: 'bench', TZ: 'UTC', LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_COUNT: String(GIT_SETTINGS.length),
    ...Object.fromEntries(GIT_SETTINGS.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]])),
  }
}

/** Runs a program to its end and returns its stdout; throws what it said where it failed. */
export function run(command, args, { cwd, input, allow = [0] }) {
  const done = spawnSync(command, args, { cwd, input, env: environment(cwd), maxBuffer: 2 ** 30, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  if (!allow.includes(done.status)) throw new Error(`${command} ${args.slice(0, 4).join(' ')}: exit ${String(done.status)}: ${done.stderr?.toString().slice(0, 500) ?? String(done.error)}`)
  return done.stdout
}

export const node = (args, options) => run(process.execPath, args, options)
export const atom = (args, options) => run(process.execPath, [ATOM, ...args], options)
export const git = (args, options) => run('git', args, options)

/** Runs a program with its output thrown away; returns its time and its greatest resident memory, which Linux alone tells. */
export function watch(command, args, { cwd, env = {} }) {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, args, { cwd, env: { ...environment(cwd), ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
    let peakKib = 0
    const look = () => {
      try {
        peakKib = Math.max(peakKib, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0))
      } catch {
        // Gone, or no Linux.
      }
    }
    const timer = setInterval(look, 20)
    const out = []
    child.stdout.on('data', (part) => { if (out.length < 64) out.push(part) })
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(timer)
      resolve({ code, ms: performance.now() - start, peakMib: peakKib / 1_024, stdout: Buffer.concat(out).toString() })
    })
  })
}
