import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSideFiles } from '../../src/app/side-files.js'
import { utf8 } from '../../src/base/bytes.js'
import { temporaryFolders } from '../helpers/git.js'

const newFolder = temporaryFolders()
const line = (object: string, title: string): string => `2024-11-27T10:00:00.000Z\t${object}\tATOM-DECISION-20241127-001\tann\tsave_decision\t${title}`

function aFolder(log: readonly string[]): string {
  const folder = newFolder()
  mkdirSync(join(folder, 'spool/refused'), { recursive: true })
  writeFileSync(join(folder, 'trail.log'), log.map((each) => `${each}\n`).join(''), { mode: 0o600 })
  return folder
}

describe('what repeats the store beside it', () => {
  it('gives the lines of trail.log, or says that there is none', async () => {
    const lines: string[] = []
    for await (const each of await createSideFiles(aFolder(['a\tb', 'c'])).trailLog() ?? []) lines.push(each)
    expect(lines).toEqual(['a\tb', 'c'])
    expect(await createSideFiles(newFolder()).trailLog()).toBeUndefined()
  })

  it('loses the titles of the ATOMs named, and no other byte', async () => {
    const folder = aFolder([line('aa', 'keep'), line('bb', 'secret'), line('cc', 'bb')])
    const files = createSideFiles(folder)
    expect(await files.erase({ atoms: new Set(['bb']), texts: [] })).toEqual(['trail.log'])
    expect(readFileSync(join(folder, 'trail.log'), 'utf8')).toBe([line('aa', 'keep'), line('bb', '(forgotten)'), line('cc', 'bb'), ''].join('\n'))
    expect([statSync(join(folder, 'trail.log')).mode & 0o777, readdirSync(folder).sort()]).toEqual([0o600, ['spool', 'trail.log']])
    expect(await files.erase({ atoms: new Set(['bb', 'dd']), texts: [] })).toEqual([])
  })

  it('loses them from full logs too, whose lines come first, and from what was left half made', async () => {
    const folder = aFolder([line('cc', 'last')])
    writeFileSync(join(folder, 'trail.log.10'), `${line('bb', 'secret')}\n`)
    writeFileSync(join(folder, 'trail.log.2'), `${line('aa', 'first')}\n`)
    writeFileSync(join(folder, 'trail.log.2.new'), `${line('bb', 'secret')}\n`)
    const files = createSideFiles(folder)
    expect(await files.erase({ atoms: new Set(['bb']), texts: [] })).toEqual(['trail.log.10'])
    const lines: string[] = []
    for await (const each of await files.trailLog() ?? []) lines.push(each)
    expect(lines).toEqual([line('aa', 'first'), line('bb', '(forgotten)'), line('cc', 'last')])
    expect(readdirSync(folder).sort()).toEqual(['spool', 'trail.log', 'trail.log.10', 'trail.log.2'])
  })

  it('loses the titles of several erasures at once', async () => {
    const folder = aFolder([line('aa', 'one'), line('bb', 'two'), line('cc', 'three')])
    const erase = (object: string): Promise<readonly string[]> => createSideFiles(folder).erase({ atoms: new Set([object]), texts: [] })
    expect(await Promise.all([erase('aa'), erase('bb'), erase('dd'), erase('cc')])).toEqual([['trail.log'], ['trail.log'], [], ['trail.log']])
    expect(readFileSync(join(folder, 'trail.log'), 'utf8')).toBe([line('aa', '(forgotten)'), line('bb', '(forgotten)'), line('cc', '(forgotten)'), ''].join('\n'))
    expect(readdirSync(folder).sort()).toEqual(['spool', 'trail.log'])
  })

  it('loses spool files that hold a text, plain or as JSON writes it, also refused ones', async () => {
    const folder = aFolder([])
    const secret = 'pass "word"\nline'
    writeFileSync(join(folder, 'spool/1.json'), JSON.stringify({ title: secret }))
    writeFileSync(join(folder, 'spool/refused/2.json'), `raw ${secret}`)
    writeFileSync(join(folder, 'spool/3.json'), '{"title":"password"}')
    expect([...await createSideFiles(folder).erase({ atoms: new Set(), texts: [utf8(secret)] })].sort()).toEqual(['spool/1.json', 'spool/refused/2.json'])
    expect([existsSync(join(folder, 'spool/1.json')), existsSync(join(folder, 'spool/3.json'))]).toEqual([false, true])
  })

  it('loses spool files that a writer of JSON escaped otherwise, and does not follow links', async () => {
    const folder = aFolder([])
    const outside = join(newFolder(), 'kept')
    writeFileSync(outside, 'geheim/straße')
    symlinkSync(outside, join(folder, 'spool/link'))
    writeFileSync(join(folder, 'spool/1.json'), '{"payload":{"a":[{"note":"das ist geheim\\/stra\\u00dfe"}]}}')
    writeFileSync(join(folder, 'spool/2.json'), 'torn {\n{"geheim/stra\\u00DFe":1}\n')
    expect([...await createSideFiles(folder).erase({ atoms: new Set(), texts: [utf8('geheim/straße')] })].sort()).toEqual(['spool/1.json', 'spool/2.json'])
    expect(existsSync(outside)).toBe(true)
  })

  it('loses the mirrors of git remotes, whatever they hold', async () => {
    const folder = aFolder([])
    mkdirSync(join(folder, 'git/0123/objects.git'), { recursive: true })
    writeFileSync(join(folder, 'git/0123/objects.git/config'), '')
    expect(await createSideFiles(folder).erase({ atoms: new Set(), texts: [] })).toEqual(['git'])
    expect(readdirSync(folder)).not.toContain('git')
  })

  it('has nothing to erase where there is nothing', async () => {
    expect(await createSideFiles(newFolder()).erase({ atoms: new Set(['aa']), texts: [utf8('secret')] })).toEqual([])
  })
})
