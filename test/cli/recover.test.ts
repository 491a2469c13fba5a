import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { recoverCommand } from '../../src/cli/commands/recover.js'
import { ROOT, useCli } from '../helpers/cli.js'
import { contentsOfFolder, recordTrail, wipe, type StoreContents } from '../helpers/lost-store.js'

const cli = useCli()
const store = (): string => join(cli.project, '.atom')
const home = (...names: string[]): string => join(cli.home, ...names)
const bases = (pattern: RegExp): readonly string[] => readdirSync(cli.project).filter((name) => pattern.test(name))

/** A few ATOMs with files in two scopes, and a folder that they were pushed to. */
async function aLittle(): Promise<StoreContents> {
  await cli.ok(['init', '-q'])
  mkdirSync(join(cli.project, 'conf'))
  writeFileSync(join(cli.project, 'conf/a.env'), 'A=1\n')
  writeFileSync(home('.profile'), 'export A\n')
  await cli.ok(['CFG', 'first', '--file', 'conf/a.env', '--file', '~/.profile'])
  await cli.ok(['DECISION', 'use it'])
  await cli.ok(['remote', 'add', 'stick', home('stick')])
  await cli.ok(['push', '--all'])
  return await contentsOfFolder(store())
}

async function expectWhole(): Promise<void> {
  expect(JSON.parse(await cli.ok(['verify', '--json']))).toMatchObject({ ok: true })
}

const REPORT = [
  '            Found: 523 ATOM entries', '         Progress: 523/523 (100%)', '    Project count: 1 (bazza-dx)', '   Decision count: 47', '  File operations: 156',
  '  SAGE executions: 12', ' Research entries: 28', 'All 523 ATOMs verified', '  Chain integrity: INTACT', 'No tampering detected', '     Config files: MATCH (8)',
  '        Decisions: MATCH (47)', '    SAGE evidence: MATCH (48)', '  Total data lost: 0 ATOMs', '  Time to recover: T s', '',
].join('\n')

describe('recover, after everything was deleted', () => {
  it('brings 523 ATOMs back from git, a folder or a bundle: objects, refs, log and files', async () => {
    await cli.ok(['init', '-q', '--project', 'bazza-dx'])
    await recordTrail(cli.project, { HOME: cli.home, USER: 'ann', PATH: process.env['PATH'] ?? '' })
    const files = readdirSync(join(cli.project, 'conf')).map((name) => [name, readFileSync(join(cli.project, 'conf', name), 'utf8')] as const)
    const profile = readFileSync(home('.profile'), 'utf8')
    const before = await contentsOfFolder(store())
    const places = [`git+file:${home('mirror.git')}`, home('stick'), home('trail.car')]
    for (const place of places) await cli.ok(place.endsWith('.car') ? ['bundle', 'create', place] : ['push', place, '--all'])
    for (const place of places) {
      wipe(cli.project, cli.home)
      const { stdout, stderr, exitCode } = await cli.run(['recover', '--from', place, '--files', '--scope', 'home'])
      expect([exitCode, stdout.replace(/(?<=Time to recover: )\d+\.\d/, 'T')]).toEqual([0, REPORT])
      expect(stderr).toContain(`Recovered ${store()} from ${place}\n`)
      const after = await contentsOfFolder(store())
      for (const [id, bytes] of before.objects) expect(after.objects.get(id)).toBe(bytes)
      expect({ ...after.refs, ...before.refs }).toEqual(after.refs)
      expect(Object.keys(after.refs).filter((ref) => !(ref in before.refs)).every((ref) => ref.startsWith('refs/remotes/'))).toBe(true)
      expect(after.ops.slice(0, before.ops.length)).toEqual(before.ops)
      expect(files.map(([name]) => [name, readFileSync(join(cli.project, 'conf', name), 'utf8')])).toEqual(files)
      expect(readFileSync(home('.profile'), 'utf8')).toBe(profile)
    }
    expect(await cli.ok(['status'])).toContain('nothing to record')
    expect(await cli.ok(['undo', '--force'])).toContain('Undid add')
    await expectWhole()
  }, 120_000)

  it('leaves files alone unless asked, says what is not there, and needs leave for what is outside the project', async () => {
    await aLittle()
    wipe(cli.project, cli.home)
    const bare = await cli.run(['recover', '--from', home('stick')])
    expect([bare.exitCode, existsSync(join(cli.project, 'conf'))]).toEqual([0, false])
    expect(bare.stdout).toContain('     Config files: MISSING (2 missing of 2)\n')
    expect(bare.stderr).toContain('2 tracked files not on disk: ~/.profile, conf/a.env; to lay them out: atom restore --scope home . ~\n')
    expect(bare.stderr).toContain('Nothing of the old store was left that tells what it held')
    wipe(cli.project, cli.home)
    const files = await cli.run(['recover', '--from', home('stick'), '--files'])
    expect([files.exitCode, readFileSync(join(cli.project, 'conf/a.env'), 'utf8'), existsSync(home('.profile'))]).toEqual([4, 'A=1\n', false])
    expect(files.stderr).toContain('atom restore --scope home ~/.profile')
    await cli.ok(['restore', '--scope', 'home', '~/.profile'])
    expect(readFileSync(home('.profile'), 'utf8')).toBe('export A\n')
  })

  it('never writes over a file that differs, unless forced', async () => {
    await aLittle()
    rmSync(store(), { recursive: true })
    writeFileSync(join(cli.project, 'conf/a.env'), 'mine\n')
    const { stdout, stderr } = await cli.run(['recover', '--from', home('stick'), '--files'])
    expect([stdout, readFileSync(join(cli.project, 'conf/a.env'), 'utf8')]).toEqual([expect.stringContaining('Config files: DIFFERS (1 differ of 2)'), 'mine\n'])
    expect(stderr).toContain('left as they are: conf/a.env; to replace them: atom restore --force conf/a.env')
    expect(await cli.ok(['status'])).toContain('modified:   conf/a.env')
    expect(await cli.ok(['recover', '--from', 'origin', '--files', '-f'])).toContain('Config files: MATCH (2)')
    expect(readFileSync(join(cli.project, 'conf/a.env'), 'utf8')).toBe('A=1\n')
  })

  it('says all of it as one object', async () => {
    await aLittle()
    rmSync(store(), { recursive: true })
    expect(JSON.parse(await cli.ok(['recover', '--from', home('stick'), '--json']))).toMatchObject({
      folder: store(), from: home('stick'), remote: 'origin', aside: null, branch: 'main', atoms: 3, projects: ['project'], decisions: 1, file_operations: 1, sage_runs: 0, research: 0,
      verified: { ok: true, atoms: 3 }, compared: { config_files: { result: 'MATCH', compared: 2, differing: [], missing: [] } }, salvaged: 0, lost: [], witnesses: [], files: null,
    })
  })
})

