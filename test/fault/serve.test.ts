import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isAtomError } from '../../src/base/errors.js'
import { openHttpRemote } from '../../src/exchange/http/http-remote.js'
import { anExchange } from '../helpers/exchange.js'
import { hostAt } from '../helpers/http-endpoint.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { buildPrograms, checkWhole, contextIn, makePlace, removePrograms, startCli, startDoomedCli, waitFor, type Child } from './kit.js'

beforeAll(buildPrograms)
afterAll(removePrograms)

const WORDS = ['serve', '--allow-write', '--json']
const ATOMS = 40

async function pushInto(child: Child, repo: MemoryRepo): Promise<'pushed' | 'cut off'> {
  await waitFor(() => child.lines.length > 0 || child.process.exitCode !== null || child.process.signalCode !== null)
  if (child.lines.length === 0) return 'cut off'
  const { url, writer_token: token } = JSON.parse(child.lines[0] ?? '') as { readonly url: string; readonly writer_token: string }
  try {
    const { refused } = await anExchange().push(repo, { refs: ['theirs'] }, openHttpRemote(hostAt(url, { token, context: { signal: AbortSignal.timeout(20_000), reporter: { warn: () => undefined, progress: () => undefined } } })))
    expect(refused).toEqual([])
    return 'pushed'
  } catch (error) {
    if (isAtomError(error, 'REMOTE_UNREACHABLE')) return 'cut off'
    throw error
  }
}

it('is killed at any of its writes while it takes a push: the store is whole, and the push goes through the next time', async () => {
  await using place = await makePlace()
  const repo = await aRepo({ seed: 'pusher' })
  for (let count = 0; count < ATOMS; count++) {
    repo.worktree.put('a.env', `A=${String(count)}\n`)
    await repo.add({ title: `step ${String(count)}`, files: ['a.env'], branch: 'theirs' })
  }
  let killed = 0
  for (let nth = 1, isDone = false; !isDone; nth++) {
    const copy = mkdtempSync(join(tmpdir(), 'atom-kill-'))
    try {
      cpSync(place.folder, copy, { recursive: true })
      const doomed = startDoomedCli(copy, WORDS, { nth, when: nth % 2 === 0 ? 'before' : 'after' })
      isDone = await pushInto(doomed, repo) === 'pushed'
      doomed.process.kill('SIGINT')
      await doomed.done
      if (doomed.process.signalCode === 'SIGKILL') killed++
      await checkWhole({ context: contextIn(copy) })
      const next = startCli(copy, WORDS)
      expect(await pushInto(next, repo)).toBe('pushed')
      next.process.kill('SIGINT')
      await next.done
      expect((await checkWhole({ context: contextIn(copy) })).atoms).toBe(ATOMS + 2)
    } finally {
      rmSync(copy, { recursive: true, force: true })
    }
  }
  expect(killed).toBeGreaterThanOrEqual(3)
}, 300_000)
