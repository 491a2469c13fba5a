import { mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findFolder, getFolder } from '../../src/app/folder.js'
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
