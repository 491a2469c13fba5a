/** What the numbers were measured on. Never its name, never a path. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'

export function describeMachine() {
  const [cpu] = cpus()
  return {
    cpu: `${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    disk: disk(),
    os: `${systemName()}, ${process.platform} ${process.arch}`,
    node: process.version,
    git: answer('git', ['--version']).replace('git version ', '') || 'none',
    load: loadavg()[0].toFixed(1),
  }
}

function systemName() {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** The file system of the temporary folder, where everything is measured, and whether its device says that it spins. */
function disk() {
  const [device = '', type = 'unknown'] = answer('df', ['--output=source,fstype', tmpdir()]).split('\n').at(-1)?.trim().split(/\s+/) ?? []
  const spins = answer('lsblk', ['-ndo', 'ROTA', device])
  const kind = device.startsWith('/dev/vd') ? 'virtual disk' : spins === '0' ? 'SSD' : spins === '1' ? 'spinning disk' : 'unknown device'
  return `${type} on ${kind}`
}

function answer(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
