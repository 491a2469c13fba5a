import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../../src/base/bytes.js'
import { codecOf, digestOf, idOf, type ObjectId } from '../../../src/codec/object-id.js'
import type { Remote } from '../../../src/exchange/remote.js'
import { makeBareRepository } from '../../../src/git/pack-folder.js'
import type { SealedObject } from '../../../src/object/seal.js'
import { forget } from '../../../src/ops/keep/forget.js'
import { pointAt } from '../../../src/refs/ref.js'
import { sealContent } from '../../../src/store/content.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import { readObject } from '../../../src/store/objects.js'
import type { Store } from '../../../src/store/types.js'
import { readAll, remoteSuite } from '../../conformance/remote-suite.js'
import { git, temporaryFolders } from '../../helpers/git.js'
import { mirrorBelow, openFileRemote, sendAll, whatToSend } from '../../helpers/git-remotes.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { streamOf } from '../../helpers/remote-objects.js'

const folder = temporaryFolders()

remoteSuite({
  name: 'a git repository on this machine',
  async make() {
    const at = folder()
    const place = mirrorBelow(at)
    await makeBareRepository(join(at, 'host.git'))
    return () => openFileRemote(place, join(at, 'host.git'))
  },
  supports: { forgetting: 'a host keeps what was pushed', oddNames: 'git has no branch a/b beside a branch a' },
})

/** A store with a bit of everything: branches, a merge, tags, evidence, large values, a split folder, an undone move. */
async function aSample(): Promise<Store> {
  const copy = join(folder(), 'store')
  cpSync(join(import.meta.dirname, '../../../fixtures/stores/v1/sample/store'), copy, { recursive: true })
  return openLevelStore(copy, { createIfMissing: 'no' })
}

