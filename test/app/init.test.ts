import { existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { initStore } from '../../src/app/init.js'
import { openStore } from '../../src/app/library/library.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { temporaryFolders } from '../helpers/git.js'
import { checkWhole, contextIn, readLog } from '../fault/kit.js'

const newFolder = temporaryFolders()

describe('making a store', () => {
  it('leaves a folder that is whole, private, and kept out of git', async () => {
    const context = contextIn(newFolder(), { ATOM_AGENT: 'qwen' })
    const made = await initStore({ project: 'p', branch: 'trunk' }, context)
    expect(made).toMatchObject({ folder: join(context.cwd, '.atom'), project: 'p', branch: 'trunk', atom: { header: { agent: 'qwen', operation: 'init_project', parents: [] }, body: { title: 'Start of p', project: 'p' } } })
    expect(readFileSync(join(made.folder, 'format'), 'utf8')).toBe('atom 1\n')
    expect(readFileSync(join(made.folder, '.gitignore'), 'utf8')).toBe('*\n')
    expect(statSync(made.folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(made.folder).sort()).toEqual(['.gitignore', 'config.toml', 'format', 'run', 'spool', 'store', 'trail.log'])
    expect(readFileSync(join(made.folder, 'trail.log'), 'utf8')).toContain('\tqwen\tinit_project\tStart of p\n')
    expect((await readLog({ context })).map(({ node }) => node.atomId)).toEqual([made.atom.header.atomId])
    await checkWhole({ context })
  })

  it('refuses a second one, another program\'s folder, and a branch that cannot be, and touches nothing', async () => {
    const context = contextIn(newFolder())
    expect(await codeOfAsync(() => initStore({ branch: 'a..b' }, context))).toBe('REF_NAME_INVALID')
    expect(readdirSync(context.cwd)).toEqual([])
    await initStore({}, context)
    expect(await codeOfAsync(() => initStore({}, context))).toBe('REPO_EXISTS')
    const taken = contextIn(newFolder())
    mkdirSync(join(taken.cwd, '.atom'))
    writeFileSync(join(taken.cwd, '.atom/config.cson'), 'theirs')
    await expect(initStore({}, taken)).rejects.toMatchObject({ code: 'REPO_EXISTS', hint: expect.stringContaining('ATOM_DIR') as string })
    expect(readdirSync(join(taken.cwd, '.atom'))).toEqual(['config.cson'])
    const file = contextIn(newFolder())
    writeFileSync(join(file.cwd, '.atom'), 'theirs')
    await expect(initStore({}, file)).rejects.toMatchObject({ code: 'REPO_EXISTS', hint: expect.stringContaining('ATOM_DIR') as string })
    expect(readFileSync(join(file.cwd, '.atom'), 'utf8')).toBe('theirs')
    await initStore({}, { ...taken, env: { ...taken.env, ATOM_DIR: '.trail' } })
    expect(existsSync(join(taken.cwd, '.trail/format'))).toBe(true)
  })

  it('clears away what one that was killed left', async () => {
    const context = contextIn(newFolder())
    mkdirSync(join(context.cwd, '.atom/store'), { recursive: true })
    writeFileSync(join(context.cwd, '.atom/store/CURRENT'), 'half')
    writeFileSync(join(context.cwd, '.atom/format.new'), 'atom 1')
    await initStore({}, context)
    expect(readdirSync(join(context.cwd, '.atom'))).not.toContain('format.new')
    await checkWhole({ context })
  })

  it('keeps one elsewhere for the project that it was made in, whoever opens it from where', async () => {
    const place = newFolder()
    const project = join(place, 'project')
    mkdirSync(join(project, 'deep'), { recursive: true })
    writeFileSync(join(project, 'deep/a.env'), 'A=1\n')
    const env = { ATOM_DIR: join(place, 'trail') }
    await initStore({}, contextIn(project, env))
    await using store = await openStore(join(project, 'deep'), { env })
    const { atom } = await store.add({ type: 'CFG', title: 'kept', files: ['a.env'] })
    expect(atom.files?.map(({ path }) => path)).toEqual(['project/deep/a.env'])
    await using other = await openStore(place, { env: { ...env, ATOM_WORK_TREE: 'project/deep' } })
    expect((await other.add({ type: 'CFG', title: 'of another root', files: ['project/deep/a.env'] })).atom.files?.map(({ path }) => path)).toEqual(['project/a.env'])
    const named = await initStore({}, contextIn(place, { ATOM_DIR: 'second', ATOM_WORK_TREE: 'project' }))
    expect([named.project, JSON.parse(readFileSync(join(place, 'second/root'), 'utf8'))]).toMatchObject(['project', { root: realpathSync(project) }])
  })

  it('makes one for the machine in the data folder', async () => {
    const home = newFolder()
    const made = await initStore({ isUser: true }, contextIn(newFolder(), { HOME: home }))
    expect([made.folder, made.project]).toEqual([join(home, '.local/share/atom'), 'machine'])
    expect(readFileSync(join(made.folder, 'format'), 'utf8')).toBe('atom 1 user\n')
  })
})
