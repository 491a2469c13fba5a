import { cpSync, mkdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findFolder, getFolder, writeRoot } from '../../src/app/folder.js'
import { temporaryFolders } from '../helpers/git.js'

const newFolder = temporaryFolders()

/** A folder that counts as a store. */
function aStore(root: string, format = 'atom 1\n'): string {
  const path = join(root, '.atom')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'format'), format)
  return realpathSync(path)
}

afterEach(() => { vi.restoreAllMocks() })

describe('the folder of a store', () => {
  it('is the nearest one above, else the one of the machine; ATOM_DIR goes before both', () => {
    const home = newFolder()
    const env = { HOME: home }
    const cwd = join(home, 'project/deep')
    mkdirSync(cwd, { recursive: true })
    mkdirSync(join(home, 'project/.atom'))
    expect(getFolder({ cwd, env })).toBeUndefined()
    expect(() => findFolder({ cwd, env })).toThrow(expect.objectContaining({ code: 'REPO_NOT_FOUND', hint: 'atom init' }) as Error)
    mkdirSync(join(home, '.local/share/atom'), { recursive: true })
    writeFileSync(join(home, '.local/share/atom/format'), 'atom 1 user\n')
    expect(getFolder({ cwd, env })).toEqual({ path: realpathSync(join(home, '.local/share/atom')), root: undefined })
    const path = aStore(join(home, 'project'))
    expect(findFolder({ cwd, env })).toEqual({ path, root: realpathSync(join(home, 'project')) })
    const other = aStore(join(home, 'elsewhere'))
    expect(getFolder({ cwd, env: { ...env, ATOM_DIR: '../../elsewhere/.atom' } })?.path).toBe(other)
    expect(() => getFolder({ cwd, env: { ...env, ATOM_DIR: 'none' } })).toThrow(expect.objectContaining({ code: 'REPO_NOT_FOUND' }) as Error)
  })

  it('belongs to the folder it lies in, or to the project that it was made for', () => {
    const place = newFolder()
    const project = join(place, 'project')
    mkdirSync(join(project, 'deep'), { recursive: true })
    const path = aStore(join(place, 'trails'))
    const rootFrom = (cwd: string, env = {}): string | undefined => getFolder({ cwd, env: { ATOM_DIR: path, ...env } })?.root
    expect(rootFrom(project)).toBe(realpathSync(join(place, 'trails')))
    writeRoot(path, project)
    for (const cwd of [project, join(project, 'deep'), place]) expect(rootFrom(cwd)).toBe(realpathSync(project))
    expect(rootFrom(place, { ATOM_WORK_TREE: 'project/deep' })).toBe(realpathSync(join(project, 'deep')))
    expect(() => rootFrom(place, { ATOM_WORK_TREE: 'none' })).toThrow(expect.objectContaining({ code: 'REPO_NOT_FOUND', hint: expect.stringContaining('ATOM_WORK_TREE') as string }) as Error)
  })

  it('does not let a store that came from elsewhere say where files are written', () => {
    const place = newFolder()
    const path = aStore(join(place, 'trails'))
    writeRoot(path, place)
    cpSync(path, join(place, 'copy'), { recursive: true })
    const copy = { cwd: place, env: { ATOM_DIR: 'copy' } }
    expect(() => getFolder(copy)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('ATOM_WORK_TREE=DIR') as string }) as Error)
    // The same path, but not the folder that init made.
    rmSync(path, { recursive: true })
    cpSync(join(place, 'copy'), path, { recursive: true })
    expect(() => getFolder({ cwd: place, env: { ATOM_DIR: path } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error)
    expect(getFolder({ cwd: place, env: { ATOM_DIR: path, ATOM_WORK_TREE: '.' } })?.root).toBe(realpathSync(place))
    for (const text of ['{', '{"root":1}']) {
      writeFileSync(join(path, 'root'), text)
      expect(() => getFolder({ cwd: place, env: { ATOM_DIR: path } })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error)
    }
  })

  it('is refused when a newer program made it, or none of ours', () => {
    const root = newFolder()
    aStore(root, 'atom 2\n')
    expect(() => getFolder({ cwd: root, env: {} })).toThrow(expect.objectContaining({ code: 'FORMAT_NEWER', data: { found: 2, known: 1 } }) as Error)
    aStore(root, 'atom one\n')
    expect(() => getFolder({ cwd: root, env: {} })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error)
  })

  it('is refused when it belongs to somebody else, unless the user\'s config names it', () => {
    const home = newFolder()
    const env = { HOME: home }
    const path = aStore(join(home, 'project'))
    const owner = statSync(path).uid
    vi.spyOn(process, 'getuid').mockReturnValue(owner + 1)
    const context = { cwd: join(home, 'project'), env }
    expect(() => findFolder(context)).toThrow(expect.objectContaining({ code: 'STORE_OWNER', data: { folder: path, owner, user: owner + 1 } }) as Error)
    mkdirSync(join(home, '.config/atom'), { recursive: true })
    writeFileSync(join(home, '.config/atom/config.toml'), `[safe]\ndirectory = ["/other", ${JSON.stringify(path)}]\n`)
    expect(findFolder(context).path).toBe(path)
  })
})