const fsck = (host: string): string => spawnSync('git', ['fsck', '--strict', '--no-progress'], { cwd: host, encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C' } }).stdout

describe('a whole trail on a git host', () => {
  it('comes back byte for byte, refs and operations too, and any machine makes the same commits of it', async () => {
    const store = await aSample()
    const { objects, refs } = await whatToSend(store)
    const hosts = [join(folder(), 'one.git'), join(folder(), 'two.git')] as const
    const sent = await openFileRemote(mirrorBelow(folder()), hosts[0])
    expect(await sendAll(store, sent)).toEqual([])
    await sent[Symbol.asyncDispose]()
    const fetched = await openFileRemote(mirrorBelow(folder()), hosts[0])
    expect((await fetched.refs()).refs).toEqual(refs)
    const given = await readAll(fetched, [...refs.values()])
    expect([...given].sort()).toEqual(objects.map(({ id, bytes }): [string, string] => [id, toHex(bytes)]).sort())
    expect(await fetched.missing(objects.map(({ id }) => id))).toEqual([])

    const again = await openFileRemote(mirrorBelow(folder()), hosts[1])
    const shuffled = [...given].map(([id]) => objects.find((object) => object.id === id) as SealedObject).reverse()
    await again.put(streamOf(shuffled.filter(({ id }) => id.startsWith('55'))))
    expect(await sendAll(store, again)).toEqual([])
    const listed = hosts.map((host) => git(host, ['for-each-ref', '--format=%(objectname) %(refname)']))
    expect(listed[1]).toBe(listed[0])
    expect(hosts.map(fsck)).toEqual(['', ''])
    for (const remote of [fetched, again]) await remote[Symbol.asyncDispose]()
    await store.close()
  })
})

describe('a history that is read in one pass', () => {
  it('is what was recorded, however its folders changed from one ATOM to the next', async () => {
    const { repo, host, push } = await aMachine()
    const [put, keep] = [new Map<string, string>(), ['a', 'a/b', 'b', 'b/c/d', 'b/c/e', 'é', ...Array.from({ length: 40 }, (_, at) => `wide/f${String(at)}`)]]
    for (let step = 0; step < 120; step++) {
      const [path, before] = [keep[(step * 7) % keep.length] ?? '', [...put.keys()]]
      // A file where a folder was, and the other way round.
      for (const other of put.keys()) if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) put.delete(other)
      if (step % 5 === 4) put.delete(path)
      else put.set(path, `${String(step % 11)}\n`)
      await recordAll(repo, before, put)
    }
    expect(await push()).toEqual([])
    await using fetched = await openFileRemote(mirrorBelow(folder()), host)
    const { objects, refs } = await whatToSend(repo.store)
    expect((await fetched.refs()).refs).toEqual(refs)
    expect([...await readAll(fetched, [...refs.values()])].sort()).toEqual(objects.map(({ id, bytes }): [string, string] => [id, toHex(bytes)]).sort())
  })

  it('goes on from what a mirror has, also with contents that were there before', async () => {
    const { repo, host, push } = await aMachine()
    const [place, have] = [mirrorBelow(folder()), new Set<ObjectId>()]
    for (const text of ['one', 'two', 'one', 'three', 'one']) {
      await record(repo, { 'project/a': text, 'project/b/c': `${text} too` })
      expect(await push()).toEqual([])
      await using fetched = await openFileRemote(place, host)
      const { objects, refs } = await whatToSend(repo.store)
      expect((await fetched.refs()).refs).toEqual(refs)
      const wanted = objects.map(({ id }) => id).filter((id) => !have.has(id))
      for await (const { id } of fetched.get([...refs.values()], { have: [], isHere: (id) => have.has(id) })) have.add(id)
      for await (const { id } of fetched.get(wanted.filter((id) => !have.has(id)), { have: [], isHere: (id) => have.has(id) })) have.add(id)
      expect(objects.filter(({ id }) => !have.has(id))).toEqual([])
    }
  })
})

/** Records that the project's files are others than before. */
async function recordAll(repo: MemoryRepo, before: Iterable<string>, after: ReadonlyMap<string, string>): Promise<void> {
  const gone = [...before].filter((path) => !after.has(path)).map((path) => [`project/${path}`, undefined] as const)
  const sealed = [...after].map(([path, text]) => ({ path, content: sealContent(utf8(text)) }))
  const there = sealed.map(({ path, content }) => [`project/${path}`, { mode: 0o100644 as const, link: content.id }] as const)
  await repo.draft({ type: 'CFG', body: { title: 'files' }, objects: sealed.flatMap(({ content }) => content.objects), files: new Map([...gone, ...there]) })
}

interface Machine { readonly repo: MemoryRepo; readonly host: string; readonly warnings: string[]; open(): Promise<Remote>; push(): Promise<readonly string[]> }

/** A machine with a trail, and a host that it pushes to. */
async function aMachine(): Promise<Machine> {
  const [repo, host, place] = [await aRepo(), join(folder(), 'host.git'), mirrorBelow(folder())]
  const warnings: string[] = []
  const open = (): Promise<Remote> => openFileRemote(place, host, { warn: (message) => { warnings.push(message) }, progress: () => undefined })
  return {
    repo, host, warnings, open,
    async push() {
      await using remote = await open()
      return await sendAll(repo.store, remote)
    },
  }
}

async function record(repo: MemoryRepo, files: Readonly<Record<string, string | Uint8Array>>, title = 'files'): Promise<ObjectId> {
  const sealed = Object.entries(files).map(([path, content]) => ({ path, content: sealContent(typeof content === 'string' ? utf8(content) : content) }))
  repo.clock.advance(1_000)
  const { id } = await repo.draft({ type: 'CFG', body: { title }, objects: sealed.flatMap(({ content }) => content.objects), files: new Map(sealed.map(({ path, content }) => [path, { mode: 0o100644 as const, link: content.id }])) })
  return id
}

describe('what git does with a mirror', () => {
  it('is what it does with any repository: clone, log, blame, bisect run', async () => {
    const { repo, host, push } = await aMachine()
    for (const speed of [60, 59, 58, 30, 29, 28]) await record(repo, { 'project/fps.txt': `fps\n${String(speed)}\n` }, `fps is ${String(speed)}`)
    expect(await push()).toEqual([])
    const clone = join(folder(), 'clone')
    git('/', ['clone', '-q', host, clone])
    expect(git(clone, ['log', '--format=%s', '-2'])).toBe('fps is 28\nfps is 29\n')
    expect(git(clone, ['log', '-1', '--format=%(trailers:key=Atom-Id,valueonly)']).trim()).toMatch(/^ATOM-CFG-\d{8}-007$/)
    expect(git(clone, ['blame', '-s', 'project/fps.txt']).split('\n')[0]).toMatch(/^[0-9a-f]{8} 1\) fps$/)
    expect(git(clone, ['diff', '--stat', 'HEAD~1', '--', 'project'])).toContain('project/fps.txt | 2 +-')
    git(clone, ['bisect', 'start', 'HEAD', 'HEAD~5'])
    expect(git(clone, ['bisect', 'run', 'sh', '-c', 'test "$(tail -n 1 project/fps.txt)" -gt 40'])).toContain('fps is 30')
  })

  it('has nothing to complain of, whatever the names, agents and texts', async () => {
    const { repo, host, push } = await aMachine()
    const names = ['.git', '.gitmodules', '.gitattributes', 'git~1', 'a\\.git\\b', 'atom%', ' ', '-', '.git ', 'x/.git/config', 'é', 'x'.repeat(1_000), '.atom/atom', '\u0001\n']
    await record(repo, Object.fromEntries(names.map((name) => [`project/${name}`, `[submodule "../x"]\n\turl = -oProxyCommand=${'y'.repeat(4_000)}\n`])), 'a\0b\u001b')
    await repo.draft({ agent: '<>\n\0', timeMs: -62_167_219_200_000, body: { title: '\n', reason: '\0\n\nAtom-Id: x' } })
    await repo.draft({ agent: 'Z', timeMs: 253_402_300_799_999 })
    expect(await push()).toEqual([])
    expect(fsck(host)).toBe('')
    await using fetched = await openFileRemote(mirrorBelow(folder()), host)
    const { objects, refs } = await whatToSend(repo.store)
    expect((await fetched.refs()).refs).toEqual(refs)
    expect((await readAll(fetched, [...refs.values()])).size).toBe(objects.length)
  })

  it('costs only what is new the next time', async () => {
    const { repo, host, push } = await aMachine()
    for (let count = 0; count < 50; count++) await record(repo, { 'project/a': String(count) })
    await push()
    const before = Number(/size-pack: (\d+)|$/.exec(git(host, ['count-objects', '-v']))?.[1] ?? 0) + git(host, ['count-objects']).length
    await record(repo, { 'project/a': 'last' })
    expect(await push()).toEqual([])
    const loose = Number(/^(\d+)/.exec(git(host, ['count-objects']))?.[1])
    expect(before).toBeGreaterThan(0)
    expect(loose).toBeLessThan(30)
  })

  it('carries contents above 1 MiB as plain files, and cuts them again', async () => {
    const { repo, host, push } = await aMachine()
    const big = Uint8Array.from({ length: 3_500_000 }, (_, index) => (index * index) % 253)
    await record(repo, { 'project/big.bin': big, 'project/full.bin': big.subarray(0, 1_048_576), 'project/last.bin': big.subarray(3_145_728) })
    expect(await push()).toEqual([])
    expect(Buffer.from(git(host, ['cat-file', 'blob', 'main:project/big.bin']), 'latin1').equals(big)).toBe(true)
    await using fetched = await openFileRemote(mirrorBelow(folder()), host)
    await fetched.refs()
    const { objects, refs } = await whatToSend(repo.store)
    expect([...await readAll(fetched, [...refs.values()])].sort()).toEqual(objects.map(({ id, bytes }): [string, string] => [id, toHex(bytes)]).sort())
    const chunk = objects.find(({ bytes }) => bytes.length === 1_048_576 && bytes[5] !== big[5])
    expect([...(await readAll(fetched, [chunk?.id ?? refs.values().next().value as ObjectId])).values()]).toContain(toHex(chunk?.bytes ?? new Uint8Array(0)))
  })
})

