import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isAtomError } from '../../../src/base/errors.js'
import { openGitHistory } from '../../../src/capture/git/history.js'
import { importGit, type ImportGitResult } from '../../../src/ops/transfer/git/import-git.js'
import { submodulesOf } from '../../../src/ops/transfer/git/imported-commit.js'
import type { Repo } from '../../../src/ops/repo.js'
import { openLevelStore } from '../../../src/store/level/level-store.js'
import { getBody } from '../../../src/store/body.js'
import { readObject } from '../../../src/store/objects.js'
import { parseTrailers } from '../../../src/capture/git/trailers.js'
import { readRecord } from '../../../src/trail/record.js'
import { bareRepo } from '../../helpers/bare-repo.js'
import { createGitTreeIds, git, hasGit, temporaryFolders } from '../../helpers/git.js'
import { suitePath } from '../../helpers/suites.js'

const temporary = temporaryFolders()
const WITH_GIT = { PATH: process.env['PATH'] }
const WITHOUT_GIT = { PATH: '/nonexistent' }

function importInto(repo: Repo, repository: string, options: { readonly env?: { readonly PATH: string | undefined }; readonly branch?: string; readonly rev?: string; readonly saltKey?: Uint8Array } = {}): Promise<ImportGitResult> {
  const { env = WITH_GIT, ...input } = options
  const operation = importGit((location) => openGitHistory(location, { cwd: '/', env, signal: new AbortController().signal }))
  return operation.run(repo, operation.check({ repository, ...input })) as Promise<ImportGitResult>
}

/** Every ATOM's tree is git's tree of the commit that it names. */
function checkTrees(repo: Repo, repository: string, count: number): void {
  const named = Array.from({ length: count }, (_, seq) => `${String(readRecord(repo, seq + 1).body?.metadata?.['git_commit'])}\n`)
  const wanted = new Map(git(repository, ['log', '--no-walk=unsorted', '--stdin', '--format=%H %T %ct%x09%an%x09%P'], { input: named.join('') }).trim().split('\n').map((line) => {
    const [head = '', agent = '', parents = ''] = line.split('\t')
    const [commit = '', tree = '', time = ''] = head.split(' ')
    return [commit, { tree, timeMs: Number(time) * 1_000, agent: Buffer.from(agent, 'latin1').toString(), parents: parents === '' ? [] : parents.split(' ') }]
  }))
  const treeId = createGitTreeIds(repo.objects)
  const commitOf = new Map<string, string>()
  let seen = 0
  for (let seq = 1; seq <= count; seq++) {
    const { header, body } = readRecord(repo, seq)
    const commit = body?.metadata?.['git_commit'] as string
    commitOf.set(repo.index.node(seq).id, commit)
    const git = wanted.get(commit)
    if (git === undefined) throw new Error(`no commit ${commit}`)
    expect(treeId(header.tree, submodulesOf(body)), commit).toBe(git.tree)
    expect(header.timeMs).toBe(git.timeMs)
    expect(header.agent).toBe(git.agent === '' ? 'unknown' : git.agent)
    expect(header.parents.map((id) => commitOf.get(id))).toEqual(git.parents)
    seen++
  }
  expect(seen).toBe(wanted.size)
}

