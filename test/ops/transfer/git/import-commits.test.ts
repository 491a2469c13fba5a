import { describe, expect, it } from 'vitest'
import { utf8 } from '../../../../src/base/bytes.js'
import { FILE_MODE } from '../../../../src/object/tree.js'
import type { HistorySource, SourceChange, SourceCommit } from '../../../../src/ops/transfer/git/history-source.js'
import { importCommits, type ImportedCommits } from '../../../../src/ops/transfer/git/import-commits.js'
import { listRefs } from '../../../../src/refs/ref.js'
import { getBody } from '../../../../src/store/body.js'
import { readContent } from '../../../../src/store/content.js'
import { readObject } from '../../../../src/store/objects.js'
import { walkTree } from '../../../../src/tree/read.js'
import type { ObjectId } from '../../../../src/codec/object-id.js'
import { codeOfAsync } from '../../../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../../../helpers/memory-repo.js'

interface Given {
  readonly id: string
  readonly parents?: readonly string[]
  /** Name → text as the commit has it, undefined where it took it away. */
  readonly files?: Readonly<Record<string, string | undefined>>
  readonly submodules?: ReadonlyMap<string, string | undefined>
  readonly title?: string
}

interface FakeSource extends HistorySource {
  /** Commits whose trees were read. */
  readonly treesRead: string[]
}

/** A foreign history in memory, in the order given. */
function aSource(commits: readonly Given[]): FakeSource {
  const treesRead: string[] = []
  const change = ([path, text]: readonly [string, string | undefined]): SourceChange => ({ path, before: { mode: FILE_MODE, blob: 'before' }, ...(text !== undefined && { after: { mode: FILE_MODE, blob: text } }) })
  const toCommit = ({ id, parents = [], files = {}, submodules = new Map(), title = id }: Given): SourceCommit => ({
    id: id.padEnd(40, '0'), parents: parents.map((parent) => parent.padEnd(40, '0')), missingParents: [], agent: 'Ann', timeMs: Date.UTC(2024, 10, 20), title, reason: '', metadata: { git_commit: id.padEnd(40, '0') },
    changes: () => {
      treesRead.push(id)
      return Promise.resolve({ files: Object.entries(files).map(change), submodules, odd: [] })
    },
  })
  const never = (): never => { throw new TypeError('not asked for here') }
  return {
    reader: 'fake', location: '/fake', worktree: undefined, isShallow: false, treesRead,
    refs: never, resolve: never,
    async *commits() { for (const given of commits) yield toCommit(given) },
    countCommits: () => Promise.resolve(commits.length),
    readCommit: (id) => Promise.resolve(toCommit(commits.find((given) => given.id.padEnd(40, '0') === id) ?? never())),
    readBlob: async (blob, take) => { await take(utf8(blob)) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const LINE: readonly Given[] = [{ id: 'a', files: { f: '1', g: '1' } }, { id: 'b', parents: ['a'], files: { f: '2' } }, { id: 'c', parents: ['b'], files: { g: undefined } }]

function imported(repo: MemoryRepo, source: HistorySource, tip: string): Promise<ImportedCommits> {
  const tips = new Set([tip.padEnd(40, '0')])
  return importCommits(repo, source, { tips, wanted: tips, saltKey: undefined, command: 'import git' })
}

function idOf(result: ImportedCommits): ObjectId {
  const [tip] = result.tips.values()
  if (tip === undefined) throw new Error('the tip is missing')
  return tip.id
}

const filesOf = (repo: MemoryRepo, id: ObjectId): readonly string[] => [...walkTree(repo.objects, readObject(repo.objects, id, 'atom').tree)].map(({ path, link }) => `${path}=${new TextDecoder().decode(readContent(repo.objects, link))}`)

describe('commits of another history', () => {
  it('become ATOMs with their trees, indexed, and move no ref', async () => {
    const repo = await aRepo()
    const refs = await listRefs(repo.store, '')
    const result = await imported(repo, aSource(LINE), 'c')
    expect(result).toMatchObject({ commits: 3, added: 3, submodules: [], odd: [] })
    expect(filesOf(repo, idOf(result))).toEqual(['project/f=2'])
    const header = readObject(repo.objects, idOf(result), 'atom')
    expect(header).toMatchObject({ operation: 'commit', agent: 'Ann', parents: [repo.index.node(2).id] })
    expect(repo.index.node(3).id).toBe(idOf(result))
    expect(await listRefs(repo.store, '')).toEqual(refs)
  })

  it('get the same ids in every store, and are added once', async () => {
    const [one, two] = [await aRepo(), await aRepo({ seed: 'another' })]
    await two.add({ title: 'work of its own' })
    const first = await imported(one, aSource(LINE), 'c')
    expect(idOf(await imported(two, aSource(LINE), 'c'))).toBe(idOf(first))
    const again = aSource([...LINE, { id: 'd', parents: ['c'], files: { h: '1' } }])
    expect(await imported(one, again, 'd')).toMatchObject({ commits: 4, added: 1 })
    expect(again.treesRead).toEqual(['d'])
  })

  it('keep both parents of a merge once each, and submodules until they go', async () => {
    const repo = await aRepo()
    const sub = '9'.repeat(40)
    const result = await imported(repo, aSource([
      { id: 'a', submodules: new Map([['lib', sub]]) }, { id: 'b', parents: ['a'] }, { id: 'c', parents: ['a'], title: 'other' }, { id: 'd', parents: ['b', 'c'] }, { id: 'e', parents: ['d'], submodules: new Map([['lib', undefined]]) },
    ]), 'e')
    expect(result.submodules).toEqual(['lib'])
    const last = readObject(repo.objects, idOf(result), 'atom')
    const merge = readObject(repo.objects, last.parents[0] as ObjectId, 'atom')
    expect(merge.parents).toHaveLength(2)
    const metadataOf = (header: typeof last): unknown => getBody(repo.objects, header.body)?.metadata?.['git_submodules']
    expect([metadataOf(merge), metadataOf(last)]).toEqual([[{ path: 'lib', commit: sub }], undefined])
  })

  it('are refused when children come before their parents', async () => {
    expect(await codeOfAsync(async () => imported(await aRepo(), aSource([...LINE].reverse()), 'c'))).toBe('SOURCE_UNREADABLE')
  })
})
