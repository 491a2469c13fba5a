/**
 * Runs a short session with real commands and writes what it printed into README.md, between the two marks.
 *
 *     node docs/session.mjs           writes
 *     node docs/session.mjs --check   compares; ends with 1 where README.md says something else
 *
 * Home, clock and randomness are its own, so that every id is the same on every machine.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const README = join(ROOT, 'README.md')
const MARKED = /(<!-- session[^>]*-->\n)[\s\S]*?(<!-- \/session -->)/

const RESEARCH = 'ATOM-RESEARCH-20241125-002'
const CONFIG = 'ATOM-CFG-20241125-003'

/** Remarks, and what is typed: each at its time. */
const STEPS = [
  ['2024-11-25T10:00:00Z', '# Monday, 10:00. Claude Code looks something up, writes a config and says what it rests on', 'atom init --project bazza-dx'],
  ['2024-11-25T10:05:00Z', 'atom add RESEARCH "ProtonDB: Cyberpunk 2077 is Gold with Proton-GE 9.0" --agent claude-code --tokens 2500'],
  ['2024-11-25T10:20:00Z', "printf '%s\\n' PROTON=GE-Proton9-0 DXVK=2.3 DXVK_HUD=1 > cyberpunk.env",
    `atom add CFG "Cyberpunk 2077: first config" --agent claude-code --file cyberpunk.env -i ${RESEARCH}`],
  ['2024-11-25T15:00:00Z', '# Monday, 15:00. Another chat: what did we set up?', 'atom log --oneline --type CFG'],
  ['2024-11-29T16:00:00Z', '# Friday. Qwen makes it faster, and builds on that',
    "printf '%s\\n' PROTON=GE-Proton9-0 DXVK=2.4 RADV_PERFTEST=gpl > cyberpunk.env",
    `atom add CFG "Cyberpunk 2077: DXVK 2.4" --agent qwen -a -i ${CONFIG} --reason "2.3 stutters"`],
  ['2024-11-29T16:10:00Z', '# What changed, who wrote which line, and on whose advice?', 'atom diff HEAD~1 HEAD -- cyberpunk.env', 'atom blame cyberpunk.env', 'atom why HEAD'],
  ['2024-11-29T16:20:00Z', '# It crashes. Put back what was there before Qwen\'s change, then ask whether the trail is whole', 'atom undo --force', 'cat cyberpunk.env', 'atom verify | tail -n 1'],
]

function runSession() {
  const home = mkdtempSync(join(tmpdir(), 'atom-session-'))
  try {
    const project = join(home, 'bazza-dx')
    const programs = join(home, 'programs')
    for (const folder of [project, programs]) mkdirSync(folder)
    symlinkSync(join(ROOT, 'bin/atom.js'), join(programs, 'atom'))
    let seed = 0
    const show = (time, line) => {
      if (line.startsWith('#')) return `\n${line}\n`
      seed += 1
      const env = { PATH: `${programs}:${process.env.PATH}`, HOME: home, USER: 'ann', TZ: 'UTC', LC_ALL: 'C', ATOM_NOW_MS: String(Date.parse(time)), ATOM_RANDOM_SEED: String(seed) }
      const { status, stdout } = spawnSync('/bin/sh', ['-c', `exec 2>&1\n${line}`], { cwd: project, env, encoding: 'utf8' })
      if (status !== 0) throw new Error(`$ ${line}\n${stdout}`)
      return `$ ${line}\n${stdout.replaceAll(home, '~')}`
    }
    return STEPS.flatMap(([time, ...lines]) => lines.map((line) => show(time, line))).join('').trim()
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const old = readFileSync(README, 'utf8')
const block = `\n\`\`\`console\n${runSession()}\n\`\`\`\n\n`
const fresh = old.replace(MARKED, (_, begin, end) => begin + block + end)
if (process.argv[2] === '--check') {
  if (old !== fresh) {
    console.error('README.md shows another session than the commands print: node docs/session.mjs')
    process.exitCode = 1
  }
} else {
  writeFileSync(README, fresh)
}