/** Names, sizes, times and bytes of everything in a folder. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(folder, name))
    hash.update(`${name} ${String(stat.mtimeMs)} ${String(stat.mode)}\n`)
    if (stat.isFile()) hash.update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex')
}

describe.skipIf(!hasGit())('import git', () => {
  const bundles = suitePath('git-bundles')
  test.skipIf(bundles === undefined).each(['entireio-cli', 'context-sync'])('gives git\'s tree of every commit of %s, twice the same, and adds nothing when repeated', async (name) => {
    const clone = join(temporary(), 'clone.git')
    git('/', ['clone', '--quiet', '--mirror', join(bundles ?? '', `${name}-main.bundle`), clone])
    const before = fingerprint(clone)
    const store = await openLevelStore(join(temporary(), 'store'), { createIfMissing: 'yes' })
    const repo = await bareRepo({ store })
    const first = await importInto(repo, clone)
    expect(first.added).toBe(first.commits)
    expect(first.commits).toBe(Number(git(clone, ['rev-list', '--all', '--count'])))
    checkTrees(repo, clone, first.commits)
    const again = await importInto(repo, clone)
    expect(again.added).toBe(0)
    expect(again.branches.map(({ object, ref }) => [ref, object])).toEqual(first.branches.map(({ object, ref }) => [ref, object]))
    const other = await bareRepo({ seed: 9 })
    const second = await importInto(other, clone, { env: WITHOUT_GIT })
    expect(second.reader).toBe('isomorphic-git')
    expect(second.branches).toEqual(first.branches)
    expect(second.tags).toEqual(first.tags)
    for (let seq = 1; seq <= first.commits; seq++) expect(other.index.getSeq(repo.index.node(seq).digest)).toBeDefined()
    expect(fingerprint(clone)).toBe(before)
    await store.close()
  }, 120_000)

  test.skipIf(bundles === undefined)('reads trailers as git does', () => {
    const clone = join(temporary(), 'clone.git')
    git('/', ['clone', '--quiet', '--mirror', join(bundles ?? '', 'entireio-cli-main.bundle'), clone])
    const records = git(clone, ['log', '--all', '--format=%B%x01%(trailers:only=true,unfold=true,separator=%x02)%x03']).split('\u0003\n').filter((record) => record !== '')
    expect(records.length).toBeGreaterThan(1_000)
    for (const record of records) {
      const [message = '', trailers = ''] = record.split('\u0001')
      const ours = parseTrailers(message).map(({ key, value }) => `${key}: ${value}`)
      expect(ours, message).toEqual(trailers.replace('\u0003', '').split('\u0002').map((line) => line.trim()).filter((line) => line !== ''))
    }
  })

  const odd = suitePath('git-repositories')
  const names = odd === undefined ? [] : readdirSync(odd).filter((name) => name !== 'SOURCE.txt')
  test.skipIf(odd === undefined).each(names)('ends cleanly or says clearly why not: %s', async (name) => {
    const copy = join(temporary(), name)
    cpSync(join(odd ?? '', name), copy, { recursive: true })
    if (existsSync(join(copy, '.gitted'))) renameSync(join(copy, '.gitted'), join(copy, '.git'))
    const before = fingerprint(copy)
    const outcomes: unknown[] = []
    for (const env of [WITH_GIT, WITHOUT_GIT]) {
      const repo = await bareRepo()
      try {
        const { reader, ...result } = await importInto(repo, copy, { env })
        if (env === WITH_GIT && result.commits > 0 && !result.isShallow && !name.includes('256') && !name.includes('deprecated-mode')) checkTrees(repo, copy, result.commits)
        outcomes.push({ ...result, branches: byName(result.branches), tags: byName(result.tags), reader: reader === '' })
      } catch (error) {
        if (!isAtomError(error, 'SOURCE_UNREADABLE')) throw error
        expect(error.message).toContain(copy)
        outcomes.push('refused')
      }
    }
    // What one refuses the other may still read; where both read, they read the same.
    if (!outcomes.includes('refused')) expect(outcomes[1]).toEqual(outcomes[0])
    expect(fingerprint(copy)).toBe(before)
  })
})

function byName<Item extends { readonly name: string }>(items: readonly Item[]): Item[] {
  return [...items].sort((left, right) => (left.name < right.name ? -1 : 1))
}

describe.skipIf(!hasGit())('a commit becomes an ATOM', () => {
  function newRepository(): string {
    const folder = temporary()
    git(folder, ['init', '--quiet', '--initial-branch=trunk'])
    return folder
  }

  function commitRaw(folder: string, raw: string): string {
    return git(folder, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input: Buffer.from(raw, 'latin1') }).trim()
  }

  const EMPTY = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

  test('header, body and metadata come from the commit', async () => {
    const folder = newRepository()
    writeFileSync(join(folder, 'a.txt'), 'no newline at the end')
    git(folder, ['add', '.'])
    git(folder, ['commit', '--quiet', '-m', 'Use ATOM-CFG-20241127-003\nin two lines', '-m', 'Because.', '-m', 'Co-authored-by: Bob <bob@example.com>\nSigned-off-by: Ann <ann@example.com>'])
    const repo = await bareRepo()
    const result = await importInto(repo, folder)
    expect(result.head).toBe('refs/heads/trunk')
    const { header, body } = readRecord(repo, 1)
    expect(header).toMatchObject({ atomId: 'ATOM-CFG-20241127-003', operation: 'commit', agent: 'Ann Author', timeMs: 1_700_000_100_000, parents: [], influencedBy: [] })
    expect(body).toEqual({
      title: 'Use ATOM-CFG-20241127-003 in two lines',
      reason: 'Because.\n\nCo-authored-by: Bob <bob@example.com>\nSigned-off-by: Ann <ann@example.com>',
      metadata: {
        git_commit: git(folder, ['rev-parse', 'HEAD']).trim(),
        author: { name: 'Ann Author', email: 'ann@example.com', date: '2023-11-14T23:13:20+01:00' },
        committer: { name: 'Carl Committer', email: 'carl@example.com', date: '2023-11-14T16:45:00-05:30' },
        trailers: [{ key: 'Co-authored-by', value: 'Bob <bob@example.com>' }, { key: 'Signed-off-by', value: 'Ann <ann@example.com>' }],
        co_authored_by: [{ name: 'Bob', email: 'bob@example.com' }],
      },
    })
  })

  test('two ids in a message, or none, give an id made of the commit', async () => {
    const folder = newRepository()
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'ATOM-CFG-20241127-003 and ATOM-CFG-20241127-004'])
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'ATOM-CFG-20241199-003, xATOM-CFG-20241127-003, ATOM-CFG-20241127-003-abcdef'])
    const repo = await bareRepo()
    await importInto(repo, folder)
    for (const [seq, commit] of [[1, 'HEAD~1'], [2, 'HEAD']] as const) {
      expect(repo.index.node(seq).atomId).toBe(`ATOM-COMMIT-20231114-${git(folder, ['rev-parse', commit]).slice(0, 12)}`)
    }
  })

  test('strange commits are read as far as they go, by both readers alike', async () => {
    const folder = newRepository()
    const heads = [
      `tree ${EMPTY}\nauthor  <> 1 +0000\ncommitter C <c> 99999999999999 +9999\n\n`,
      `tree ${EMPTY}\nauthor A <a> nonsense\ncommitter\n\n\n\n  spaced title  \n\n\nrest\n\n`,
      `tree ${EMPTY}\nauthor M\xfcller <m@x> 1700000000 +0100\ncommitter M\xfcller <m@x> 1700000000 +0100\nencoding ISO-8859-1\n\nGr\xfc\xdfe\n`,
      `tree ${EMPTY}\nauthor M\xfcller <m@x> 1700000000 +0100\ncommitter M\xfcller <m@x> 1700000000 +0100\n\nbad \xff utf-8\n`,
      `tree ${EMPTY}\nauthor \xd0\x9f <m@x> -5 -0000\ncommitter x <m@x> -5 -0000\nencoding klingon\ngpgsig -----BEGIN\n \n line\n -----END\n\n`,
      `tree ${EMPTY}\nauthor ${'n'.repeat(3_000)} <m@x> 1 +0000\ncommitter x <m@x> 1 +0000\n\n${'t'.repeat(200_000)}\n\n\u0000nul`,
    ].map((raw) => commitRaw(folder, raw))
    heads.forEach((head, index) => git(folder, ['update-ref', `refs/heads/b${String(index)}`, head]))
    const repo = await bareRepo()
    const result = await importInto(repo, folder)
    expect(result.commits).toBe(heads.length)
    const bodies = heads.map((head) => {
      const { object } = result.branches.find(({ name }) => name === `b${String(heads.indexOf(head))}`) ?? { object: undefined }
      const header = readObject(repo.objects, object as never, 'atom')
      return { header, body: getBody(repo.objects, header.body) }
    })
    expect(bodies.map(({ header }) => header.agent.slice(0, 10))).toEqual(['unknown', 'A', 'Müller', 'Müller', 'П', 'nnnnnnnnnn'])
    expect(bodies.map(({ body }) => body?.title.slice(0, 12))).toEqual(['', 'spaced title', 'Grüße', 'bad ÿ utf-8', '', 'tttttttttttt'])
    expect(bodies[1]?.body?.reason).toBe('rest')
    expect(bodies[3]?.body?.metadata?.['decoded_as']).toBe('latin1')
    expect(bodies[4]?.body?.metadata).toMatchObject({ git_signed: true, encoding: 'klingon' })
    expect(bodies[5]?.body?.reason).toBe('\0nul')
    expect((await importInto(await bareRepo(), folder, { env: WITHOUT_GIT })).branches).toEqual(result.branches)
  })

  test('submodules and names that cannot be recorded are named; everything else is there', async () => {
    const folder = newRepository()
    const blob = git(folder, ['hash-object', '-w', '--stdin'], { input: 'x' }).trim()
    const commit = git(folder, ['commit-tree', EMPTY, '-m', 'sub']).trim()
    const entry = (mode: string, name: string, id: string): Buffer => Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')])
    const writeTree = (entries: readonly Buffer[]): string => git(folder, ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'], { input: Buffer.concat(entries) }).trim()
    const inner = writeTree([entry('100644', 'in', blob)])
    const tree = writeTree([
      entry('40000', '.git', inner), entry('100644', '..', blob), entry('100644', 'a', blob), entry('100664', 'b\xcc\x81', blob), entry('100644', 'caf\xe9', blob),
      entry('100755', 'exe', blob), entry('120000', 'link', blob), entry('160000', 'sub', commit), entry('100644', 'twice', blob), entry('100644', 'twice', blob), entry('100644', 'x/y', blob),
    ])
    git(folder, ['update-ref', 'refs/heads/trunk', commitRaw(folder, `tree ${tree}\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nodd\n`)])
    const repo = await bareRepo()
    const result = await importInto(repo, folder)
    expect(result.submodules).toEqual(['sub'])
    expect(result.odd.map(({ name }) => name).sort()).toEqual(['..', '.git', 'caf\\xe9', 'twice', 'x/y'])
    const record = readRecord(repo, 1, { files: 'include' })
    expect(record.files?.map(({ path, after }) => [path, after?.mode.toString(8)])).toEqual([
      ['project/a', '100644'], ['project/b\u0301', '100644'], ['project/exe', '100755'], ['project/link', '120000'], ['project/twice', '100644'],
    ])
    expect(record.body?.metadata?.['git_submodules']).toEqual([{ path: 'sub', commit }])
    expect((await importInto(await bareRepo(), folder, { env: WITHOUT_GIT })).branches).toEqual(result.branches)
  })

  test('a folder that becomes a file, modes, types and large files: the index says what the trees say', async () => {
    const folder = newRepository()
    const step = (title: string, change: () => void): void => {
      change()
      git(folder, ['add', '-A'])
      git(folder, ['commit', '--quiet', '-m', title])
    }
    step('one', () => {
      mkdirSync(join(folder, 'd/e'), { recursive: true })
      writeFileSync(join(folder, 'd/e/f'), 'f')
      writeFileSync(join(folder, 'd/g'), 'g')
      writeFileSync(join(folder, 'large'), Buffer.alloc(3 * 1_048_576 + 17, 'ab'))
    })
    step('two', () => {
      git(folder, ['rm', '-rq', 'd'])
      writeFileSync(join(folder, 'd'), 'now a file')
      git(folder, ['update-index', '--chmod=+x', 'large'])
    })
    step('three', () => {
      git(folder, ['rm', '-q', '--cached', 'd'])
      renameSync(join(folder, 'd'), join(folder, 'h'))
    })
    const repo = await bareRepo()
    await importInto(repo, folder)
    checkTrees(repo, folder, 3)
    for (let seq = 1; seq <= 3; seq++) {
      for (const { path } of readRecord(repo, seq, { files: 'include' }).files ?? []) {
        const changing: number[] = []
        for await (const other of repo.index.changing(path)) changing.push(other)
        expect(changing).toContain(seq)
      }
    }
  })

  test('tags, tags of tags and a detached HEAD come along; a tag of a tree is named', async () => {
    const folder = newRepository()
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'one'])
    git(folder, ['tag', 'light'])
    git(folder, ['tag', '-a', 'note', '-m', 'the note'])
    git(folder, ['tag', '-a', 'outer', '-m', 'around', 'note'])
    git(folder, ['tag', 'tree', 'HEAD^{tree}'])
    git(folder, ['checkout', '--quiet', '--detach'])
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'beside'])
    const repo = await bareRepo()
    const result = await importInto(repo, folder)
    const [light, note, outer] = result.tags.map(({ object }) => object)
    expect(repo.index.node(1).id).toBe(light)
    expect(readObject(repo.objects, note as never, 'tag')).toEqual({ name: 'note', target: light, agent: 'Carl Committer', timeMs: 1_700_000_100_000, message: 'the note\n' })
    expect(readObject(repo.objects, outer as never, 'tag')).toMatchObject({ name: 'outer', target: note })
    expect(result.leftOut).toEqual([{ name: 'refs/tags/tree', reason: 'it names a tree' }])
    expect(result.branches.map(({ ref }) => ref).sort()).toEqual(['refs/heads/git/detached', 'refs/heads/trunk'])
    expect(result.head).toBe('refs/heads/git/detached')
  })

  test('a clone without a branch of its own gives those that it fetched; one with a branch gives its own alone', async () => {
    const folder = newRepository()
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'one'])
    git(folder, ['branch', 'side/deep'])
    const clone = join(temporary(), 'clone')
    git('/', ['clone', '--quiet', '--no-checkout', folder, clone])
    const ofClone = async (env: typeof WITHOUT_GIT | typeof WITH_GIT): Promise<unknown> => {
      const { branches, head } = await importInto(await bareRepo(), clone, { env })
      return [branches.map(({ ref }) => ref).sort(), head]
    }
    for (const env of [WITH_GIT, WITHOUT_GIT]) expect(await ofClone(env)).toEqual([['refs/heads/trunk'], 'refs/heads/trunk'])
    git(clone, ['update-ref', '-d', 'refs/heads/trunk'])
    for (const env of [WITH_GIT, WITHOUT_GIT]) expect(await ofClone(env)).toEqual([['refs/heads/side/deep', 'refs/heads/trunk'], 'refs/heads/trunk'])
  })

  test('a revision that cannot be part of a name gives a branch that is named by its commit', async () => {
    const folder = newRepository()
    for (const title of ['one', 'two']) git(folder, ['commit', '--quiet', '--allow-empty', '-m', title])
    const repo = await bareRepo()
    const { branches, head, leftOut } = await importInto(repo, folder, { rev: 'HEAD~1' })
    expect([branches.map(({ ref }) => ref), leftOut]).toEqual([[`refs/heads/git/${git(folder, ['rev-parse', 'HEAD~1']).slice(0, 12)}`], []])
    expect(head).toBe(branches[0]?.ref)
  })

  test('a shallow clone says so, and its whole later becomes the whole history', async () => {
    const folder = newRepository()
    for (const title of ['one', 'two', 'three']) git(folder, ['commit', '--quiet', '--allow-empty', '-m', title])
    const clone = join(temporary(), 'clone')
    git('/', ['clone', '--quiet', '--depth=2', `file://${folder}`, clone])
    const repo = await bareRepo()
    const result = await importInto(repo, clone)
    expect(result).toMatchObject({ isShallow: true, commits: 2 })
    expect(readRecord(repo, 1).body?.metadata?.['git_missing_parents']).toEqual([git(folder, ['rev-parse', 'HEAD~2']).trim()])
    git(clone, ['fetch', '--quiet', '--unshallow'])
    const whole = await importInto(repo, clone)
    expect(whole).toMatchObject({ isShallow: false, commits: 3, added: 3 })
    expect(whole.branches.map(({ object }) => object)).toEqual((await importInto(await bareRepo(), folder)).branches.map(({ object }) => object))
  })

  test('a key gives salts that the same key gives again', async () => {
    const folder = newRepository()
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'one'])
    const ids = await Promise.all(['k', 'k', 'other', undefined].map(async (key) => {
      const result = await importInto(await bareRepo(), folder, key === undefined ? {} : { saltKey: Buffer.from(key) })
      return result.branches[0]?.object
    }))
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(3)
  })

  test('settings of the repository that name programs run nothing', async () => {
    const folder = newRepository()
    git(folder, ['commit', '--quiet', '--allow-empty', '-m', 'one'])
    const trap = join(folder, 'ran')
    for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'pager.rev-list', 'alias.cat-file', 'core.alternateRefsCommand', 'uploadpack.packObjectsHook']) git(folder, ['config', key, `touch ${trap}`])
    expect((await importInto(await bareRepo(), folder)).commits).toBe(1)
    expect(existsSync(trap)).toBe(false)
  })

  test('what is no repository, and a damaged one, is refused in one sentence', async () => {
    await expect(importInto(await bareRepo(), temporary())).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
    await expect(importInto(await bareRepo(), '/does/not/exist')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
    const folder = newRepository()
    writeFileSync(join(folder, 'a'), 'a')
    git(folder, ['add', '.'])
    git(folder, ['commit', '--quiet', '-m', 'one'])
    const id = git(folder, ['rev-parse', 'HEAD:a']).trim()
    const file = join(folder, '.git/objects', id.slice(0, 2), id.slice(2))
    renameSync(file, `${file}.gone`)
    for (const env of [WITH_GIT, WITHOUT_GIT]) await expect(importInto(await bareRepo(), folder, { env })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
    writeFileSync(file, 'no zlib')
    for (const env of [WITH_GIT, WITHOUT_GIT]) await expect(importInto(await bareRepo(), folder, { env })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
  })
})
