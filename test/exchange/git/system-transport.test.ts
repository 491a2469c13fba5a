import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSystemReader } from '../../../src/exchange/git/system-reader.js'
import { openSystemTransport } from '../../../src/exchange/git/system-transport.js'
import type { GitTransport } from '../../../src/exchange/git/transport.js'
import { makeBareRepository } from '../../../src/git/pack-folder.js'
import { git, temporaryFolders } from '../../helpers/git.js'
import { systemGit } from '../../helpers/git-remotes.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'

const folder = temporaryFolders()

async function aTransport(path: string): Promise<{ readonly transport: GitTransport; readonly folder: string; commit(message: string): string }> {
  const own = folder()
  await makeBareRepository(own)
  return {
    folder: own,
    transport: openSystemTransport({ system: systemGit(), folder: own, url: path, location: `git+file:${path}`, path }),
    commit: (message) => git(own, ['commit-tree', '-m', message, git(own, ['hash-object', '-t', 'tree', '-w', '--stdin']).trim()]).trim(),
  }
}

describe('the system\'s git', () => {
  it('makes a repository when something is pushed, and not before', async () => {
    const path = join(folder(), 'new.git')
    const { transport, commit } = await aTransport(path)
    expect(await transport.list()).toEqual({ refs: new Map(), peeled: new Map(), head: undefined })
    await transport.create()
    const first = commit('first')
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: first }], [])).toEqual(['done'])
    expect(await transport.list()).toEqual({ refs: new Map([['refs/heads/main', first]]), peeled: new Map(), head: 'refs/heads/main' })
  })

  it('moves each ref only from where it was', async () => {
    const path = join(folder(), 'host.git')
    const { transport, commit } = await aTransport(path)
    await transport.create()
    const [first, second, third] = ['1', '2', '3'].map(commit)
    await transport.push([{ ref: 'refs/heads/a', expected: undefined, next: first }, { ref: 'refs/heads/b', expected: undefined, next: first }], [])
    const outcomes = await transport.push([
      { ref: 'refs/heads/a', expected: second, next: third }, { ref: 'refs/heads/b', expected: first, next: second }, { ref: 'refs/heads/c', expected: undefined, next: third }, { ref: 'refs/heads/a/b', expected: undefined, next: third },
    ], [])
    expect(outcomes.map((outcome) => (outcome === 'done' ? outcome : outcome.moved))).toEqual(['yes', 'done', 'done', expect.stringMatching(/yes|no/)])
    expect(await transport.push([{ ref: 'refs/heads/b', expected: second, next: undefined }], [])).toEqual(['done'])
    expect([...(await transport.list()).refs]).toEqual([['refs/heads/a', first], ['refs/heads/c', third]])
  })

  it('runs no hook of the repository, nor of the user', async () => {
    const path = join(folder(), 'host.git')
    const { transport, commit } = await aTransport(path)
    await transport.create()
    for (const hook of ['pre-receive', 'update', 'post-receive']) {
      const file = join(path, 'hooks', hook)
      git(path, ['init', '-q', '--bare'])
      writeFileSync(file, '#!/bin/sh\nexit 1\n')
      chmodSync(file, 0o755)
    }
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: commit('x') }], [])).toEqual(['done'])
  })

  it('says who and what when it cannot', async () => {
    const notGit = folder()
    writeFileSync(join(notGit, 'file'), '')
    const { transport } = await aTransport(notGit)
    expect(await codeOfAsync(() => transport.list())).toBe('REMOTE_REFUSED')
    const own = folder()
    await makeBareRepository(own)
    const nowhere = openSystemTransport({ system: { ...systemGit(), env: { ...systemGit().env, GIT_SSH_COMMAND: 'false' } }, folder: own, url: 'ssh://nobody@localhost:1/x', location: 'git+ssh://localhost:1/x' })
    expect(['REMOTE_UNREACHABLE', 'REMOTE_REFUSED']).toContain(await codeOfAsync(() => nowhere.list()))
  })
})

describe('reading with the system\'s git', () => {
  it('says that the mirror is damaged, and how it is made again', async () => {
    const own = folder()
    await makeBareRepository(own)
    writeFileSync(join(own, 'config'), 'not a config [')
    await using reader = openSystemReader(systemGit(), own)
    await expect(reader.getObject('0'.repeat(40))).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', hint: expect.stringContaining('rm -r') as unknown })
  })
})
