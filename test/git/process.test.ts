import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { byteLines, feed, findGit, firstLine, follow } from '../../src/git/process.js'
import { temporaryFolders } from '../helpers/git.js'

const folder = temporaryFolders()

describe('running git', () => {
  it('takes the first git of the PATH that is a program, and no relative folder', async () => {
    const [empty, plain, good] = [folder(), folder(), folder()]
    mkdirSync(join(empty, 'git'))
    writeFileSync(join(plain, 'git'), '')
    writeFileSync(join(good, 'git'), '#!/bin/sh\n')
    chmodSync(join(good, 'git'), 0o755)
    expect(await findGit({ PATH: ['.', empty, plain, join(good, 'nowhere'), good].join(':') })).toBe(join(good, 'git'))
    expect(await findGit({ PATH: empty })).toBeUndefined()
    expect(await findGit({})).toBeUndefined()
  })

  it('gives lines as bytes, the last one too, and what went wrong', async () => {
    const running = follow(spawn('/bin/sh', ['-c', 'cat; printf "\\377 end"; echo "warning: x" >&2; echo "fatal: y" >&2; exit 3'], { env: {} }))
    feed(running, ['a', 'b'])
    const lines: string[] = []
    for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) lines.push(Buffer.from(line).toString('latin1'))
    expect(lines).toEqual(['a', 'b', '\u00ff end'])
    expect([await running.code, firstLine(running.stderr())]).toEqual([3, 'y'])
  })

  it('says that a program could not be started', async () => {
    const running = follow(spawn('/nonexistent/git', [], { env: {} }))
    expect(await running.code).toBeNull()
    expect(running.stderr()).toContain('ENOENT')
  })
})
