import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { VERSION } from '../../src/cli/version.js'
import { ROOT, useCli } from '../helpers/cli.js'

const cli = useCli()
const BIN = join(ROOT, 'bin/atom.js')

describe('atom', () => {
  it('says its version, which is the package\'s', async () => {
    expect(await cli.ok(['--version'])).toBe(`atom ${VERSION}\n`)
    expect(JSON.parse(await cli.ok(['--version', '--json']))).toMatchObject({ version: VERSION })
    expect((JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version).toBe(VERSION)
  })

  it('shows help on stdout', async () => {
    expect(await cli.ok(['--help'])).toMatch(/^usage: atom /)
    expect(await cli.ok(['completion', '--help'])).toContain('source <(atom completion bash)')
    expect(await cli.ok(['help', 'completion'])).toBe(await cli.ok(['completion', '-h']))
  })

  it('reports a mistake on stderr and ends with 2', async () => {
    expect(await cli.run(['completoin'])).toEqual({ stdout: '', stderr: "error: 'completoin' is not an atom command\nhint: did you mean atom completion?\n", exitCode: 2 })
    expect((await cli.run(['completion', 'tcsh'])).exitCode).toBe(2)
    const { stderr } = await cli.run(['--json', 'nosuch\u001b[2J'])
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'USAGE', kind: 'usage' } })
    expect(stderr.trim()).not.toMatch(/[\n\u001b]/)
  })

  it('leaves nothing behind of a store that was opened for words that turn out to be wrong', async () => {
    await cli.ok(['init'])
    expect((await cli.run(['log', '--onelin'])).exitCode).toBe(2)
    expect((await cli.run(['branch', '--nosuch'])).exitCode).toBe(2)
    expect(readdirSync(join(cli.project, '.atom/run'))).toEqual([])
    expect(await cli.ok(['log', '--oneline'])).toContain('ATOM-INIT')
  })

  it('goes where -C says', async () => {
    mkdirSync(join(cli.project, 'a/b'), { recursive: true })
    expect((await cli.run(['-C', 'a', '-C', 'b', 'version'])).exitCode).toBe(0)
    expect(await cli.run(['-C', 'nosuch', 'version'])).toMatchObject({ exitCode: 3, stderr: "error: cannot change to 'nosuch': there is no such folder\n" })
  })

  it('ends quietly when the reader closes the pipe', () => {
    const shell = spawnSync('bash', ['--norc', '-c', `${process.execPath} ${BIN} completion bash | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"; ${process.execPath} ${BIN} --help | true; echo "\${PIPESTATUS[0]}"`], { env: cli.env(), encoding: 'utf8' })
    expect(shell).toMatchObject({ stdout: '0\n0\n', stderr: '' })
  })

  it('colours only when asked or on a terminal', async () => {
    expect(await cli.ok(['--help'])).not.toContain('\u001b')
    expect(await cli.ok(['--help'], { env: { FORCE_COLOR: '1' } })).toContain('\u001b')
    expect(await cli.ok(['--help', '--no-color'], { env: { FORCE_COLOR: '1' } })).not.toContain('\u001b')
    expect(await cli.ok(['--help'], { env: { FORCE_COLOR: '0' } })).not.toContain('\u001b')
  })

  it('loads no module that it does not need', () => {
    const preload = join(cli.home, 'watch.cjs')
    writeFileSync(preload, `const known = new Set(process.moduleLoadList); process.on('exit', () => require('fs').writeSync(2, JSON.stringify(process.moduleLoadList.filter((name) => !known.has(name)))))`)
    const { stderr } = spawnSync(process.execPath, ['-r', preload, BIN, '--version'], { env: cli.env(), encoding: 'utf8' })
    const loaded = JSON.parse(stderr) as readonly string[]
    for (const name of ['net', 'http', 'child_process', 'readline', 'crypto', 'tty', 'stream', 'zlib']) expect(loaded).not.toContain(`NativeModule ${name}`)
  })

  it('works without the code cache and without the right one', () => {
    const copy = join(cli.home, 'copy')
    mkdirSync(join(copy, 'dist'), { recursive: true })
    spawnSync('cp', ['-r', join(ROOT, 'bin'), copy])
    spawnSync('cp', ['-r', join(ROOT, 'dist/bundle'), join(copy, 'dist/bundle')])
    writeFileSync(join(copy, 'dist/bundle/atom.cjs.cache'), 'of another V8')
    const version = () => spawnSync(process.execPath, [join(copy, 'bin/atom.js'), '--version'], { env: cli.env(), encoding: 'utf8' })
    expect(version()).toMatchObject({ stdout: `atom ${VERSION}\n`, stderr: '' })
    spawnSync('rm', ['-r', join(copy, 'dist/bundle')])
    expect(version()).toMatchObject({ stdout: '', stderr: 'error: atom is not built\nhint: npm run build\n', status: 9 })
  })

  it('tells an older Node in one line, in words it can parse', () => {
    expect(() => transformSync(readFileSync(BIN, 'utf8'), { target: 'es5' })).not.toThrow()
    const preload = join(cli.home, 'old.cjs')
    writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`)
    const old = spawnSync(process.execPath, ['-r', preload, BIN, '--version'], { env: cli.env(), encoding: 'utf8' })
    expect(old).toMatchObject({ stdout: '', stderr: 'error: atom needs Node 20.19 or newer, this is 18.20.4\n', status: 9 })
  })
})
