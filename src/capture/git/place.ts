/** Finds the folder of a repository as git does: a `.git` folder, a `.git` file that names one, or a bare repository. Reads only. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { unreadable, type GitPlace } from './repository.js'

/** Returns where the repository at (not above) a path lies; throws `SOURCE_UNREADABLE`. */
export async function findPlace(path: string): Promise<GitPlace> {
  const location = await getRealPath(path)
  if (location === undefined) throw unreadable(path, 'there is no such folder', { hint: 'git clone URL first: only repositories on this machine are imported' })
  const dotGit = join(location, '.git')
  const named = await getGitFile(dotGit)
  const gitFolder = named ?? ((await isGitFolder(dotGit)) ? dotGit : location)
  if (!(await isGitFolder(gitFolder))) throw unreadable(location, 'it is not a git repository', { hint: 'name its folder, the one that holds .git' })
  const commonFolder = await getCommonFolder(gitFolder)
  const config = (await getText(join(commonFolder, 'config'))) ?? ''
  const isBare = gitFolder === location
  return {
    location, gitFolder, commonFolder,
    worktree: isBare ? undefined : location,
    format: /^\s*objectformat\s*=\s*"?sha256/im.test(config) ? 'sha256' : 'sha1',
    shallow: new Set(((await getText(join(commonFolder, 'shallow'))) ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '')),
  }
}

async function getRealPath(path: string): Promise<string | undefined> {
  return orAbsent(realpath(path))
}

/** A repository has HEAD, objects and refs; a linked worktree has HEAD and commondir. */
async function isGitFolder(folder: string): Promise<boolean> {
  if (!(await exists(join(folder, 'HEAD')))) return false
  return (await exists(join(folder, 'commondir'))) || ((await exists(join(folder, 'objects'))) && (await exists(join(folder, 'refs'))))
}

async function getGitFile(path: string): Promise<string | undefined> {
  const target = /^gitdir:\s*(.+?)\s*$/.exec((await getText(path)) ?? '')?.[1]
  return target === undefined ? undefined : resolve(dirname(path), target)
}

async function getCommonFolder(gitFolder: string): Promise<string> {
  const named = await getText(join(gitFolder, 'commondir'))
  return named === undefined ? gitFolder : resolve(gitFolder, named.trim())
}

async function exists(path: string): Promise<boolean> {
  return (await orAbsent(stat(path))) !== undefined
}

async function getText(path: string): Promise<string | undefined> {
  return orAbsent(readFile(path, 'utf8'))
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']

async function orAbsent<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code !== undefined && ABSENT.includes(code)) return undefined
    throw unreadable((error as { path?: string }).path ?? '', message, { cause: error })
  }
}