describe('what somebody else did on the host', () => {
  const COMMIT = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '-q', '--allow-empty', '-m']

  it('is named and not taken, and not written over', async () => {
    const machine = await aMachine()
    const tip = await record(machine.repo, { 'project/a': 'a' })
    await machine.push()
    const clone = join(folder(), 'clone')
    git('/', ['clone', '-q', machine.host, clone])
    writeFileSync(join(clone, 'project/a'), 'edited')
    git(clone, [...COMMIT, 'Edit on the forge', '-a'])
    git(clone, ['push', '-q', 'origin', 'main', 'main:refs/heads/pages'])
    git(clone, ['checkout', '-q', '--orphan', 'own'])
    git(clone, ['rm', '-rqf', '.'])
    git(clone, [...COMMIT, 'Something else'])
    git(clone, ['tag', '-a', '-m', 'released', 'release'])
    git(clone, ['push', '-q', 'origin', 'own', 'release', 'main~1:refs/tags/plain'])
    const theirs = git(machine.host, ['rev-parse', 'main']).trim()

    await using remote = await machine.open()
    const { refs } = await remote.refs()
    expect([...refs.keys()].filter((ref) => !ref.startsWith('refs/atom/'))).toEqual(['refs/heads/main', 'refs/heads/pages', 'refs/tags/plain'])
    expect([refs.get('refs/heads/main'), refs.get('refs/tags/plain')]).toEqual([tip, tip])
    expect(machine.warnings.filter((warning) => warning.includes('refs/heads/main')).join()).toContain('Edit on the forge')
    expect(machine.warnings.filter((warning) => warning.includes('refs/heads/own')).join()).toContain('Something else')
    expect(machine.warnings.join()).toContain('refs/tags/release')
    expect(machine.warnings).toHaveLength(4)

    const next = await record(machine.repo, { 'project/a': 'b' })
    await remote.put(streamOf((await whatToSend(machine.repo.store)).objects))
    const [outcome] = await remote.updateRefs([{ ref: 'refs/heads/main', expected: tip, next }])
    expect(outcome?.refused?.code).toBe('REMOTE_REFUSED')
    expect(outcome?.refused?.message).toContain('Edit on the forge')
    expect(git(machine.host, ['rev-parse', 'main']).trim()).toBe(theirs)
    git(machine.host, ['update-ref', 'refs/heads/main', `${theirs}~1`])
    expect(await remote.updateRefs([{ ref: 'refs/heads/main', expected: tip, next }])).toEqual([{ ref: 'refs/heads/main', refused: undefined }])
  })

  it('is taken where only the words of a commit are other ones, and replaced at the next push', async () => {
    const machine = await aMachine()
    const tip = await record(machine.repo, { 'project/a': 'a' })
    await machine.push()
    const before = git(machine.host, ['rev-parse', 'main'])
    const clone = join(folder(), 'clone')
    git('/', ['clone', '-q', machine.host, clone])
    git(clone, [...COMMIT, 'Better words', '--amend'])
    git(clone, ['push', '-qf', 'origin', 'main'])
    expect(git(machine.host, ['rev-parse', 'main'])).not.toBe(before)
    await using remote = await openFileRemote(mirrorBelow(folder()), machine.host)
    expect((await remote.refs()).refs.get('refs/heads/main')).toBe(tip)
    expect(await remote.updateRefs([{ ref: 'refs/heads/main', expected: tip, next: tip }])).toEqual([{ ref: 'refs/heads/main', refused: undefined }])
    expect(git(machine.host, ['rev-parse', 'main'])).toBe(before)
  })

  it('is found out where a content is missing that the body links', async () => {
    const machine = await aMachine()
    const evidence = sealContent(utf8('out'))
    const tip = await machine.repo.draft({ body: { title: 'x', evidence: [{ name: 'a', phase: 'before', content: evidence.id }] }, objects: evidence.objects })
    await machine.push()
    const clone = join(folder(), 'clone')
    git('/', ['clone', '-q', machine.host, clone])
    git(clone, ['rm', '-q', '.atom/link/0'])
    git(clone, [...COMMIT.filter((word) => word !== '-m'), '--amend', '-C', 'HEAD'])
    git(clone, ['push', '-qf', 'origin', 'main'])
    await using remote = await openFileRemote(mirrorBelow(folder()), machine.host, { warn: (message) => { machine.warnings.push(message) }, progress: () => undefined })
    expect((await remote.refs()).refs.get('refs/heads/main')).toBe(readHeader(machine.repo, tip.id).parents[0])
    expect(machine.warnings.join()).toContain('something that its ATOM owns is not in it')
  })

  it.each([
    ['a body that is not the ATOM\'s', '.atom/body', 'changed'],
    ['a header that is none', '.atom/atom', 'changed'],
    ['a content that the body does not link', '.atom/link/0', 'changed'],
    ['a file beside its tree', 'project/new', 'changed'],
    ['a name that atom escapes', 'project/atom%x', 'changed'],
    ['a list of absent files that is none', '.atom/absent', 'changed'],
    ['files outside the scopes', 'README.md', 'changed'],
  ])('is found out: %s', async (_, path, content) => {
    const machine = await aMachine()
    const evidence = sealContent(utf8('out'))
    await machine.repo.draft({ body: { title: 'x', evidence: [{ name: 'a', phase: 'before', content: evidence.id }] }, objects: evidence.objects })
    const tip = await machine.repo.draft({ body: { title: 'y', evidence: [{ name: 'a', phase: 'before', content: evidence.id }] } })
    await machine.push()
    const clone = join(folder(), 'clone')
    git('/', ['clone', '-q', machine.host, clone])
    mkdirSync(join(clone, dirname(path)), { recursive: true })
    writeFileSync(join(clone, path), content)
    git(clone, ['add', '-Af', '.'])
    // The same commit with something false in it: parents, message and all else as they were.
    git(clone, [...COMMIT.filter((word) => word !== '-m'), '--amend', '-C', 'HEAD'])
    git(clone, ['push', '-qf', 'origin', 'main'])
    await using remote = await openFileRemote(mirrorBelow(folder()), machine.host, { warn: (message) => { machine.warnings.push(message) }, progress: () => undefined })
    expect((await remote.refs()).refs.get('refs/heads/main')).toBe(readHeader(machine.repo, tip.id).parents[0])
    expect(machine.warnings.join()).toContain('not made by atom')
    for (const [id, hex] of await readAll(remote, [tip.id])) expect(idOf(Buffer.from(hex, 'hex'), codecOf(id as ObjectId))).toBe(id)
  })
})

