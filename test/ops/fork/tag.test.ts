import { expect, it } from 'vitest'
import { tagCreate, tagDelete, tagList } from '../../../src/ops/fork/tag.js'
import { resolveAtom } from '../../../src/history/resolve.js'
import { resolveContext } from '../../../src/ops/context.js'
import { codeOfAsync, record, run, runAll } from '../../helpers/branches.js'
import { aRepo } from '../../helpers/memory-repo.js'

it('names ATOMs, with a tag object where there is a message', async () => {
  const repo = await aRepo()
  const id = await record(repo, { 'a.env': 'A=1\n' })
  expect(await run(repo, tagCreate, { name: 'plain', force: false })).toMatchObject({ object: id, target: id, annotation: undefined })
  const made = await run(repo, tagCreate, { name: 'v1', target: 'HEAD~1', message: 'shipped', force: false })
  expect(made).toMatchObject({ name: 'v1', annotation: { agent: 'tester', message: 'shipped', name: 'v1' } })
  expect(made.object).not.toBe(made.target)
  // A tag of a tag leads to the same ATOM, and so does its name as a revision.
  expect(await run(repo, tagCreate, { name: 'again', target: 'v1', force: false })).toMatchObject({ object: made.object, target: made.target })
  expect(await resolveAtom(resolveContext(repo), 'again')).toBe(0)
  expect((await runAll(repo, tagList, {})).map(({ name }) => name)).toEqual(['again', 'plain', 'v1'])
  expect((await runAll(repo, tagList, { pattern: 'v*' })).map(({ name }) => name)).toEqual(['v1'])
})

it('refuses names that exist or cannot be, and deletes all or none', async () => {
  const repo = await aRepo()
  await run(repo, tagCreate, { name: 'one', force: false })
  expect(await codeOfAsync(run(repo, tagCreate, { name: 'one', force: false }))).toBe('REF_EXISTS')
  expect(await codeOfAsync(run(repo, tagCreate, { name: 'a'.repeat(64), force: false }))).toBe('REF_NAME_INVALID')
  expect(await codeOfAsync(run(repo, tagDelete, { names: ['one', 'two'] }))).toBe('REF_NOT_FOUND')
  expect(await runAll(repo, tagList, {})).toHaveLength(1)
  await run(repo, tagDelete, { names: ['one'] })
  expect(await runAll(repo, tagList, {})).toHaveLength(0)
})
