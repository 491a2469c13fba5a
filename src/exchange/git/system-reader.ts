/** Reads the mirror's repository with the system's git, in an environment of our own. */
import { spawn } from 'node:child_process'
import { getText } from '../../base/bytes.js'
import { AtomError } from '../../base/errors.js'
import { createObjectBatch, type ObjectBatch } from '../../git/object-batch.js'
import { createObjectStream, STREAM_FORMAT } from '../../git/object-stream.js'
import { byteLines, end, feed, firstLine, follow, type Running } from '../../git/process.js'
import type { GitReader } from './local-git.js'

/** A git to run, and what it gets to see of this machine. */
export interface SystemGit {
  readonly git: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Every setting that somebody else may have made is out of reach. */
const SETTINGS = ['-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-c', 'core.commitGraph=false', '-c', 'http.followRedirects=false']

/** Starts git on a repository. */
export function startGit(system: SystemGit, folder: string, words: readonly string[]): Running {
  const env: NodeJS.ProcessEnv = { GIT_TERMINAL_PROMPT: '0', HOME: '/nonexistent', ...system.env, LC_ALL: 'C', GIT_DIR: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null', GIT_ADVICE: '0', GIT_PAGER: 'cat' }
  return follow(spawn(system.git, [...SETTINGS, ...words], { env, signal: system.signal, cwd: '/' }))
}

export interface Answer {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly stderr: string
}

/** Runs git to its end and returns what it said. */
export async function answerOf(running: Running, input: readonly string[] = []): Promise<Answer> {
  feed(running, input)
  const lines: string[] = []
  for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) lines.push(getText(line) ?? '\ufffd')
  return { code: await running.code, lines, stderr: running.stderr() }
}

export function openSystemReader(system: SystemGit, folder: string): GitReader {
  let batch: { readonly running: Running; readonly objects: ObjectBatch } | undefined
  const fail = (running: Running, what: string): Error => system.signal.aborted ? system.signal.reason as Error : damaged(folder, firstLine(running.stderr()) || what)
  const objects = (): ObjectBatch => {
    if (batch === undefined) {
      const running = startGit(system, folder, ['cat-file', '--batch'])
      batch = { running, objects: createObjectBatch(running.child, () => fail(running, 'git cat-file ended')) }
    }
    return batch.objects
  }
  return {
    getObject: (oid) => objects().request(oid),
    async readBlob(oid, take) {
      const object = await objects().request(oid, take)
      return object?.type === 'blob'
    },
    async* commits(tips, { known, order }) {
      const running = startGit(system, folder, ['rev-list', '--ignore-missing', '--topo-order', ...(order === 'parents-first' ? ['--reverse'] : []), '--stdin'])
      feed(running, [...tips, ...known.map((oid) => `^${oid}`)])
      for await (const line of byteLines(running.child.stdout as AsyncIterable<Uint8Array>)) yield getText(line) ?? ''
      if ((await running.code) !== 0) throw fail(running, 'its history cannot be walked')
    },
    async* history(tips, { known }) {
      const walk = startGit(system, folder, ['rev-list', '--ignore-missing', '--topo-order', '--reverse', '--objects', '--in-commit-order', '--stdin'])
      const read = startGit(system, folder, ['cat-file', '--buffer', `--batch=${STREAM_FORMAT}`])
      const objects = createObjectStream()
      try {
        feed(walk, [...tips, ...known.map((oid) => `^${oid}`)])
        // That it ended before it was asked for everything shows in its exit code.
        read.child.stdin.on('error', () => undefined)
        walk.child.stdout.pipe(read.child.stdin)
        for await (const bytes of read.child.stdout as AsyncIterable<Uint8Array>) yield objects.read(bytes)
        if ((await walk.code) !== 0) throw fail(walk, 'its history cannot be walked')
        if ((await read.code) !== 0) throw fail(read, 'its objects cannot be read')
        objects.end()
      } finally {
        await Promise.all([end(walk), end(read)])
      }
    },
    async [Symbol.asyncDispose]() {
      if (batch !== undefined) await end(batch.running)
    },
  }
}

/** The mirror's own repository cannot be read: it is made again from the remote. */
export function damaged(folder: string, reason: string): AtomError<'SOURCE_UNREADABLE'> {
  return new AtomError('SOURCE_UNREADABLE', `the mirror ${folder} cannot be read: ${reason}`, { data: { source: folder, reason }, hint: `rm -r ${JSON.stringify(folder)}: it is made again` })
}
