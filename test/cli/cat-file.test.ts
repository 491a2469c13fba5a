import { describe, expect, it } from 'vitest'
import { catFileCommand } from '../../src/cli/commands/cat-file.js'
import { answersOf, runInProcess } from '../helpers/cli.js'
import { codeOfAsync } from '../helpers/code-of-async.js'
import { aHistory } from '../helpers/small-history.js'

const shown = async (...words: readonly string[]): Promise<string> => (await runInProcess(catFileCommand, words, { runOperation: answersOf(await aHistory()) })).stdout

describe('atom cat-file', () => {
  it('shows kind, size, content', async () => {
    expect(await shown('-t', 'HEAD')).toBe('atom\n')
    expect(await shown('-s', 'HEAD:a.env')).toBe('4\n')
    expect(await shown('-p', 'HEAD:a.env')).toBe('A=1\n')
    expect(JSON.parse(await shown('-p', 'HEAD'))).toMatchObject({ kind: 'atom', agent: 'tester' })
    expect(await shown('-p', 'HEAD:dir')).toMatch(/^100644 file [0-9a-f]{64}\tb\n$/)
    expect(await shown('-e', 'HEAD')).toBe('')
  })

  it('gives exact bytes: as many as it says', async () => {
    expect(Buffer.byteLength(await shown('--raw', 'HEAD:a.env'))).toBe(Number(await shown('-s', 'HEAD:a.env')))
    expect(JSON.parse(await shown('--json', '-p', 'HEAD:dir/b'))).toMatchObject({ kind: 'raw', size: 1 })
  })

  it('says what is missing', async () => {
    expect(await codeOfAsync(() => shown('HEAD'))).toBe('USAGE')
    expect(await codeOfAsync(() => shown('-e', 'HEAD:nope'))).toBe('PATH_NOT_FOUND')
    expect(await codeOfAsync(() => shown('-t', '-s', 'HEAD'))).toBe('USAGE')
  })
})
