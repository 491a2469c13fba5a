/** An export to context-sync's database that is killed anywhere, or whose disk is full: the database is as before or after, and what servers wrote is there. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useCli } from '../helpers/cli.js'
import { aDatabase, allRows, ask, putNote, putProject } from '../helpers/context-sync.js'
import { hasSmallDisks, smallDisk } from '../helpers/small-disk.js'

const cli = useCli()
const ROOT = join(import.meta.dirname, '../..')
const ATOMS = 1_500

async function aLargeTrail(): Promise<void> {
  await cli.ok(['init', '-q'])
  const lines = Array.from({ length: ATOMS }, (_, index) => JSON.stringify({ type: 'DOC', title: `note ${String(index)}`, reason: 'x'.repeat(300) })).join('\n')
  await cli.ok(['import', 'jsonl', '-'], { stdin: `${lines}\n` })
}

function aServersFile(folder: string): string {
  const file = join(folder, 'data.db')
  const database = aDatabase(file, 'S3')
  putProject(database, 'p1', '/elsewhere')
  putNote(database, 'n1', 'of the server')
  database.close()
  return file
}

function exportAndKill(file: string, afterMs: number): Promise<'killed' | 'done'> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), 'export', 'context-sync', file, '-q'], { cwd: cli.project, env: { PATH: process.env['PATH'], HOME: cli.home, USER: 'ann' }, stdio: 'ignore' })
  const timer = setTimeout(() => { child.kill('SIGKILL') }, afterMs)
  return new Promise((resolve) => {
    child.on('close', (_, signal) => {
      clearTimeout(timer)
      resolve(signal === 'SIGKILL' ? 'killed' : 'done')
    })
  })
}

describe('an export to context-sync', () => {
  it('that is killed leaves the database as before or after, and one copy of what was', async () => {
    await aLargeTrail()
    const file = aServersFile(cli.home)
    const before = readFileSync(file)
    const notes = allRows(file, 'notes')
    for (let afterMs = 100; await exportAndKill(file, afterMs) === 'killed'; afterMs = Math.ceil(afterMs * 1.3)) {
      // The next one to open it takes back what was half done.
      expect(ask(file, 'PRAGMA integrity_check')).toEqual(['ok'])
      expect([1, ATOMS + 1]).toContain(ask(file, 'SELECT count(*) FROM notes')[0])
    }
    expect(allRows(file, 'notes')).toEqual(expect.arrayContaining(notes as unknown[]))
    expect(ask(file, 'SELECT count(*) FROM atom_trail')).toEqual([ATOMS + 1])
    const copies = readdirSync(cli.home).filter((name) => name.startsWith('data.before-atom'))
    expect(copies).toEqual(['data.before-atom.db'])
    expect(readFileSync(join(cli.home, copies[0] ?? '')).equals(before)).toBe(true)
  }, 120_000)
})

describe.skipIf(!hasSmallDisks('a full disk'))('on a full disk', () => {
  it('nothing is changed, nothing is left over, and with room again it works', async () => {
    await aLargeTrail()
    using disk = smallDisk('1m')
    const file = aServersFile(disk.folder)
    const before = readFileSync(file)
    for (const path of [file, join(disk.folder, 'new.db')]) {
      const { exitCode, stderr } = await cli.run(['export', 'context-sync', path, '--json'])
      expect([exitCode, JSON.parse(stderr)]).toMatchObject([6, { error: { code: 'STORE_FULL' } }])
      expect(readdirSync(disk.folder)).toEqual(['data.db'])
      expect(readFileSync(file).equals(before)).toBe(true)
    }
    disk.resize('64m')
    await cli.ok(['export', 'context-sync', file])
    expect(ask(file, 'SELECT count(*) FROM notes')).toEqual([ATOMS + 1])
  }, 60_000)
})
