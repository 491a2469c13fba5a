import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { getText, utf8 } from '../../../../src/base/bytes.js'
import { mergeFile } from '../../../../src/history/content/merge-file.js'

interface Setting { value: string; comment: string }
type Settings = Record<string, Setting>

const WRITERS: Record<string, (settings: Settings) => string> = {
  'x.env': (settings) => write(settings, (key, { value, comment }) => `# ${comment} ${key}\n${key}=${value}\n`),
  'x.ini': (settings) => `[s]\n${write(settings, (key, { value, comment }) => `; ${comment} ${key}\n${key}=${value}\n\n`)}`,
  'x.toml': (settings) => `[s]\n${write(settings, (key, { value, comment }) => `${key} = "${value}" # ${comment} ${key}\n`)}`,
  'x.yml': (settings) => `s:\n${write(settings, (key, { value, comment }) => `  ${key}: # ${comment} ${key}\n    v: ${value}\n`)}  end: 1\n`,
  'y.yml': (settings) => `${write(settings, (key, { value, comment }) => `# ${comment} ${key}\n${key}: ${value}\n`)}end: 1\n`,
}

function write(settings: Settings, line: (key: string, setting: Setting) => string): string {
  return Object.entries(settings).map(([key, setting]) => line(key, setting)).join('')
}

function pick<T>(base: T | undefined, ours: T | undefined, theirs: T | undefined): T | undefined {
  return ours === theirs || base === theirs ? ours : theirs
}

const setting = fc.record({ value: fc.constantFrom('one', 'two'), comment: fc.constantFrom('red', 'blue', 'green') })
const settings = fc.dictionary(fc.constantFrom(...'abcdef'.split('')), setting, { noNullPrototype: true })

describe.each(Object.keys(WRITERS))('comments in a clean merge of %s', (path) => {
  const text = WRITERS[path] as (typeof WRITERS)[string]

  it('are those of the side that changed them', async () => {
    await fc.assert(fc.asyncProperty(settings, settings, settings, async (base, ours, theirs) => {
      const [was, mine, yours] = [text(base), text(ours), text(theirs)]
      const merged = await mergeFile({ path, base: utf8(was), ours: utf8(mine), theirs: utf8(yours), labels: { ours: 'ours', theirs: 'theirs' } })
      if (merged.result === 'conflict') return
      const result = getText(merged.bytes) ?? ''
      for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
        const isKept = pick(base[key] && 'is', ours[key] && 'is', theirs[key] && 'is') !== undefined
        const comment = pick(base[key]?.comment, ours[key]?.comment, theirs[key]?.comment)
        const found = result.match(new RegExp(`\\w+ ${key}$`, 'gm')) ?? []
        expect(found, `${was}---\n${mine}---\n${yours}===\n${result}`).toEqual(isKept ? [`${comment ?? ''} ${key}`] : [])
      }
    }), { numRuns: 300 })
  })
})
