import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportKenlTo, exportOtelTo, exportProvTo, writeNew, type NewFile } from '../../../src/app/data/new-file.js'
import { utf8 } from '../../../src/base/bytes.js'
import type { ExportKenlResult } from '../../../src/ops/transfer/kenl/export-kenl.js'
import { run } from '../../helpers/branches.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()

async function* chunks(text: string, then?: () => void): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(utf8(text))
  then?.()
}

interface Wanted { readonly cwd: string; readonly revisions: readonly string[] }

describe('a file that an export makes', () => {
  it('is there whole, and replaces another one only when told to', async () => {
    const cwd = newFolder()
    const path = join(cwd, 'a.log')
    await writeNew({ file: 'a.log', force: false }, path, chunks('first'))
    await expect(writeNew({ file: 'a.log', force: false }, path, chunks('second'))).rejects.toMatchObject({ code: 'LOCAL_CHANGES', data: { paths: ['a.log'] }, hint: '--force replaces it' })
    expect(readFileSync(path, 'utf8')).toBe('first')
    await writeNew({ file: 'a.log', force: true }, path, chunks('third'))
    expect([readFileSync(path, 'utf8'), readdirSync(cwd)]).toEqual(['third', ['a.log']])
  })

  it('leaves one alone that came in the meantime, and nothing where the export fails', async () => {
    const cwd = newFolder()
    const path = join(cwd, 'a.log')
    await expect(writeNew({ file: 'a.log', force: false }, path, chunks('mine', () => { writeFileSync(path, 'yours') }))).rejects.toMatchObject({ code: 'LOCAL_CHANGES' })
    const failing = chunks('half', () => { throw new Error('no more') })
    await expect(writeNew({ file: 'b.log', force: true }, join(cwd, 'b.log'), failing)).rejects.toThrow('no more')
    expect([readFileSync(path, 'utf8'), readdirSync(cwd)]).toEqual(['yours', ['a.log']])
  })

  it('is named from where the caller stands, and refused by name where it cannot be', async () => {
    const cwd = newFolder()
    const repo = await aRepo()
    const result: ExportKenlResult = await run(repo, exportKenlTo({ file: 'trail.log', force: false }, { cwd }), { format: 'F4' })
    expect(readFileSync(join(cwd, 'trail.log'), 'utf8').trimEnd().split('\n')).toHaveLength(result.atoms)
    await expect(run(repo, exportKenlTo({ file: 'none/trail.log', force: false }, { cwd }), { format: 'F4' })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE', data: { path: 'none/trail.log' } })
    mkdirSync(join(cwd, 'folder'))
    await expect(run(repo, exportKenlTo({ file: 'folder', force: true }, { cwd }), { format: 'F4' })).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  })

  it.each([
    ['prov', (repo: MemoryRepo, wish: NewFile, { cwd, revisions }: Wanted) => run(repo, exportProvTo(wish, { cwd }), { revisions })],
    ['otel', (repo: MemoryRepo, wish: NewFile, { cwd, revisions }: Wanted) => run(repo, exportOtelTo(wish, { cwd }), { revisions })],
  ] as const)('is what export %s makes too, and stays as it was', async (file, exportTo) => {
    const cwd = newFolder()
    const repo = await aRepo()
    expect(await exportTo(repo, { file, force: false }, { cwd, revisions: [] })).toMatchObject({ atoms: 1 })
    const written = readFileSync(join(cwd, file), 'utf8')
    expect(JSON.parse(written)).toBeTypeOf('object')
    await expect(exportTo(repo, { file, force: false }, { cwd, revisions: [] })).rejects.toMatchObject({ code: 'LOCAL_CHANGES' })
    await expect(exportTo(repo, { file, force: true }, { cwd, revisions: ['nothing'] })).rejects.toMatchObject({ code: 'REVISION_NOT_FOUND' })
    expect([readFileSync(join(cwd, file), 'utf8'), readdirSync(cwd)]).toEqual([written, [file]])
  })
})
