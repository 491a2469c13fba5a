/** Reads a repository with isomorphic-git, where there is no git on the PATH. The whole of a pack is in memory while it is read. */
import fs from 'node:fs'
import { join } from 'node:path'
import type * as isomorphicGit from 'isomorphic-git'
import type { GitObject } from '../../git/git-object.js'
import { parentsFirst } from '../../git/parents-first.js'
import { unreadable, type GitHead, type GitPlace, type GitRef, type GitRepository } from './repository.js'
import { parseCommit, parseTag } from './commit.js'

type IsomorphicGit = typeof isomorphicGit

/** Opens a repository; throws `SOURCE_UNREADABLE` for what isomorphic-git cannot read. */
export async function openIsomorphicRepository(place: GitPlace): Promise<GitRepository> {
  if (place.format === 'sha256') throw unreadable(place.location, 'its objects have SHA-256 names, which only the system\'s git reads', { hint: 'install git, then import again' })
  const git: IsomorphicGit = await import('isomorphic-git')
  const cache = {}
  const where = { fs, gitdir: place.commonFolder }
  const getObject = async (id: string): Promise<GitObject | undefined> => {
    try {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- what replaces it parses, and loses the exact bytes
      const read = await git.readObject({ ...where, cache, oid: id, format: 'content' })
      return { type: read.type as GitObject['type'], bytes: read.object as Uint8Array }
    } catch (cause) {
      if ((cause as { code?: string }).code === 'NotFoundError') return undefined
      throw unreadable(place.location, `the object ${id} cannot be read: ${(cause as Error).message}`, { cause })
    }
  }
  const parents = async (id: string): Promise<readonly string[]> => {
    const object = await getObject(id)
    if (object?.type !== 'commit') throw unreadable(place.location, `the commit ${id} is missing`)
    return place.shallow.has(id) ? [] : parseCommit(object.bytes).parents
  }
  return {
    reader: 'isomorphic-git',
    refs: async () => [...await listRefs(git, where, 'refs/heads'), ...await listRefs(git, where, 'refs/tags'), ...await listRefs(git, where, 'refs/remotes')],
    head: () => readHead(git, place),
    getCommit: (revision) => findCommit({ git, where: { ...where, cache }, getObject }, revision),
    commitIds: (tips) => parentsFirst(tips, parents),
    countCommits: () => Promise.resolve(undefined),
    getObject,
    async readBlob(id, take) {
      const object = await getObject(id)
      if (object?.type !== 'blob') throw unreadable(place.location, `the content ${id} ${object === undefined ? 'is missing' : `is a ${object.type}`}`)
      await take(object.bytes)
    },
    async [Symbol.asyncDispose]() {
      await Promise.resolve()
    },
  }
}

interface Where { readonly fs: typeof fs; readonly gitdir: string }

async function listRefs(git: IsomorphicGit, where: Where, folder: string): Promise<readonly GitRef[]> {
  const refs: GitRef[] = []
  for (const short of await git.listRefs({ ...where, filepath: folder })) {
    // What packed-refs says of the object behind an annotated tag.
    if (short.endsWith('^{}')) continue
    const name = `${folder}/${short}`
    const id = await getRefId(git, where, name)
    // A file that holds no id is no ref: git leaves it out too.
    if (id !== undefined && /^[0-9a-f]{40}$/.test(id)) refs.push({ name: short.includes('\ufffd') ? undefined : name, shown: name, id })
  }
  return refs.sort((left, right) => (left.shown < right.shown ? -1 : 1))
}

async function getRefId(git: IsomorphicGit, where: Where, ref: string): Promise<string | undefined> {
  try {
    return await git.resolveRef({ ...where, ref })
  } catch (error) {
    if ((error as { code?: string }).code === 'NotFoundError') return undefined
    throw error
  }
}

async function readHead(git: IsomorphicGit, place: GitPlace): Promise<GitHead> {
  const text = fs.readFileSync(join(place.gitFolder, 'HEAD'), 'utf8').trim()
  const ref = /^ref: (.+)$/.exec(text)?.[1]
  const id = ref === undefined ? text : await getRefId(git, { fs, gitdir: place.commonFolder }, ref)
  return { ...(ref !== undefined && { ref }), ...(id !== undefined && /^[0-9a-f]{40}$/.test(id) && { id }) }
}

interface Finder { readonly git: IsomorphicGit; readonly where: Where & { readonly cache: object }; readonly getObject: GitRepository['getObject'] }

/** Names, full and short ids; git's other forms of revisions are not known here. */
async function findCommit({ git, where, getObject }: Finder, revision: string): Promise<string | undefined> {
  const ref = await git.expandRef({ ...where, ref: revision }).catch(noneFound)
  const id = ref !== undefined ? await getRefId(git, where, ref) : await git.expandOid({ ...where, oid: revision }).catch(noneFound)
  if (id === undefined) return undefined
  let object = await getObject(id)
  let at = id
  while (object?.type === 'tag') {
    at = parseTag(object.bytes).target
    object = await getObject(at)
  }
  return object?.type === 'commit' ? at : undefined
}

/** What names nothing, or several, is no commit; a repository that cannot be read is an error. */
function noneFound(error: unknown): undefined {
  if (!['NotFoundError', 'AmbiguousError'].includes((error as { code?: string }).code ?? '')) throw error
}
