import fc from 'fast-check'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { getText, utf8 } from '../../../src/base/bytes.js'
import { mergeFile } from '../../../src/history/content/merge-file.js'
import type { FileMerge } from '../../../src/history/content/merge-file.js'

const labels = { ours: 'ours', theirs: 'theirs' }

async function merge(path: string, base: string | undefined, ours: string, theirs: string): Promise<FileMerge & { text: string }> {
  const result = await mergeFile({ path, base: base === undefined ? undefined : utf8(base), ours: utf8(ours), theirs: utf8(theirs), labels })
  return { ...result, text: getText(result.bytes) ?? '' }
}

describe('mergeFile', () => {
  it('keeps ours of a binary file and says so', async () => {
    expect(await merge('a.bin', 'a\0', 'b\0', 'c\0')).toMatchObject({ result: 'conflict', kind: 'binary', count: 1, text: 'b\0' })
  })

  it('merges files of other names by lines, also where the bytes are not UTF-8', async () => {
    expect(await merge('a.txt', 'A=1\nB=1\n', 'A=2\nB=1\n', 'A=1\nB=2\n')).toMatchObject({ result: 'conflict', kind: 'lines', count: 1 })
    const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
    const merged = await mergeFile({ path: 'a.env', base: latin('é\na\nb\nc\n'), ours: latin('ê\na\nb\nc\n'), theirs: latin('é\na\nb\nd\n'), labels })
    expect(merged).toEqual({ result: 'clean', bytes: latin('ê\na\nb\nd\n') })
  })

  it('merges adjacent keys of .env, with their comments', async () => {
    const base = '# head\n\nA=1\nB=2 # two\nC=3\n'
    const merged = await merge('dir/.env', base, '# head\n\nA=9\nB=2 # two\nC=3\n', '# head\n\nA=1\nB=8 # two\n# new\nD=4\nC=3\n')
    expect(merged).toMatchObject({ result: 'clean', text: '# head\n\nA=9\nB=8 # two\n# new\nD=4\nC=3\n' })
  })

  it('names the key that both sides changed, and marks it alone', async () => {
    const merged = await merge('.env', 'A=1\nB=1\n', 'A=2\nB=5\n', 'A=3\nB=1\nC=1\n')
    expect(merged).toMatchObject({ result: 'conflict', kind: 'keys', keys: ['A'], count: 1 })
    expect(merged.text).toBe('<<<<<<< ours\nA=2\n=======\nA=3\n>>>>>>> theirs\nB=5\nC=1\n')
  })

  it('calls a key changed here and removed there a conflict', async () => {
    expect(await merge('.env', 'A=1\nB=1\n', 'A=2\nB=1\n', 'B=1\n')).toMatchObject({ result: 'conflict', keys: ['A'], text: '<<<<<<< ours\nA=2\n=======\n>>>>>>> theirs\nB=1\n' })
    expect(await merge('.env', 'A=1\nB=1\n', 'B=1\n', 'A=2\nB=1\n')).toMatchObject({ result: 'conflict', keys: ['A'], text: '<<<<<<< ours\n=======\nA=2\n>>>>>>> theirs\nB=1\n' })
  })

  it('does not add a key twice where lines would', async () => {
    const base = 'A=1\nB=1\nC=1\nD=1\nE=1\n'
    expect(await merge('.env', base, `X=1\n${base}`, `${base}X=1\n`)).toMatchObject({ result: 'clean', text: `X=1\n${base}` })
    expect(await merge('.env', base, `X=1\n${base}`, `${base}X=2\n`)).toMatchObject({ result: 'conflict', keys: ['X'] })
  })

  it('takes a comment that only theirs changed, and never drops one of two', async () => {
    expect(await merge('.env', '# a\nA=1\nB=1\n', '# a\nA=2\nB=1\n', '# b\nA=1\nB=1\n')).toMatchObject({ result: 'clean', text: '# b\nA=2\nB=1\n' })
    const both = await merge('.env', '# a\nA=1\nB=1\n', '# x\nA=1\nB=1\n', '# y\nA=1\nB=1\n')
    expect(both.result).toBe('conflict')
    expect(both.text).toContain('# x')
    expect(both.text).toContain('# y')
  })

  it('unites two added settings files by key', async () => {
    expect(await merge('.env', undefined, 'A=1\nB=1\n', 'A=1\nC=1\n')).toMatchObject({ result: 'clean', text: 'A=1\nB=1\nC=1\n' })
    expect(await merge('a.txt', undefined, 'a\n', 'b\n')).toMatchObject({ result: 'conflict', count: 1, kind: 'lines' })
  })

  it('merges sections of INI, also when a .conf holds them', async () => {
    const base = '[a]\nx = 1\ny = 1\n\n[b]\nz = 1\n'
    const ours = '[a]\nx = 2\ny = 1\n\n[b]\nz = 1\n'
    const theirs = '[a]\nx = 1\ny = 2\n\n[c]\nw = 1\n\n[b]\nz = 1\n'
    for (const path of ['a.ini', 'a.conf']) {
      expect(await merge(path, base, ours, theirs)).toMatchObject({ result: 'clean', text: '[a]\nx = 2\ny = 2\n\n[c]\nw = 1\n\n[b]\nz = 1\n' })
    }
    expect(await merge('a.ini', base, ours, base.replace('x = 1', 'x = 7'))).toMatchObject({ result: 'conflict', keys: ['a.x'] })
  })

  it('merges JSON by key and keeps the indentation of ours', async () => {
    const base = '{\n  "a": 1,\n  "b": {\n    "c": 1\n  }\n}\n'
    const ours = '{\n    "a": 2,\n    "b": {\n        "c": 1\n    }\n}\n'
    const theirs = '{\n  "a": 1,\n  "b": {\n    "c": 2,\n    "d": {\n      "e": [\n        1\n      ]\n    }\n  }\n}\n'
    const merged = await merge('x.json', base, ours, theirs)
    expect(merged.result).toBe('clean')
    expect(merged.text).toBe('{\n    "a": 2,\n    "b": {\n        "c": 2,\n        "d": {\n            "e": [\n                1\n            ]\n        }\n    }\n}\n')
  })

  it('marks one key of JSON, or the file where keys share a line', async () => {
    const merged = await merge('x.json', '{\n  "a": 1,\n  "b": 1\n}\n', '{\n  "a": 2,\n  "b": 2\n}\n', '{\n  "a": 3,\n  "b": 1\n}\n')
    expect(merged).toMatchObject({ keys: ['a'], text: '{\n<<<<<<< ours\n  "a": 2,\n=======\n  "a": 3,\n>>>>>>> theirs\n  "b": 2\n}\n' })
    expect(await merge('x.json', '{"a":1,"b":1}', '{"a":2,"b":1}', '{"a":1,"b":2}')).toMatchObject({ result: 'clean', text: '{"a":2,"b":2}' })
    expect(await merge('x.json', '{"a":1}', '{"a":2}', '{"a":3}')).toMatchObject({ result: 'conflict', keys: ['a'] })
  })

  it('does not take a large number for its neighbour', async () => {
    expect(await merge('x.json', '{"a":12345678901234567890}', '{"a":12345678901234567891}', '{"a":12345678901234567892}')).toMatchObject({ result: 'conflict', keys: ['a'] })
  })

  it('falls back to lines for what is no such file or has a key twice', async () => {
    for (const [path, text] of [['a.json', '// c\n{"a":1}'], ['a.json', '{"a":1,"a":2}'], ['a.env', 'A=1\nA=2'], ['a.toml', 'a = '], ['a.yml', 'a: &x 1\nb: *x']] as const) {
      expect(await merge(path, text, `${text}1`, `${text}2`)).toMatchObject({ result: 'conflict', kind: 'lines' })
    }
  })

  it('merges TOML with tables, long strings and lists of tables', async () => {
    const base = '# head\n\ntitle = "x" # t\n\n[a]\nx = 1\ny = """\nl1\nl2"""\n\n[[l]]\nn = 1\n\n[[l]]\nn = 2\n\n[z]\nq = 1979-05-27T07:32:00Z\n'
    const ours = base.replace('x = 1', 'x = 2').replace('"x" # t', '"y" # t')
    const theirs = base.replace('l2"""', 'l3"""\nnew.key = [1,\n 2]').replace('n = 2', 'n = 3')
    const merged = await merge('a.toml', base, ours, theirs)
    expect(merged.result).toBe('clean')
    expect(merged.text).toBe(theirs.replace('x = 1', 'x = 2').replace('"x" # t', '"y" # t'))
    expect(await merge('a.toml', base, ours, base.replace('x = 1', 'x = 7'))).toMatchObject({ result: 'conflict', keys: ['a.x'] })
  })

  it('merges YAML with nested maps, comments and block texts', async () => {
    const base = '# head\n\na: 1 # one\nb:\n  # inner\n  c: 1\n  d: |\n    text\n    # no comment\n\ne: [1, 2]\n'
    const ours = base.replace('a: 1', 'a: 2').replace('c: 1', 'c: 2')
    const theirs = base.replace('    text', '    TEXT').replace('b:\n', 'new: x\nb:\n')
    const merged = await merge('a.yml', base, ours, theirs)
    expect(merged).toMatchObject({ result: 'clean', text: theirs.replace('a: 1', 'a: 2').replace('c: 1', 'c: 2') })
    expect(await merge('a.yaml', base, ours, base.replace('c: 1', 'c: 7'))).toMatchObject({ result: 'conflict', keys: ['b.c'] })
  })

  it('lets lines settle what both changed in one text or list of several lines', async () => {
    const base = 'run: |\n  a\n  b\n  c\n  d\n  e\n'
    expect(await merge('a.yml', base, base.replace('  a', '  A'), base.replace('  e', '  E'))).toMatchObject({ result: 'clean' })
    const list = '{\n  "l": [\n    1,\n    2,\n    3,\n    4\n  ]\n}\n'
    expect(await merge('a.json', list, list.replace('1', '10'), list.replace('4', '40'))).toMatchObject({ result: 'clean' })
  })

  it('keeps a missing final line end and CRLF', async () => {
    expect(await merge('.env', 'A=1\nB=1', 'A=2\nB=1', 'A=1\nB=2')).toMatchObject({ result: 'clean', text: 'A=2\nB=2' })
    expect(await merge('.env', 'A=1\r\nB=1\r\n', 'A=2\r\nB=1\r\n', 'A=1\r\nB=2\r\n')).toMatchObject({ result: 'clean', text: 'A=2\r\nB=2\r\n' })
  })
})

