import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readClock, resolveFolder } from '../../src/cli/node-host.js'
import { ROOT } from '../helpers/cli.js'

describe('the real host', () => {
  it('follows -C from one folder to the next', () => {
    expect(resolveFolder('/', ['usr', 'bin', '..'])).toBe('/usr')
    expect(resolveFolder('/usr', [''])).toBe('/usr')
    expect(() => resolveFolder('/', ['nosuch'])).toThrow("cannot change to 'nosuch'")
  })

  it('takes the clock from ATOM_NOW_MS', () => {
    expect(readClock({ ATOM_NOW_MS: '1234' })).toBe(1234)
    expect(readClock({})).toBeGreaterThan(1_700_000_000_000)
    expect(() => readClock({ ATOM_NOW_MS: 'monday' })).toThrow('ATOM_NOW_MS is not a whole number of ms: monday')
  })
})

/** A command that streams 200,000 lines through the real host, and says on stderr what happened to it. */
const STREAMING = `
  import { createNodeHost } from ${JSON.stringify(join(ROOT, 'src/cli/node-host.ts'))}
  import { exitCodeOf } from ${JSON.stringify(join(ROOT, 'src/cli/exit.ts'))}
  const controller = new AbortController()
  process.on('SIGINT', () => controller.abort())
  const flags = { folders: [], branch: undefined, json: false, quiet: false, verbose: false, color: true, pager: true }
  let blocked = 0, drained = 0, printed = 0
  const opened = createNodeHost({ flags, commandVerb: 'log', usesPager: true, signal: controller.signal, runOperation: async (operation, input, context) => {
    context.watchOutput({ onBlocked: () => { blocked++ }, onDrained: () => { drained++ } })
  } })
  let code = 0
  try {
    await opened.host.runOperation(undefined, {})
    for (; printed < 200_000; printed++) {
      controller.signal.throwIfAborted()
      await opened.host.output.line([['id', 'line ' + printed]])
      if (printed === 10 && process.argv[2] === 'interrupt') process.kill(process.pid, 'SIGINT')
      if (printed % 1000 === 0) await new Promise(setImmediate)
    }
    await opened.close()
  } catch (error) {
    code = exitCodeOf(error)
    await opened.close().catch(() => undefined)
  }
  process.stderr.write(JSON.stringify({ blocked, drained, isAll: printed === 200_000 }))
  process.exit(code)`

describe('a long answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'atom-host-'))
  const script = join(folder, 'streaming.mjs')
  beforeAll(() => {
    buildSync({ stdin: { contents: STREAMING, resolveDir: ROOT, loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: script })
  })
  afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

  const piped = (reader: string, argument = ''): { readonly stdout: string; readonly stderr: string } =>
    spawnSync('bash', ['--norc', '-c', `"${process.execPath}" "${script}" ${argument} | ${reader}; echo "exit \${PIPESTATUS[0]}"`], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })

  it('waits for a slow reader, says so, and loses nothing', () => {
    const { stdout, stderr } = piped('(sleep 0.3; md5sum)')
    const expected = spawnSync('bash', ['-c', 'seq -f "line %.0f" 0 199999 | md5sum'], { encoding: 'utf8' }).stdout
    expect(stdout).toBe(`${expected}exit 0\n`)
    const said = JSON.parse(stderr) as { blocked: number; drained: number; isAll: boolean }
    expect(said.blocked).toBeGreaterThan(0)
    expect(said).toMatchObject({ drained: said.blocked, isAll: true })
  })

  it('stops when the reader has enough, with exit 0', () => {
    const { stdout, stderr } = piped('head -2')
    expect(stdout).toBe('line 0\nline 1\nexit 0\n')
    expect(JSON.parse(stderr)).toMatchObject({ isAll: false })
  })

  it('stops at an interrupt with 130, what was printed is whole lines', () => {
    const { stdout } = piped('tail -1', 'interrupt')
    expect(stdout).toMatch(/^line \d+\nexit 130\n$/)
  })
})
