import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aRepo, type MemoryRepo } from '../../helpers/memory-repo.js'
import { eraseTitle } from '../../../src/index/titles.js'
import { objectKey } from '../../../src/store/keys.js'
import { followerSuite } from '../../conformance/follower-suite.js'
import { trailLogFiles } from '../../../src/views/trail-log/files.js'
import { createTrailLog, followTrailLog, rewriteTrailLog } from '../../../src/views/trail-log/follow.js'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'atom-log-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const file = (): string => join(folder, 'trail.log')
const lines = (): string[] => readFileSync(file(), 'utf8').split('\n').slice(0, -1)
const titles = (): (string | undefined)[] => lines().map((line) => line.split('\t')[5])

async function three(): Promise<MemoryRepo> {
  const repo = await aRepo()
  await repo.add({ title: 'one' })
  await repo.add({ title: 'two\twith\nall\\\u001b[31m' })
  return repo
}

describe('trail.log', () => {
  it('has one escaped line for each ATOM, appended as they come', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    expect(lines()[1]).toBe(`2024-11-27T10:00:00.000Z\t${repo.index.node(1).digest}\tATOM-DECISION-20241127-002\ttester\tsave_decision\tone`)
    expect(titles()[2]).toBe('two\\twith\\nall\\\\\\u{1b}[31m')
    await repo.add({ title: 'three' })
    await followTrailLog(folder, repo)
    await followTrailLog(folder, repo)
    expect(lines()).toHaveLength(4)
  })

  it('repairs a torn last line and catches up', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    const whole = readFileSync(file(), 'utf8')
    truncateSync(file(), whole.length - 10)
    await followTrailLog(folder, repo)
    expect(readFileSync(file(), 'utf8')).toBe(whole)
    writeFileSync(file(), '2024')
    await followTrailLog(folder, repo)
    expect(readFileSync(file(), 'utf8')).toBe(whole)
  })

  it('keeps lines that name nothing here, as evidence, and goes on behind them', async () => {
    const repo = await three()
    await followTrailLog(folder, repo)
    const whole = readFileSync(file(), 'utf8')
    const lost = whole.split('\n')[1]?.replace(/\t[0-9a-f]{64}\t/, `\t${'0'.repeat(64)}\t`)
    appendFileSync(file(), `${lost ?? ''}\nnot a line\n`)
    await repo.add({ title: 'next' })
    await followTrailLog(folder, repo)
    await followTrailLog(folder, repo)
    expect(titles()).toEqual(['Start of demo', 'one', expect.anything(), 'one', undefined, 'next'])
    expect(readFileSync(file(), 'utf8').startsWith(whole)).toBe(true)
  })

  it('is made again after something was forgotten', async () => {
    const repo = await three()
    const { atom } = await repo.add({ title: 'secret' })
    await followTrailLog(folder, repo)
    const whole = readFileSync(file())
    await repo.writer.transact({ agent: 'tester', command: 'forget' }, (tx) => {
      tx.deleteRecord(objectKey(atom.header.body))
      eraseTitle(tx, atom.seq)
    })
    repo.index.dropTitles()
    // What is left of one that was killed is taken away with it.
    writeFileSync(`${file()}.new`, whole)
    await rewriteTrailLog(folder, repo)
    expect(titles()).toEqual(['Start of demo', 'one', expect.anything(), '(forgotten)'])
    expect(readdirSync(folder)).toEqual(['trail.log'])
  })

  it('catches up with thousands, and cuts a title of megabytes', async () => {
    const repo = await aRepo()
    for (let count = 0; count < 1_200; count++) await repo.draft({ body: { title: `n ${String(count)}` } })
    await repo.add({ title: '🎮'.repeat(1_000_000) })
    await followTrailLog(folder, repo)
    expect(lines()).toHaveLength(1_202)
    expect(titles()[1_201]?.length).toBeLessThan(1_010)
  })
})

/** All lines, those of full logs first. */
function allLines(): readonly string[] {
  return trailLogFiles(folder).flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1))
}

describe('trail.log that is full', () => {
  const SMALL = { maxBytes: 400 }
  const NAMES = ['trail.log', 'trail.log.1', 'trail.log.2', 'trail.log.3']

  async function eight(): Promise<MemoryRepo> {
    const repo = await aRepo()
    for (let count = 1; count < 8; count++) {
      await followTrailLog(folder, repo, SMALL)
      await repo.add({ title: `n ${String(count)}` })
    }
    await followTrailLog(folder, repo, SMALL)
    return repo
  }

  it('gets a number, and the next one goes on where it ended', async () => {
    const repo = await eight()
    expect(readdirSync(folder).sort()).toEqual(NAMES.slice(0, 3))
    expect(allLines().map((line) => line.split('\t')[5])).toEqual(['Start of demo', ...Array.from({ length: 7 }, (_, place) => `n ${String(place + 1)}`)])
    expect(statSync(join(folder, 'trail.log')).mode & 0o777).toBe(0o600)
    const before = allLines()
    await followTrailLog(folder, repo, SMALL)
    expect(allLines()).toEqual(before)
  })

  it('goes on when it was killed between the two, when the growing one is gone, and when its last line is torn', async () => {
    const repo = await eight()
    const before = allLines()
    rmSync(file())
    await followTrailLog(folder, repo, SMALL)
    expect(allLines()).toEqual(before)
    rmSync(file())
    truncateSync(join(folder, 'trail.log.2'), statSync(join(folder, 'trail.log.2')).size - 7)
    await followTrailLog(folder, repo, SMALL)
    expect(allLines()).toEqual(before)
  })

  it('gets back the lines of one that is gone, once the log is read through', async () => {
    const repo = await eight()
    const before = allLines()
    rmSync(join(folder, 'trail.log.1'))
    appendFileSync(file(), 'not a line\n')
    await followTrailLog(folder, repo, SMALL)
    expect([...allLines()].sort()).toEqual([...before, 'not a line'].sort())
  })

  it('is made again with the others, and what was begun by one that was killed goes', async () => {
    const repo = await eight()
    const before = allLines()
    writeFileSync(join(folder, 'trail.log.9'), 'old\n')
    writeFileSync(join(folder, 'trail.log.7.new'), 'begun\n')
    await rewriteTrailLog(folder, repo, SMALL)
    expect(allLines()).toEqual(before)
    await rewriteTrailLog(folder, repo)
    expect(readdirSync(folder)).toEqual(['trail.log'])
    expect(allLines()).toEqual(before)
  })

  it('is left alone where it is none of ours: a link, another name', async () => {
    const repo = await eight()
    writeFileSync(join(folder, 'trail.log.old'), 'x')
    writeFileSync(join(folder, 'elsewhere'), 'x')
    symlinkSync('elsewhere', join(folder, 'trail.log.0'))
    symlinkSync('elsewhere', join(folder, 'trail.log.5'))
    expect(trailLogFiles(folder).map((path) => basename(path))).toEqual(['trail.log.1', 'trail.log.2', 'trail.log'])
    await rewriteTrailLog(folder, repo)
    expect(readdirSync(folder).sort()).toEqual(['elsewhere', 'trail.log', 'trail.log.0', 'trail.log.old'])
  })
})

followerSuite({ name: 'trail.log', make: createTrailLog, contents: async (place) => readFileSync(join(place, 'trail.log'), 'utf8') })
followerSuite({ name: 'trail.log in many files', make: (place) => createTrailLog(place, { maxBytes: 300 }), contents: async (place) => trailLogFiles(place).map((path) => readFileSync(path, 'utf8')).join('') })
