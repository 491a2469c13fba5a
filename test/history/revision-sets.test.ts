import { beforeAll, describe, expect, it } from 'vitest'
import { resolveRevisionSets, type RevisionSetOptions } from '../../src/history/revision-sets.js'
import { resolveContext } from '../../src/ops/context.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { aHistory } from '../helpers/small-history.js'

let repo: MemoryRepo
beforeAll(async () => { repo = await aHistory() })

const endsOf = async (texts: readonly string[], options?: RevisionSetOptions): Promise<readonly (readonly number[])[]> => {
  const { starts, hide } = await resolveRevisionSets(resolveContext(repo), texts, options)
  return [[...starts].sort(), [...hide].sort()]
}

describe('several revisions', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['HEAD', [5], []], ['^side', [5], [4]], ['side..main', [5], [4]], ['main..', [5], [5]], ['HEAD~1...side', [3, 4], [2]], ['HEAD^@', [3, 4], []], ['HEAD^!', [5], [3, 4]], ['HEAD~3^!', [1], [0]],
  ])('%s begins and ends a walk where git does', async (text, starts, hide) => {
    expect(await endsOf([text])).toEqual([starts, hide])
  })

  it('are joined, each end once; what is left out alone leaves HEAD', async () => {
    expect(await endsOf(['side', 'HEAD~1', 'side', '^HEAD~2'])).toEqual([[3, 4], [2]])
    expect(await endsOf(['^HEAD~1'])).toEqual([[5], [3]])
    expect(await endsOf([])).toEqual([[5], []])
  })

  it('from everywhere are all tips, and what is named besides', async () => {
    expect(await endsOf(['HEAD~3', '^HEAD~4'], { from: 'all' })).toEqual([[1, 4, 5], [0]])
  })

  it('take no path, and need an ATOM to begin at', async () => {
    expect(await codeOfAsync(() => endsOf(['HEAD:a.env']))).toBe('REVISION_SYNTAX')
    expect(await codeOfAsync(() => endsOf(['HEAD..nothing']))).toBe('REVISION_NOT_FOUND')
    const empty = await aRepo({ init: 'none' })
    expect(await codeOfAsync(() => resolveRevisionSets(resolveContext(empty), []))).toBe('REVISION_NOT_FOUND')
    expect(await resolveRevisionSets(resolveContext(empty), [], { from: 'all' })).toEqual({ starts: [], hide: [] })
  })
})
