import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runInFolder } from '../../src/cli/run-in-folder.js'
import { fakeHost } from '../helpers/cli.js'
import { temporaryFolders } from '../helpers/git.js'
import { waitFor } from '../fault/kit.js'

const newFolder = temporaryFolders()
const atom = { object: 'a'.repeat(64), atomId: 'ATOM-CFG-20241127-003' }

function script(path: string, text: string, mode = 0o755): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, mode)
}

describe('a command in a folder that is not the user\'s', () => {
  it('runs there, and is told of the ATOM', async () => {
    const [folder, cwd] = [newFolder(), newFolder()]
    const { host } = fakeHost({ cwd, env: { PATH: process.env['PATH'] ?? '' } })
    const { exitCode } = await runInFolder(host, { folder, atom, command: ['sh', '-c', 'echo "$ATOM_OBJECT $ATOM_ID $ATOM_HOME_FILES" > seen; exit 7'] })
    expect([exitCode, readFileSync(join(folder, 'seen'), 'utf8')]).toEqual([7, `${atom.object} ${atom.atomId} ${join(folder, '.atom-home')}\n`])
  })

  it('is the program in the folder, or the one beside the user where the folder has none', async () => {
    const [folder, cwd] = [newFolder(), newFolder()]
    const { host } = fakeHost({ cwd })
    script(join(cwd, 'check.sh'), 'exit 1')
    expect(await runInFolder(host, { folder, atom, command: ['./check.sh'] })).toEqual({ exitCode: 1 })
    script(join(folder, 'check.sh'), 'exit 2')
    expect(await runInFolder(host, { folder, atom, command: ['./check.sh'] })).toEqual({ exitCode: 2 })
  })

  it('ends as in a shell where it cannot be started', async () => {
    const folder = newFolder()
    script(join(folder, 'plain.sh'), 'exit 0', 0o644)
    const { host } = fakeHost({ cwd: folder })
    expect(await runInFolder(host, { folder, atom, command: ['./none.sh'] })).toEqual({ exitCode: 127 })
    expect(await runInFolder(host, { folder, atom, command: ['./plain.sh'] })).toEqual({ exitCode: 126 })
  })

  it('ends, with all that it started, when it is interrupted', async () => {
    const folder = newFolder()
    const { host, signal } = fakeHost({ cwd: folder, env: { PATH: process.env['PATH'] ?? '' } })
    const running = runInFolder(host, { folder, atom, command: ['sh', '-c', 'sleep 60 & echo $! > pid; wait'] })
    await waitFor(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '')
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
    signal.abort()
    expect((await running).exitCode).not.toBe(0)
    const isGone = (): boolean => {
      try {
        return readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') Z ')
      } catch {
        return true
      }
    }
    await waitFor(isGone, 5_000)
  })
})
