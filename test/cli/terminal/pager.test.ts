import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { choosePager, startPager } from '../../../src/cli/terminal/pager.js'
import { ROOT, useCli } from '../../helpers/cli.js'

describe('pager', () => {
  it('is chosen like git chooses', () => {
    expect(choosePager({})).toBe('less')
    expect(choosePager({ PAGER: 'more' })).toBe('more')
    expect(choosePager({ PAGER: 'more', ATOM_PAGER: 'most -s' })).toBe('most -s')
    expect(choosePager({ PAGER: 'more', ATOM_PAGER: '' })).toBeUndefined()
    expect(choosePager({ PAGER: 'cat' })).toBeUndefined()
  })

  it('is left out when it is missing', () => {
    const spawnNothing = (): ChildProcess => { throw new TypeError('spawned') }
    expect(startPager({ env: { PAGER: 'nosuch -R' }, cwd: '/', hasProgram: () => false, spawn: spawnNothing })).toBeUndefined()
  })

  it('gets the output and git\'s settings', async () => {
    let said = ''
    const pager = startPager({
      env: { PAGER: 'sh', PATH: process.env['PATH'] }, cwd: '/', hasProgram: () => true,
      spawn: (_command, env) => {
        const child = spawn('sh', ['-c', 'echo "$LESS $LV"; cat'], { env: { ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
        child.stdout.on('data', (chunk: Buffer) => { said += chunk.toString() })
        return child as unknown as ChildProcess
      },
    })
    pager?.stdin.end('answer\n')
    await pager?.done()
    expect(said).toBe('FRX -c\nanswer\n')
  })
})

const hasScript = spawnSync('script', ['--version']).status === 0

describe.skipIf(!hasScript)('on a terminal', () => {
  const cli = useCli()
  const onTerminal = (command: string, env: Readonly<Record<string, string>> = {}): string =>
    spawnSync('script', ['-qec', command, '/dev/null'], { env: { ...cli.env(), TERM: 'xterm', ...env }, cwd: cli.project, encoding: 'utf8' }).stdout
  const atom = `${process.execPath} ${join(ROOT, 'bin/atom.js')}`

  it('pages long readers, colours them, and stops paging when told to', () => {
    expect(onTerminal(`${atom} help`, { ATOM_PAGER: 'sed s/^/paged:/' })).toMatch(/^paged:usage: \u001b\[1matom/)
    expect(onTerminal(`${atom} help --no-pager`, { ATOM_PAGER: 'sed s/^/paged:/' })).toMatch(/^usage: \u001b/)
    expect(onTerminal(`${atom} help --no-pager --no-color`)).toMatch(/^usage: atom/)
    expect(onTerminal(`${atom} help --json`, { ATOM_PAGER: 'sed s/^/paged:/' })).toMatch(/^\{/)
    expect(onTerminal(`${atom} help`, { ATOM_PAGER: 'nosuch-pager', NO_COLOR: '1' })).toMatch(/^usage: atom/)
    expect(onTerminal(`${atom} help`, { ATOM_PAGER: 'true' })).toBe('')
  })
})
