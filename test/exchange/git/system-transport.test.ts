import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { silentReporter } from '../../../src/base/ports.js'
import { openGitRemote } from '../../../src/exchange/git/git-remote.js'
import type { Credentials } from '../../../src/exchange/git/http-request.js'
import { repositoryOf, type MirrorPlace } from '../../../src/exchange/git/mirror-folder.js'
import { openSystemReader } from '../../../src/exchange/git/system-reader.js'
import { openSystemTransport } from '../../../src/exchange/git/system-transport.js'
import type { GitTransport } from '../../../src/exchange/git/transport.js'
import { encodeGitCommit, oidOf, type GitObject } from '../../../src/git/git-object.js'
import { createPackBuilder } from '../../../src/git/pack.js'
import { makeBareRepository, writePack } from '../../../src/git/pack-folder.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { serveGit } from '../../helpers/git-http-server.js'
import { mirrorBelow, sendAll, systemGit } from '../../helpers/git-remotes.js'
import { git, temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'
import { serveSsh, whyNoSshd, type SshHost } from '../../helpers/ssh-server.js'

const folder = temporaryFolders()
const NOTHING = { known: [], fresh: undefined, write: () => Promise.resolve() }

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
    await transport.create('refs/heads/trunk')
    await transport.create('refs/heads/other')
    const first = commit('first')
    expect(await transport.push([{ ref: 'refs/heads/trunk', expected: undefined, next: first }], NOTHING)).toEqual(['done'])
    expect(await transport.list()).toEqual({ refs: new Map([['refs/heads/trunk', first]]), peeled: new Map(), head: 'refs/heads/trunk' })
  })

  it('moves each ref only from where it was', async () => {
    const path = join(folder(), 'host.git')
    const { transport, commit } = await aTransport(path)
    await transport.create('refs/heads/main')
    const [first, second, third] = ['1', '2', '3'].map(commit)
    await transport.push([{ ref: 'refs/heads/a', expected: undefined, next: first }, { ref: 'refs/heads/b', expected: undefined, next: first }], NOTHING)
    const outcomes = await transport.push([
      { ref: 'refs/heads/a', expected: second, next: third }, { ref: 'refs/heads/b', expected: first, next: second }, { ref: 'refs/heads/c', expected: undefined, next: third }, { ref: 'refs/heads/a/b', expected: undefined, next: third },
    ], NOTHING)
    expect(outcomes.map((outcome) => (outcome === 'done' ? outcome : outcome.moved))).toEqual(['yes', 'done', 'done', expect.stringMatching(/yes|no/)])
    expect(await transport.push([{ ref: 'refs/heads/b', expected: second, next: undefined }], NOTHING)).toEqual(['done'])
    expect([...(await transport.list()).refs]).toEqual([['refs/heads/a', first], ['refs/heads/c', third]])
  })

  it('lets git look for what has to be sent where the pack that it was given is not all of it, or no pack', async () => {
    const path = join(folder(), 'host.git')
    const { transport, commit } = await aTransport(path)
    await transport.create('refs/heads/main')
    const [first, second] = [commit('1'), commit('2')]
    for (const [ref, next, fresh] of [['refs/heads/a', first, undefined], ['refs/heads/b', second, { bytes: utf8('PACK') }]] as const) {
      expect(await transport.push([{ ref, expected: undefined, next }], { ...NOTHING, fresh })).toEqual(['done'])
    }
    expect([...(await transport.list()).refs.values()]).toEqual([first, second])
    expect(git(path, ['fsck', '--strict'])).toBe('')
  })

  it('sends the pack that it was given as it is, and nothing else', async () => {
    const path = join(folder(), 'host.git')
    const { transport, folder: own } = await aTransport(path)
    await transport.create('refs/heads/main')
    const tree: GitObject = { type: 'tree', bytes: new Uint8Array(0) }
    const blobs = Array.from({ length: 120 }, (_, number): GitObject => ({ type: 'blob', bytes: utf8(String(number)) }))
    const top: GitObject = { type: 'commit', bytes: encodeGitCommit({ tree: oidOf(tree), parents: [], person: { name: 'a', email: 'a@b', seconds: 0 }, message: 'x' }) }
    const builder = createPackBuilder()
    for (const object of [...blobs, tree, top]) builder.add(oidOf(object), object)
    const pack = builder.finish()
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: oidOf(top) }], { known: [], fresh: { bytes: pack.pack }, write: () => writePack(own, pack) })).toEqual(['done'])
    expect(git(path, ['cat-file', 'blob', oidOf(blobs[7] as GitObject)])).toBe('7')
    expect(readdirSync(join(own, 'refs/known'))).toEqual([oidOf(top)])
  })

  it('joins the packs of the mirror once there are many, and loses nothing of them', async () => {
    const path = join(folder(), 'host.git')
    const { transport, folder: own, commit } = await aTransport(path)
    await transport.create('refs/heads/main')
    const blobs = Array.from({ length: 60 }, (_, number): GitObject => ({ type: 'blob', bytes: utf8(`pack ${String(number)}`) }))
    for (const blob of blobs) {
      const builder = createPackBuilder()
      builder.add(oidOf(blob), blob)
      await writePack(own, builder.finish())
    }
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: commit('x') }], NOTHING)).toEqual(['done'])
    expect(readdirSync(join(own, 'objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(1)
    for (const [number, blob] of blobs.entries()) expect(git(own, ['cat-file', 'blob', oidOf(blob)])).toBe(`pack ${String(number)}`)
  })

  it('leaves a branch that somebody has checked out', async () => {
    const path = folder()
    git(path, ['init', '-q', '-b', 'main'])
    const { transport, commit } = await aTransport(path)
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: commit('x') }], NOTHING)).toEqual([{ refused: expect.stringContaining('checked out') as unknown, moved: 'no' }])
  })

  it('runs no hook of the repository, nor of the user', async () => {
    const path = join(folder(), 'host.git')
    const { transport, commit } = await aTransport(path)
    await transport.create('refs/heads/main')
    for (const hook of ['pre-receive', 'update', 'post-receive']) {
      const file = join(path, 'hooks', hook)
      git(path, ['init', '-q', '--bare'])
      writeFileSync(file, '#!/bin/sh\nexit 1\n')
      chmodSync(file, 0o755)
    }
    expect(await transport.push([{ ref: 'refs/heads/main', expected: undefined, next: commit('x') }], NOTHING)).toEqual(['done'])
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

function openRemote(place: MirrorPlace, given: { readonly url: string; readonly env?: Readonly<Record<string, string>>; readonly credentials?: Credentials }): Promise<Remote> {
  const system = { ...systemGit(), env: { ...systemGit().env, ...given.env } }
  const transport = openSystemTransport({ system, folder: repositoryOf(place), url: given.url, location: `git+${given.url}`, credentials: () => Promise.resolve(given.credentials) })
  return openGitRemote(transport, place, { signal: system.signal, reporter: silentReporter })
}

const SUPPORTS = { forgetting: 'a host keeps what was pushed', oddNames: 'git has no branch a/b beside a branch a' }
const disposables: AsyncDisposable[] = []
afterAll(async () => { for (const one of disposables) await one[Symbol.asyncDispose]() })

const noSshd = whyNoSshd()
if (noSshd === undefined) {
  let host: SshHost | undefined
  remoteSuite({
    name: 'git over ssh',
    async make() {
      if (host === undefined) disposables.push(host = await serveSsh(folder()))
      const { url, command } = host
      const [place, path] = [mirrorBelow(folder()), join(folder(), 'trail.git')]
      await makeBareRepository(path)
      return () => openRemote(place, { url: url + path, env: { GIT_SSH_COMMAND: command } })
    },
    supports: SUPPORTS,
  })
} else it.skip(`git over ssh: ${noSshd}`, () => undefined)

describe('git over http with the system\'s git', () => {
  it('says who it is only when it is asked, and in no message', async () => {
    const root = folder()
    await makeBareRepository(join(root, 'trail.git'))
    await using host = await serveGit(root, { password: 'ann:s3cret' })
    const url = `${host.url}/trail.git`
    const repo = await aRepo()
    await using good = await openRemote(mirrorBelow(folder()), { url, credentials: { username: 'ann', password: 's3cret' } })
    expect(await sendAll(repo.store, good)).toEqual([])
    expect(host.requests[0]).toBe('GET /trail.git/info/refs?service=git-upload-pack')
    expect(git(join(root, 'trail.git'), ['log', '--format=%s', 'main'])).toBe('Start of demo\n')
    await using bad = await openRemote(mirrorBelow(folder()), { url, credentials: { username: 'ann', password: 'wr0ng' } })
    const error = await bad.refs().then(() => undefined, (thrown: unknown) => thrown as Error)
    expect(error).toMatchObject({ code: 'REMOTE_AUTH' })
    expect(JSON.stringify(error) + String(error?.stack)).not.toMatch(/wr0ng|YW5uOndyMG5n/)
  })

  it('follows no redirect', async () => {
    const elsewhere: string[] = []
    await using other = await serveGit(folder(), { instead: (request, response) => { elsewhere.push(String(request.headers.authorization)); response.end(); return true } })
    await using host = await serveGit(folder(), { instead: (request, response) => { response.writeHead(302, { location: `${other.url}${request.url ?? ''}` }).end(); return true } })
    await using remote = await openRemote(mirrorBelow(folder()), { url: `${host.url}/trail.git`, credentials: { username: 'a', password: 'b' } })
    expect(await codeOfAsync(() => remote.refs())).toBe('REMOTE_REFUSED')
    expect(elsewhere).toEqual([])
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
