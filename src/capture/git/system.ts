/**
 * Reads a repository with the system's git. Nothing is written there and nothing of it is run: an environment of our own, no hooks, no
 * replace refs, no grafts, no fetching of what a partial clone left out.
 */
import { spawn } from 'node:child_process'
import { getText } from '../../base/bytes.js'
import { createObjectBatch } from '../../git/object-batch.js'
import { byteLines, end, feed, firstLine, follow, type Running } from '../../git/process.js'
import { escapeBytes } from './text.js'
import { unreadable, type GitPlace, type GitRef, type GitRepository } from './repository.js'

type Environment = Readonly<Record<string, string | undefined>>

const SETTINGS = ['-c', 'core.fsmonitor=false', '-c', 'protocol.allow=never', '-c', 'core.hooksPath=/dev/null', '-c', 'core.commitGraph=true']

function environment(env: Environment, place: GitPlace): NodeJS.ProcessEnv {
  return {
    PATH: env['PATH'], LC_ALL: 'C', GIT_DIR: place.gitFolder, GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null', GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', GIT_PAGER: 'cat', GIT_ADVICE: '0', HOME: '/nonexistent',
  }
}

/** Opens a repository with the git at a path. */
export function openSystemRepository(place: GitPlace, options: { readonly git: string; readonly env: Environment; readonly signal: AbortSignal }): GitRepository {
  const start = (words: readonly string[]): Running => follow(spawn(options.git, [...SETTINGS, ...words], { env: environment(options.env, place), signal: options.signal, cwd: '/' }))
  const fail = (running: Running, what: string): Error => {
    if (options.signal.aborted) return options.signal.reason as Error
    return unreadable(place.location, firstLine(running.stderr()) || what, { hint: 'git fsck in that repository says more' })
  }
  let batch: { readonly running: Running; readonly objects: ReturnType<typeof createObjectBatch> } | undefined
  const objects = (): ReturnType<typeof createObjectBatch> => {
    if (batch === undefined) {
      const running = start(['cat-file', '--batch'])
      batch = { running, objects: createObjectBatch(running.child, () => fail(running, 'git cat-file ended')) }
    }
    return batch.objects
  }
  const answer = async (words: readonly string[]): Promise<{ readonly code: number | null; readonly lines: readonly Uint8Array[]; readonly running: Running }> => {
    const running = start(words)
    running.child.stdin.end()
    const lines: Uint8Array[] = []
    for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) lines.push(line)
    return { code: await running.code, lines, running }
  }
  return {
    reader: 'git',
    async refs() {
      const { code, lines, running } = await answer(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags', 'refs/remotes'])
      if (code !== 0) throw fail(running, 'its refs cannot be listed')
      return lines.map(parseRef)
    },
    async head() {
      const [symbolic, id] = await Promise.all([answer(['symbolic-ref', '--quiet', 'HEAD']), answer(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}'])])
      const ref = symbolic.code === 0 && symbolic.lines[0] !== undefined ? getText(symbolic.lines[0]) : undefined
      const commit = id.code === 0 && id.lines[0] !== undefined ? getText(id.lines[0]) : undefined
      return { ...(ref !== undefined && { ref }), ...(commit !== undefined && { id: commit }) }
    },
    async getCommit(revision) {
      const { code, lines } = await answer(['rev-parse', '--quiet', '--verify', '--end-of-options', `${revision}^{commit}`])
      return code === 0 && lines[0] !== undefined ? getText(lines[0]) : undefined
    },
    async* commitIds(tips) {
      const running = start(['rev-list', '--topo-order', '--reverse', '--stdin'])
      feed(running, tips)
      for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) yield getText(line) ?? ''
      if ((await running.code) !== 0) throw fail(running, 'its history cannot be walked')
    },
    async countCommits(tips) {
      const running = start(['rev-list', '--count', '--stdin'])
      feed(running, tips)
      let count: number | undefined
      for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) count = Number(getText(line))
      return (await running.code) === 0 ? count : undefined
    },
    getObject: (id) => objects().request(id),
    async readBlob(id, take) {
      const object = await objects().request(id, take)
      if (object?.type !== 'blob') throw unreadable(place.location, `the content ${id} ${object === undefined ? 'is missing or damaged' : `is a ${object.type}`}`, { hint: 'git fsck in that repository says more' })
    },
    async [Symbol.asyncDispose]() {
      if (batch !== undefined) await end(batch.running)
    },
  }
}

function parseRef(line: Uint8Array): GitRef {
  const space = line.indexOf(32)
  const name = getText(line.subarray(space + 1))
  return { id: getText(line.subarray(0, space)) ?? '', name, shown: name ?? escapeBytes(Buffer.from(line.subarray(space + 1)).toString('latin1')) }
}