function readHeader(repo: MemoryRepo, id: ObjectId): { readonly parents: readonly ObjectId[] } {
  return readObject(repo.objects, id, 'atom')
}

describe('after something was forgotten', () => {
  const SECRET = 'TOKEN=hunter2-7f3a\n'
  const objectsWith = (host: string, text: string): readonly string[] => git(host, ['rev-list', '--all', '--objects']).split('\n').map((line) => line.slice(0, 40)).filter((oid) => oid !== '' && git(host, ['cat-file', '-p', oid]).includes(text))

  it('every commit from the first that held it on is another one, on every branch, and nobody is given it', async () => {
    const machine = await aMachine()
    const { repo, host } = machine
    await record(repo, { 'project/a': 'a' })
    const held = await record(repo, { 'project/secret.env': SECRET, 'project/b': 'b' })
    await repo.writer.transact({ agent: 'x', command: 'branch' }, (tx) => { tx.edit({ ref: 'refs/heads/side', expected: undefined, next: pointAt(held) }) })
    const last = await record(repo, { 'project/a': 'c' }, 'a title to forget')
    await machine.push()
    const elsewhere = mirrorBelow(folder())
    await (async () => {
      await using other = await openFileRemote(elsewhere, host)
      await other.refs()
    })()
    const before = git(host, ['rev-list', '--reverse', 'main']).trim().split('\n')
    expect(objectsWith(host, SECRET)).toHaveLength(1)
    await forget.run(repo, forget.check({ target: `secret.env@${digestOf(held)}`, reason: 'secret', dryRun: false }))
    await forget.run(repo, forget.check({ target: digestOf(last), reason: 'gdpr', dryRun: false }))
    expect(await machine.push()).toEqual([])
    expect(machine.warnings.join()).toContain('something was forgotten')
    expect(machine.warnings.join()).toContain('The old commits can still be had there')
    const after = git(host, ['rev-list', '--reverse', 'main']).trim().split('\n')
    expect(after.map((commit, at) => commit === before[at])).toEqual([true, true, false, false])
    expect([...objectsWith(host, SECRET), ...objectsWith(host, 'a title to forget')]).toEqual([])
    expect(fsck(host)).not.toContain('error')

    const { objects, refs } = await whatToSend(repo.store)
    for (const place of [mirrorBelow(folder()), elsewhere]) {
      await using remote = await openFileRemote(place, host)
      expect((await remote.refs()).refs).toEqual(refs)
      expect([...(await readAll(remote, [...refs.values()])).keys()].sort()).toEqual(objects.map(({ id }) => id).sort())
      expect(await remote.missing([sealContent(utf8(SECRET)).id])).toHaveLength(1)
    }
    const fresh = join(folder(), 'fresh.git')
    await using again = await openFileRemote(mirrorBelow(folder()), fresh)
    expect(await sendAll(repo.store, again)).toEqual([])
    expect(git(fresh, ['for-each-ref'])).toBe(git(host, ['for-each-ref']))
    expect(readdirSync(elsewhere.folder)).toEqual(['index', 'objects.git'])
  })
})
