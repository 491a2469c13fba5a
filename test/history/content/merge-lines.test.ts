import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getText, utf8 } from '../../../src/base/bytes.js'
import { mergeLines } from '../../../src/history/content/merge-lines.js'
import { suitePath } from '../../helpers/suites.js'

const labels = { ours: 'ours', theirs: 'theirs' }

function merge(base: string, ours: string, theirs: string): { clean: boolean; conflicts: number; text: string } {
  const { bytes, ...rest } = mergeLines({ base: utf8(base), ours: utf8(ours), theirs: utf8(theirs) }, labels)
  return { ...rest, text: getText(bytes) ?? '' }
}

describe('mergeLines', () => {
  it('takes changes of one side, and equal changes once', () => {
    expect(merge('a\nb\nc\n', 'A\nb\nc\n', 'a\nb\nC\n')).toEqual({ clean: true, conflicts: 0, text: 'A\nb\nC\n' })
    expect(merge('a\nb\nc\n', 'a\nx\nc\n', 'a\nx\nc\n')).toMatchObject({ clean: true, text: 'a\nx\nc\n' })
  })

  it('conflicts where changes touch', () => {
    expect(merge('a\nb\n', 'A\nb\n', 'a\nB\n')).toEqual({
      clean: false, conflicts: 1, text: '<<<<<<< ours\nA\nb\n=======\na\nB\n>>>>>>> theirs\n',
    })
  })

  it('conflicts when one side removes what the other changes', () => {
    expect(merge('a\nb\nc\n', '', 'a\nB\nc\n')).toMatchObject({ clean: false, conflicts: 1 })
  })

  it('ends markers as the files end their lines, and ends a last line that has no end', () => {
    expect(merge('a\r\nb\r\n', 'a\r\nx\r\n', 'a\r\ny\r\n').text).toBe('a\r\n<<<<<<< ours\r\nx\r\n=======\r\ny\r\n>>>>>>> theirs\r\n')
    expect(merge('a', 'b', 'c').text).toBe('<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n')
  })

  it('merges with empty contents', () => {
    expect(merge('', '', 'a\n')).toMatchObject({ clean: true, text: 'a\n' })
    expect(merge('', 'a\n', 'b\n')).toMatchObject({ clean: false, conflicts: 1 })
    expect(merge('a\n', '', '')).toMatchObject({ clean: true, text: '' })
  })
})

describe('mergeLines against git', () => {
  let folder = ''
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'merge-lines-')) })
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  const line = fc.constantFrom('', 'a', 'b', 'c', '  d', '}', 'e')
  const lineEnd = fc.constantFrom('\n', '\r\n')
  const change = fc.record({ at: fc.nat(30), remove: fc.nat(3), insert: fc.array(line, { maxLength: 3 }) })
  const lines = fc.array(line, { maxLength: 30 })

  function write(texts: readonly string[], end: string, isClosed: string): string {
    return texts.join(end) + (texts.length > 0 && isClosed === 'closed' ? end : '')
  }

  it('gives the bytes and markers of git merge-file for random contents', () => {
    const side = fc.record({ changes: fc.array(change, { maxLength: 4 }), end: fc.constantFrom('closed', 'closed', 'open') })
    fc.assert(fc.property(lines, side, side, lineEnd, (start, first, second, end) => {
      const [ours, theirs] = [first, second].map(({ changes, end: closed }) => {
        const texts = [...start]
        for (const { at, remove, insert } of changes) texts.splice(at, remove, ...insert)
        return write(texts, end, closed)
      }) as [string, string]
      const base = write(start, end, 'closed')
      const names = { ours, base, theirs }
      for (const [name, text] of Object.entries(names)) writeFileSync(join(folder, name), text)
      const git = spawnSync('git', ['merge-file', '-p', '-q', '-L', 'ours', '-L', 'base', '-L', 'theirs', 'ours', 'base', 'theirs'], { cwd: folder })
      const merged = merge(base, ours, theirs)
      expect(merged.text).toBe(git.stdout.toString())
      expect(merged.conflicts).toBe(git.status)
    }), { numRuns: 200 })
  })
})

interface RealMerge { path: string; base: string; ours: string; theirs: string; gitMergeFile: string; conflicts: number }

const suite = suitePath('git-real-merges/file-merges-entireio-cli.json.gz')

describe.skipIf(suite === undefined)('mergeLines on merges of a real history', () => {
  it('is clean where git is, with its bytes, and conflicts where git does, with its markers', () => {
    const merges = JSON.parse(gunzipSync(readFileSync(suite ?? '')).toString()) as RealMerge[]
    const counts = { clean: 0, conflicts: 0, equal: 0 }
    for (const real of merges) {
      const merged = merge(real.base, real.ours, real.theirs)
      expect(merged.conflicts, real.path).toBe(real.conflicts)
      counts[merged.clean ? 'clean' : 'conflicts']++
      if (merged.text === real.gitMergeFile) counts.equal++
    }
    expect(counts).toEqual({ clean: 100, conflicts: 20, equal: 120 })
  })
})