describe('recover, where the store is damaged', () => {
  it.each<readonly [string, () => void]>([
    ['CURRENT is gone', () => { rmSync(join(store(), 'store/CURRENT')) }],
    ['the manifest is torn', () => { truncateSync(join(store(), 'store', readdirSync(join(store(), 'store')).find((name) => name.startsWith('MANIFEST')) ?? ''), 40) }],
    ['format is gone', () => { rmSync(join(store(), 'format')) }],
  ])('takes along what only it has when %s, and moves it aside', async (_what, damage) => {
    await aLittle()
    await cli.ok(['DECISION', 'not sent'])
    writeFileSync(join(store(), 'spool/1-a'), '{"type":"TASK","title":"spooled"}\n')
    writeFileSync(join(store(), 'spool/2-torn'), '{"type":')
    const before = readdirSync(join(store(), 'store'))
    const old = await contentsOfFolder(store())
    damage()
    const { stdout, stderr } = await cli.run(['recover', '--from', 'stick'])
    expect(stdout).toContain('Total data lost: 0 ATOMs\n')
    expect(stderr).toContain('1 ATOM came from the damaged store alone; to send: atom push stick\n')
    const [aside = ''] = bases(/^\.atom\.damaged-\d{8}T\d{6}Z$/)
    expect(stderr).toContain(`The damaged store is now ${join(cli.project, aside)}\n`)
    expect(before.filter((name) => !/CURRENT|LOCK/.test(name) && !existsSync(join(cli.project, aside, 'store', name)))).toEqual([])
    expect(bases(/recovering/)).toEqual([])
    const fresh = await contentsOfFolder(store())
    expect([fresh.ops, fresh.refs]).toEqual([old.ops, old.refs])
    expect((await cli.ok(['log', '--oneline'])).split('\n').map((line) => line.split(' ').slice(2).join(' '))).toEqual(['spooled', 'not sent', 'use it', 'first', 'Start of project', ''])
    expect(readdirSync(join(store(), 'spool/bad'))).toEqual(['2-torn'])
    expect(await cli.ok(['remote'])).toBe(`stick ${home('stick')}\n`)
    expect(await cli.ok(['status'])).toContain('nothing to record')
    await expectWhole()
  })

  it('names what is lost for good, from trail.log, and ends with 1', async () => {
    await aLittle()
    await cli.ok(['DECISION', 'never sent'])
    rmSync(join(store(), 'store'), { recursive: true })
    appendFileSync(join(store(), 'trail.log'), 'a torn line')
    const { stdout, stderr, exitCode } = await cli.run(['recover', '--from', 'stick'])
    expect([exitCode, stdout]).toEqual([1, expect.stringMatching(/Decisions: MISSING \(1 missing of 2\)\n[^]*Total data lost: 1 ATOM\n/)])
    expect(stderr).toMatch(/lost: ATOM-DECISION-20260102-004 never sent\n/)
  })

  it('does not take the place of another trail, of another program, or of one that cannot be had', async () => {
    await aLittle()
    const other = home('other')
    mkdirSync(other)
    await cli.ok(['init', '-q'], { cwd: other })
    const refused = await cli.run(['recover', '--from', home('stick')], { cwd: other })
    expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining('is another trail than that of')])
    expect(readdirSync(other)).toEqual(['.atom'])
    expect(await cli.run(['recover', '--from', home('nowhere')])).toMatchObject({ exitCode: 3 })
    expect(await cli.run(['recover', '--from', 'nobody'])).toMatchObject({ exitCode: 3 })
    expect(await cli.run(['recover'])).toMatchObject({ exitCode: 2 })
    expect(readdirSync(cli.project).sort()).toEqual(['.atom', 'conf'])
    rmSync(store(), { recursive: true })
    mkdirSync(store())
    writeFileSync(join(store(), 'theirs'), '')
    expect(await cli.run(['recover', '--from', home('stick')])).toMatchObject({ exitCode: 4 })
    expect(readdirSync(store())).toEqual(['theirs'])
  })

  it('from a remote that lies changes nothing, and from another one it goes through', async () => {
    await aLittle()
    cpSync(home('stick'), home('liar'), { recursive: true })
    const [first = ''] = readdirSync(home('liar/objects/55'))
    const [name = ''] = readdirSync(home('liar/objects/55', first))
    writeFileSync(home('liar/objects/55', first, name), 'a lie')
    rmSync(join(store(), 'store/CURRENT'))
    rmSync(join(store(), 'store'), { recursive: true })
    const before = readdirSync(store())
    const { exitCode, stderr } = await cli.run(['recover', '--from', home('liar')])
    expect([exitCode, stderr]).toEqual([5, expect.stringContaining(home('liar'))])
    expect([readdirSync(store()), bases(/damaged/)]).toEqual([before, []])
    expect(await cli.ok(['recover', '--from', home('stick')])).toContain('All 3 ATOMs verified')
  })
})

