import { expect, it } from 'vitest'
import { querySql, type SqlParameters } from '../../../src/app/data/sql.js'
import { createViews } from '../../../src/app/data/views.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

async function ask(query: string, parameters: unknown): Promise<unknown> {
  const tables = await createViews(newFolder()).tables()
  const follow = async (): Promise<never> => ({ ...await tables.follow(await aRepo()), file: tables.file }) as never
  return [...(await querySql({ query, parameters: parameters as SqlParameters }, follow)).rows]
}

it('takes texts, numbers, truth, bytes and null as parameters: whole numbers as integers', async () => {
  expect(await ask('SELECT typeof(:a), typeof(:b), :c, typeof(:d), :e', { a: 5, b: 1.5, c: true, d: null, e: Uint8Array.of(1) })).toEqual([['integer', 'real', 1, 'null', Buffer.from([1])]])
  expect(await ask('SELECT typeof(?), ?', [7, 'x'])).toEqual([['integer', 'x']])
})

it.each([[{ a: undefined }], [{ a: Number.NaN }], [{ a: 2n ** 64n }], [{ a: '\ud800' }], [{ a: {} }]])('refuses what SQLite cannot hold: %o', async (parameters) => {
  await expect(ask('SELECT :a', parameters)).rejects.toMatchObject({ code: 'INPUT_INVALID', data: { field: 'a' } })
})
