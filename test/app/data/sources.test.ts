import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importGitFor, importJsonlFrom } from '../../../src/app/data/sources.js'
import { utf8 } from '../../../src/base/bytes.js'
import type { ImportJsonlResult } from '../../../src/ops/transfer/jsonl/import-jsonl.js'
import { run } from '../../helpers/branches.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { temporaryFolders } from '../../helpers/git.js'
import { aRepo } from '../../helpers/memory-repo.js'

const newFolder = temporaryFolders()
const LINE = '{"type":"DECISION","title":"from elsewhere"}\n'

async function* nothing(): AsyncIterable<Uint8Array> { yield* [] }
async function* oneLine(): AsyncIterable<Uint8Array> { yield utf8(LINE) }

describe('where imports read from', () => {
  it('is a file as named from where the caller stands, or stdin', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'trail.jsonl'), LINE)
    const fromFile: ImportJsonlResult = await run(await aRepo(), importJsonlFrom('trail.jsonl', { cwd, stdin: nothing }), {})
    const fromStdin: ImportJsonlResult = await run(await aRepo(), importJsonlFrom('-', { cwd, stdin: oneLine }), {})
    expect([fromFile.recorded, fromStdin.recorded]).toEqual([1, 1])
  })

  it('is refused by name where it cannot be read', async () => {
    const cwd = newFolder()
    await expect(run(await aRepo(), importJsonlFrom('not-there.jsonl', { cwd, stdin: nothing }), {})).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE', message: 'cannot read not-there.jsonl: there is no such file', data: { source: 'not-there.jsonl' } })
    const repo = await aRepo()
    expect(await codeOfAsync(() => run(repo, importGitFor({ cwd, env: { HOME: cwd, PATH: process.env['PATH'] }, signal: new AbortController().signal }), { repository: '.' }))).toBe('SOURCE_UNREADABLE')
  })
})
