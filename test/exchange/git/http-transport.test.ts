import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import type { ObjectId } from '../../../src/codec/object-id.js'
import { openGitRemote } from '../../../src/exchange/git/git-remote.js'
import type { Credentials } from '../../../src/exchange/git/http-request.js'
import { openHttpTransport } from '../../../src/exchange/git/http-transport.js'
import { openIsomorphicReader } from '../../../src/exchange/git/isomorphic-reader.js'
import { repositoryOf, type MirrorPlace } from '../../../src/exchange/git/mirror-folder.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { readAll, remoteSuite } from '../../conformance/remote-suite.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { serveGit, type GitHostOptions } from '../../helpers/git-http-server.js'
import { git, hasGit, temporaryFolders } from '../../helpers/git.js'
import { mirrorBelow, openFileRemote, sendAll, whatToSend } from '../../helpers/git-remotes.js'
import { aRepo } from '../../helpers/memory-repo.js'

const folder = temporaryFolders()
const disposables: AsyncDisposable[] = []
afterAll(async () => { for (const one of disposables) await one[Symbol.asyncDispose]() })

interface Given { readonly url: string; readonly credentials?: Credentials }

/** A mirror that only isomorphic-git reads. */
function mirrorWithoutGit(at: string): MirrorPlace {
  return { ...mirrorBelow(at), openReader: openIsomorphicReader }
}

function openHttpRemote(place: MirrorPlace, { url, credentials }: Given): Promise<Remote> {
  const signal = new AbortController().signal
  const transport = openHttpTransport({ url, location: `git+${url}`, signal, folder: repositoryOf(place), reader: openIsomorphicReader(repositoryOf(place)), credentials: () => Promise.resolve(credentials) })
  return openGitRemote(transport, place, { signal, reporter: silentReporter })
}

async function aHost(options: GitHostOptions = {}): Promise<{ readonly url: string; readonly path: string; readonly requests: readonly string[] }> {
  const root = folder()
  const path = join(root, 'trail.git')
  mkdirSync(path)
  git(path, ['init', '-q', '--bare', '-b', 'main'])
  const host = await serveGit(root, options)
  disposables.push(host)
  return { url: `${host.url}/trail.git`, path, requests: host.requests }
}

if (hasGit()) {
  remoteSuite({
    name: 'git over http without git on this side',
    async make() {
      const place = mirrorWithoutGit(folder())
      const { url } = await aHost()
      return () => openHttpRemote(place, { url })
    },
    supports: { forgetting: 'a host keeps what was pushed', oddNames: 'git has no branch a/b beside a branch a' },
  })
}

describe.skipIf(!hasGit())('http without git on this side (needs git for the host)', () => {
  it('makes the same commits as git does, and reads those that git pushed', async () => {
    const repo = await aRepo()
    for (let count = 0; count < 5; count++) await repo.draft({ body: { title: `title ${String(count)}` } })
    const host = await aHost()
    await using one = await openHttpRemote(mirrorWithoutGit(folder()), host)
    expect(await sendAll(repo.store, one)).toEqual([])
    const other = join(folder(), 'other.git')
    await using two = await openFileRemote(mirrorBelow(folder()), other)
    expect(await sendAll(repo.store, two)).toEqual([])
    expect(git(other, ['for-each-ref'])).toBe(git(host.path, ['for-each-ref']))
    expect(git(host.path, ['fsck', '--strict'])).toBe('')
    await using fetched = await openHttpRemote(mirrorWithoutGit(folder()), host)
    const { objects, refs } = await whatToSend(repo.store)
    expect((await fetched.refs()).refs).toEqual(refs)
    expect((await readAll(fetched, [...refs.values()])).size).toBe(objects.length)
    await repo.draft({ body: { title: 'more' } })
    expect(await sendAll(repo.store, one)).toEqual([])
    expect((await fetched.refs()).refs).toEqual((await whatToSend(repo.store)).refs)
    const posts = host.requests.filter((line) => line.startsWith('POST'))
    expect(posts.at(-1)).toContain('git-upload-pack')
  })

  it('says who it is only when it is asked, and is told when that is wrong', async () => {
    const host = await aHost({ password: 'ann:s3cret' })
    await using good = await openHttpRemote(mirrorWithoutGit(folder()), { ...host, credentials: { username: 'ann', password: 's3cret' } })
    expect(host.requests).toEqual([])
    expect((await good.refs()).refs.size).toBe(0)
    expect(host.requests.map((line) => line.includes('(password)'))).toEqual([false, true])
    await using bad = await openHttpRemote(mirrorWithoutGit(folder()), { ...host, credentials: { username: 'ann', password: 'wr0ng' } })
    const error = await bad.refs().then(() => undefined, (thrown: unknown) => thrown as Error)
    expect(error).toMatchObject({ code: 'REMOTE_AUTH' })
    expect(JSON.stringify(error) + String(error?.stack)).not.toMatch(/wr0ng|d3Iwbmc/)
    await using nobody = await openHttpRemote(mirrorWithoutGit(folder()), host)
    expect(await codeOfAsync(() => nobody.refs())).toBe('REMOTE_AUTH')
  })

  it.each<readonly [string, NonNullable<GitHostOptions['instead']>, string]>([
    ['redirects elsewhere', (_, response) => { response.writeHead(302, { location: 'https://evil.example/?token=x' }).end(); return true }, 'REMOTE_REFUSED'],
    ['is no git host', (_, response) => { response.writeHead(200).end('<html>'); return true }, 'REMOTE_REFUSED'],
    ['says nothing', (_, response) => { response.writeHead(200).end(); return true }, 'REMOTE_REFUSED'],
    ['is down', (_, response) => { response.writeHead(503).end(); return true }, 'REMOTE_UNREACHABLE'],
    ['hangs up', (request) => { request.socket.destroy(); return true }, 'REMOTE_UNREACHABLE'],
    ['has nothing there', (_, response) => { response.writeHead(404).end(); return true }, 'REMOTE_REFUSED'],
    ['breaks off', (_, response) => { response.writeHead(200, { 'content-length': '100' }); response.write('001e# service=git-upload-pack\n'); setTimeout(() => { response.destroy() }, 20); return true }, 'REMOTE_UNREACHABLE'],
  ])('tells what is wrong with a host that %s', async (_, instead, code) => {
    const host = await aHost({ instead })
    await using remote = await openHttpRemote(mirrorWithoutGit(folder()), { ...host, credentials: { username: 'a', password: 'b' } })
    expect(await codeOfAsync(() => remote.refs())).toBe(code)
    expect(host.requests.some((line) => line.includes('(password)'))).toBe(false)
  })

  it('keeps nothing of a pack that is cut off', async () => {
    const repo = await aRepo()
    let isCutting = false
    const host = await aHost({ instead: (request, response) => {
      if (!isCutting || request.method !== 'POST') return false
      request.resume()
      response.writeHead(200).end('0008NAK\n000d\u0001PACKab0000')
      return true
    } })
    await using sent = await openHttpRemote(mirrorWithoutGit(folder()), host)
    expect(await sendAll(repo.store, sent)).toEqual([])
    isCutting = true
    await using remote = await openHttpRemote(mirrorWithoutGit(folder()), host)
    expect(await codeOfAsync(() => remote.refs())).toBe('REMOTE_REFUSED')
    isCutting = false
    const main = (await remote.refs()).refs.get('refs/heads/main') as ObjectId
    expect((await readAll(remote, [main])).has(main)).toBe(true)
  })
})
