/** A git host over http for tests: `git http-backend` behind a small server, with a password where one is wanted. */
import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GitHost extends AsyncDisposable {
  readonly url: string
  /** Every request: method, path, and whether it had a password. */
  readonly requests: string[]
}

export interface GitHostOptions {
  /** `user:password`. */
  readonly password?: string
  /** Answers instead of git where it returns true. */
  readonly instead?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Serves the repositories below a folder until it is disposed of. */
export async function serveGit(root: string, { password, instead }: GitHostOptions = {}): Promise<GitHost> {
  const requests: string[] = []
  const wanted = password === undefined ? undefined : `Basic ${Buffer.from(password).toString('base64')}`
  const server: Server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}${request.headers.authorization === undefined ? '' : ' (password)'}`)
    if (instead?.(request, response) === true) return
    if (wanted !== undefined && request.headers.authorization !== wanted) {
      request.resume()
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    answer(root, request, response)
  })
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}`, requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => { server.close(done) })
    },
  }
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
  const git = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      PATH: process.env['PATH'], GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method, REMOTE_ADDR: '127.0.0.1', REMOTE_USER: 'tester',
      CONTENT_TYPE: request.headers['content-type'], CONTENT_LENGTH: request.headers['content-length'], HTTP_CONTENT_ENCODING: request.headers['content-encoding'], GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
    },
  })
  git.stdin.on('error', () => undefined)
  request.pipe(git.stdin)
  let head = Buffer.alloc(0)
  let isBody = false
  git.stdout.on('data', (chunk: Buffer) => {
    if (isBody) {
      response.write(chunk)
      return
    }
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    isBody = true
    const fields = head.subarray(0, end).toString().split('\r\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    const status = Number.parseInt(fields.find(([name]) => name === 'Status')?.[1] ?? '200', 10)
    response.writeHead(status, Object.fromEntries(fields.filter(([name]) => name !== 'Status')))
    response.write(head.subarray(end + 4))
  })
  git.on('close', () => { response.end() })
}
