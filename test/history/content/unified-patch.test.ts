import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8 } from '../../../src/base/bytes.js'
import { unifiedPatch } from '../../../src/history/content/unified-patch.js'
import type { PatchOptions } from '../../../src/history/content/unified-patch.js'

function patch(before: string | undefined, after: string | undefined, options: PatchOptions & { path?: string } = {}): string {
  const { path = 'x', ...rest } = options
  const side = (text: string | undefined): { path: string; bytes: Uint8Array } | undefined => (text === undefined ? undefined : { path, bytes: utf8(text) })
  return unifiedPatch({ before: side(before), after: side(after) }, rest).text
}

describe('unifiedPatch', () => {
  it('writes one hunk with three lines around', () => {
    expect(patch('1\n2\n3\n4\n5\n6\n7\n8\n9\n', '1\n2\n3\n4\nfive\n6\n7\n8\n9\n')).toBe(
      '--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n')
  })

  it('names /dev/null for a file that is not there', () => {
    expect(patch(undefined, 'a\n')).toBe('--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n')
    expect(patch('a\nb\n', undefined)).toBe('--- a/x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n')
  })

  it('says where the last line has no end', () => {
    expect(patch('a', 'a\n')).toBe('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n')
  })

  it('says that binary files differ, and nothing when they do not', () => {
    expect(patch('a\0', 'b\0')).toBe('Binary files a/x and b/x differ\n')
    expect(patch('a\0', 'a\0')).toBe('')
    expect(unifiedPatch({ before: undefined, after: { path: 'x', bytes: Uint8Array.of(0xff) } })).toEqual({ kind: 'binary', text: 'Binary files /dev/null and b/x differ\n' })
  })

  it('passes over white space when asked', () => {
    expect(patch('a b\n', 'a\tb\n', { comparison: 'ignore-space' })).toBe('')
    expect(patch('a b\nc\n', 'ab\nd\n', { comparison: 'ignore-space', contextLines: 0 })).toBe('--- a/x\n+++ b/x\n@@ -2 +2 @@ a b\n-c\n+d\n')
  })

  it('closes a name with a space by a tab and quotes odd names', () => {
    expect(patch('a\n', undefined, { path: 'a b' })).toContain('--- a/a b\t\n')
    expect(patch('a\n', undefined, { path: 'ü' })).toContain('--- "a/\\303\\274"\n')
  })

  it('answers in bounded time on large files with nothing in common, and on shuffled ones', () => {
    const count = 60_000
    const numbered = (seed: number): string => Array.from({ length: count }, (_, index) => `${String((index * seed) % 997)}\n`).join('')
    const started = performance.now()
    unifiedPatch({ before: { path: 'x', bytes: utf8(numbered(7)) }, after: { path: 'x', bytes: utf8(numbered(11)) } })
    unifiedPatch({ before: { path: 'x', bytes: utf8('x\n'.repeat(count)) }, after: { path: 'x', bytes: utf8('y\n'.repeat(count)) } })
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('unifiedPatch against git', () => {
  let folder = ''
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'unified-patch-')) })
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  const line = fc.constantFrom('', 'a', 'b ', '\tb', '  c', 'ü', '}', 'e\r', 'function f()', '-- x', '++ y')
  const content = fc.tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('', '\n')).map(([lines, end]) => lines.join('\n') + end)
  const pair = fc.oneof(
    fc.tuple(content, content),
    fc.tuple(fc.array(line, { minLength: 5, maxLength: 40 }), fc.nat(40), fc.array(line, { maxLength: 4 })).map(([lines, at, insert]) => {
      const after = [...lines]
      after.splice(at, insert.length % 3, ...insert)
      return [`${lines.join('\n')}\n`, after.join('\n')] as [string, string]
    }),
  )

  it('is the text of git diff', () => {
    fc.assert(fc.property(pair, fc.nat(4), fc.constantFrom('exact' as const, 'ignore-space' as const), ([before, after], contextLines, comparison) => {
      writeFileSync(join(folder, 'x'), before)
      writeFileSync(join(folder, 'y'), after)
      const flags = ['diff', '--no-index', '--no-color', `-U${String(contextLines)}`, ...(comparison === 'exact' ? [] : ['-w'])]
      const git = spawnSync('git', [...flags, 'x', 'y'], { cwd: folder }).stdout.toString()
      const start = git.indexOf('--- ')
      const change = { before: { path: 'x', bytes: utf8(before) }, after: { path: 'y', bytes: utf8(after) } }
      expect(unifiedPatch(change, { contextLines, comparison }).text).toBe(start === -1 ? '' : git.slice(start))
    }), { numRuns: 150 })
  })

  it('gives the after bytes when git applies it', () => {
    fc.assert(fc.property(pair, ([before, after]) => {
      const text = patch(before, after, { path: 'f' })
      if (text === '') return
      writeFileSync(join(folder, 'f'), before)
      const applied = spawnSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: text, env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } })
      expect(applied.stderr.toString()).toBe('')
      expect(readFileSync(join(folder, 'f')).toString()).toBe(after)
    }), { numRuns: 100 })
  })
})