describe('recover, killed', () => {
  const killAfter = (ms: number): Promise<void> => new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), 'recover', '--from', home('stick')], { cwd: cli.project, env: cli.env(), stdio: 'ignore' })
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    child.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })

  it('anywhere, and run again, ends with everything that there was', async () => {
    await aLittle()
    await cli.ok(['DECISION', 'not sent'])
    const old = await contentsOfFolder(store())
    for (const ms of [90, 160, 240, 400]) {
      await killAfter(ms)
      await cli.ok(['recover', '--from', home('stick')])
      const { refs, ops } = await contentsOfFolder(store())
      expect([ops.slice(0, old.ops.length), refs['refs/heads/main']]).toEqual([old.ops, old.refs['refs/heads/main']])
      expect(bases(/recovering/)).toEqual([])
    }
    await expectWhole()
  }, 60_000)

  it('between its two moves, ends the work', async () => {
    await aLittle()
    await cli.ok(['DECISION', 'not sent'])
    mkdirSync(join(cli.project, '.atom.recovering'))
    cpSync(store(), join(cli.project, '.atom.recovering/new'), { recursive: true })
    renameSync(store(), join(cli.project, '.atom.damaged-20260101T000000Z'))
    const { stdout, stderr } = await cli.run(['recover', '--from', home('stick')])
    expect(stdout).toContain('All 4 ATOMs verified')
    expect(stderr).toContain(`The damaged store is now ${join(cli.project, '.atom.damaged-20260101T000000Z')}`)
    expect(bases(/^\.atom/)).toEqual(['.atom', '.atom.damaged-20260101T000000Z'])
    await expectWhole()
  })
})

it('is in the family of exchange', () => {
  expect([recoverCommand.name, recoverCommand.group]).toEqual(['recover', 'exchange'])
})