type Settings = Record<string, string>

/** How each format writes a map of words, with a comment per key and in a section where it has some. */
const FORMATS: Record<string, { write(settings: Settings): string; parse(text: string): unknown }> = {
  'x.env': {
    write: (settings) => Object.entries(settings).map(([key, value]) => `# about ${key}\n${key}=${value}\n`).join(''),
    parse: (text) => Object.fromEntries(text.split('\n').filter((line) => /^\w/.test(line)).map((line) => line.split('='))) as unknown,
  },
  'x.ini': {
    write: (settings) => `[s]\n${Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join('')}`,
    parse: (text) => Object.fromEntries(text.split('\n').filter((line) => /^\w/.test(line)).map((line) => line.split(' = '))) as unknown,
  },
  'x.json': { write: (settings) => `${JSON.stringify({ s: settings }, null, 2)}\n`, parse: (text) => JSON.parse(text) as unknown },
  'y.json': { write: (settings) => JSON.stringify(settings), parse: (text) => JSON.parse(text) as unknown },
  'x.toml': { write: (settings) => `[s]\n${Object.entries(settings).map(([key, value]) => `# c\n${key} = "${value}" # ${key}\n`).join('')}`, parse: parseToml },
  'x.yml': {
    write: (settings) => `s:\n${Object.entries(settings).map(([key, value]) => `  # c\n  ${key}: ${value} # ${key}\n`).join('')}  end: x\n`,
    parse: (text) => parseYaml(text) as unknown,
  },
}

const word = fc.constantFrom('one', 'two', 'three', 'four')
const key = fc.constantFrom(...'abcdefghkm'.split(''))
const settings = fc.dictionary(key, word, { noNullPrototype: true })

describe.each(Object.keys(FORMATS))('merging %s', (path) => {
  const { write, parse } = FORMATS[path] as (typeof FORMATS)[string]

  it('gives the changed side when only one changed, byte for byte', async () => {
    await fc.assert(fc.asyncProperty(settings, settings, async (base, changed) => {
      expect((await merge(path, write(base), write(base), write(changed))).text).toBe(write(changed))
      expect((await merge(path, write(base), write(changed), write(base))).text).toBe(write(changed))
      expect((await merge(path, write(base), write(changed), write(changed))).text).toBe(write(changed))
    }), { numRuns: 50 })
  })

  it('says what the merge of the maps says, and conflicts where that does, from both sides', async () => {
    await fc.assert(fc.asyncProperty(settings, settings, settings, async (base, ours, theirs) => {
      const expected: Settings = {}
      let conflicts = 0
      for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
        const [was, mine, yours] = [base[name], ours[name], theirs[name]]
        const value = mine === yours || was === yours ? mine : yours
        if (mine !== yours && was !== mine && was !== yours) conflicts++
        if (value !== undefined) expected[name] = value
      }
      const [merged, swapped] = [await merge(path, write(base), write(ours), write(theirs)), await merge(path, write(base), write(theirs), write(ours))]
      expect(merged.result).toBe(conflicts === 0 ? 'clean' : 'conflict')
      expect(swapped.result).toBe(merged.result)
      if (conflicts > 0) return
      expect(parse(merged.text)).toEqual(parse(write(expected)))
      expect(parse(swapped.text)).toEqual(parse(merged.text))
    }), { numRuns: 300 })
  })
})
