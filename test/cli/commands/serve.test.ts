import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { serveCommand } from '../../../src/cli/commands/serve.js'
import { ROOT, useCli } from '../../helpers/cli.js'

const cli = useCli()

interface Running { readonly url: string; readonly token: string; readonly writer_token: string | null; stop(): Promise<number | null> }

async function serve(...words: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/atom.js'), 'serve', '--json', ...words], { cwd: cli.project, env: cli.env(), stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const [line] = await once(createInterface(child.stdout), 'line') as [string]
  return {
    ...JSON.parse(line) as { readonly url: string; readonly token: string; readonly writer_token: string | null },
    async stop() {
      child.kill('SIGINT')
      const [code] = await ended as [number | null]
      return code
    },
  }
}

/** With a Host of its own, which `fetch` does not let anybody send. */
const statusOf = async (url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> => {
  const asked = request(`${url}/stats`, { headers })
  asked.end()
  const [answer] = await once(asked, 'response') as [{ readonly statusCode?: number; resume(): void }]
  answer.resume()
  return answer.statusCode
}

it('lets a store be cloned and asked while others work in it, and ends when it is told to', async () => {
  expect(serveCommand.group).toBe('exchange')
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  const { url, token, stop } = await serve()
  const env = { ATOM_TOKEN: token }
  await cli.ok(['clone', url, 'copy'], { cwd: cli.home, env })
  await cli.ok(['DECISION', 'second'])
  const copy = { cwd: join(cli.home, 'copy'), env }
  expect(await cli.ok(['pull'], copy)).toContain('Fast-forward')
  expect(await cli.ok(['log', '--format', '%h'], copy)).toBe(await cli.ok(['log', '--format', '%h']))
  const listed = await (await fetch(`${url}/atoms?q=SECOND`, { headers: { authorization: `Bearer ${token}` } })).json() as { atoms: readonly Record<string, unknown>[] }
  expect(listed.atoms).toMatchObject([{ title: 'second', type: 'DECISION', status: 'verified' }])
  expect((await cli.run(['push', '--json'], copy)).exitCode).toBe(7)
  const authorization = `Bearer ${token}`
  expect([await statusOf(url, { authorization }), await statusOf(url, {}), await statusOf(url, { authorization, host: 'rebound.example' }), await statusOf(url, { authorization, origin: 'https://evil.example' })]).toEqual([200, 401, 403, 403])
  expect(await stop()).toBe(130)
})

it('says when the port is taken, and when there is no store', async () => {
  await cli.ok(['init', '--quiet'])
  const { url, stop } = await serve()
  const taken = await cli.run(['serve', '--port', new URL(url).port])
  expect([taken.exitCode, taken.stderr]).toEqual([2, expect.stringContaining('EADDRINUSE') as unknown])
  await stop()
  expect((await cli.run(['serve', '--port', '70000'])).exitCode).toBe(2)
  expect((await cli.run(['serve'], { cwd: cli.home })).exitCode).toBe(3)
})

it('takes pushes when told to: branches of others, decisions on the one that is checked out, no change of its files', async () => {
  await cli.ok(['init', '--quiet'])
  writeFileSync(join(cli.project, 'a.env'), 'A=1\n')
  await cli.ok(['CFG', 'first', '--file', 'a.env'])
  const { url, token, writer_token: writer, stop } = await serve('--allow-write')
  await cli.ok(['clone', url, 'copy'], { cwd: cli.home, env: { ATOM_TOKEN: token } })
  const there = { cwd: join(cli.home, 'copy'), env: { ATOM_TOKEN: writer ?? '' } }
  await cli.ok(['DECISION', 'from afar'], there)
  expect((await cli.run(['push'], { ...there, env: { ATOM_TOKEN: token } })).stderr).toContain('writer')
  await cli.ok(['push'], there)
  expect(await cli.ok(['log', '--oneline', '-n', '1'])).toContain('from afar')
  writeFileSync(join(cli.home, 'copy/a.env'), 'A=2\n')
  await cli.ok(['commit', '-am', 'a file'], there)
  const refused = await cli.run(['push'], there)
  expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([7, expect.stringContaining('checked out there') as unknown])
  await cli.ok(['branch', 'theirs'], there)
  await cli.ok(['push', 'origin', 'theirs'], there)
  expect(await cli.ok(['status', '--json'])).toContain('"changes":[]')
  // The pusher's log has moved since: that is not what is taken back.
  await cli.ok(['undo'])
  expect(await cli.ok(['log', '--oneline', '-n', '1'])).toContain('first')
  await cli.ok(['undo'])
  expect(await cli.ok(['log', '--oneline', '-n', '1'])).toContain('from afar')
  await cli.ok(['merge', 'theirs'])
  expect(await cli.ok(['op', 'log'])).toMatch(/serve push/)
  expect(await cli.ok(['verify'])).toContain('ok ')
  expect(await stop()).toBe(130)
})
