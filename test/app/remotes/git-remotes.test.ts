import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../../src/base/ports.js'
import { openGitUrl, parseGitUrl, type GitRemoteContext } from '../../../src/app/remotes/git-remotes.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { serveGit } from '../../helpers/git-http-server.js'
import { sendAll, whatToSend } from '../../helpers/git-remotes.js'
import { git, hasGit, temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'

const folder = temporaryFolders()

function aContext(cwd: string, env: Readonly<Record<string, string>> = {}): GitRemoteContext {
  return { cwd, env: { PATH: process.env['PATH'], HOME: cwd, ATOM_LOCK_TIMEOUT_MS: '200', ...env }, mirrors: join(cwd, '.atom', 'git'), signal: new AbortController().signal, reporter: silentReporter }
}

function withoutMirrors({ cwd, env, signal, reporter }: GitRemoteContext): GitRemoteContext {
  return { cwd, env, signal, reporter }
}

/** A folder that counts as a store. */
function aStoreFolder(): string {
  const at = folder()
  mkdirSync(join(at, '.atom'))
  writeFileSync(join(at, '.atom', 'format'), 'atom 1\n')
  return at
}

function filesWith(at: string, text: string): readonly string[] {
  return readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(text)).map(({ name }) => name)
}

describe('URLs of git remotes', () => {
  it.each([
    ['git+file:host.git', { scheme: 'file', url: '/here/host.git', path: '/here/host.git' }],
    ['git+file:///a%20b/host.git', { scheme: 'file', url: '/a b/host.git', path: '/a b/host.git' }],
    ['git+ssh://git@example.org:2222/ann/trail.git', { scheme: 'ssh', url: 'ssh://git@example.org:2222/ann/trail.git' }],
    ['git+https://example.org/ann/trail.git/', { scheme: 'https', url: 'https://example.org/ann/trail.git' }],
    ['git+http://localhost:8080/x', { scheme: 'http', url: 'http://localhost:8080/x' }],
    ['git+http://[::1]/x', { scheme: 'http', url: 'http://[::1]/x' }],
  ])('are read: %s', (url, place) => {
    expect(parseGitUrl(url, '/here')).toEqual(place)
  })

  it.each(['git+http://example.org/x', 'git+http://127.0.0.1.evil.example/x', 'git+ssh://-oProxyCommand=x/y', 'git+https:///x', 'git+ext::sh -c x', 'git+ftp://example.org/x', 'git+ssh:host:path'])('are refused: %s', (url) => {
    expect(() => parseGitUrl(url, '/here')).toThrow(expect.objectContaining({ code: 'USAGE' }) as Error)
  })
})

describe.skipIf(!hasGit())('opening git remotes (needs git)', () => {
  it('keeps the mirror in the store, one for each URL, and takes turns', async () => {
    const at = aStoreFolder()
    const repo = await aRepo()
    const context = aContext(at)
    await (async () => {
      await using remote = await openGitUrl('git+file:host.git', context)
      expect(await sendAll(repo.store, remote)).toEqual([])
      expect(await codeOfAsync(() => openGitUrl('git+file:host.git', context))).toBe('STORE_LOCKED')
      await using other = await openGitUrl('git+file:other.git', context)
      expect((await other.refs()).refs.size).toBe(0)
    })()
    await using again = await openGitUrl('git+file:host.git', context)
    expect((await again.refs()).refs).toEqual((await whatToSend(repo.store)).refs)
    expect(readdirSync(join(at, '.atom', 'git'))).toHaveLength(2)
    expect(existsSync(join(at, 'other.git'))).toBe(false)
  })

  it('needs no store, and leaves nothing behind then', async () => {
    const [at, tmp] = [folder(), folder()]
    const repo = await aRepo()
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = tmp
    try {
      await using remote = await openGitUrl(`git+file:${join(at, 'host.git')}`, withoutMirrors(aContext(at)))
      expect(await sendAll(repo.store, remote)).toEqual([])
      expect(readdirSync(tmp)).toHaveLength(1)
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
    expect(readdirSync(tmp)).toEqual([])
  })

  it('says what it cannot do without git', async () => {
    const at = aStoreFolder()
    for (const url of ['git+file:host.git', 'git+ssh://example.org/x']) expect(await codeOfAsync(() => openGitUrl(url, aContext(at, { PATH: at })))).toBe('UNSUPPORTED')
  })

  it.each(['with git', 'without git'])('takes the token from the environment, %s', async (way) => {
    const root = folder()
    mkdirSync(join(root, 'trail.git'))
    git(join(root, 'trail.git'), ['init', '-q', '--bare', '-b', 'main'])
    await using host = await serveGit(root, { password: 'x-access-token:t0ken' })
    const repo = await aRepo()
    const at = aStoreFolder()
    const url = `git+${host.url}/trail.git`
    const env = { ...(way === 'without git' && { PATH: at }) }
    await using remote = await openGitUrl(url, aContext(at, { ...env, ATOM_GIT_TOKEN: 't0ken' }))
    expect(await sendAll(repo.store, remote)).toEqual([])
    const store = aStoreFolder()
    await using nobody = await openGitUrl(url, aContext(store, env))
    expect(await codeOfAsync(() => nobody.refs())).toBe('REMOTE_AUTH')
    expect(filesWith(join(at, '.atom'), 't0ken')).toEqual([])
  })

  it('asks the user\'s own git for a password, and keeps it nowhere', async () => {
    const root = folder()
    mkdirSync(join(root, 'trail.git'))
    git(join(root, 'trail.git'), ['init', '-q', '--bare', '-b', 'main'])
    await using host = await serveGit(root, { password: 'ann:s3cret' })
    const at = aStoreFolder()
    writeFileSync(join(at, '.gitconfig'), '[credential]\n\thelper = "!f() { echo username=ann; echo password=s3cret; }; f"\n')
    await using remote = await openGitUrl(`git+${host.url}/trail.git`, aContext(at))
    expect((await remote.refs()).refs.size).toBe(0)
  })
})
