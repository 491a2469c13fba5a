/** A real sshd for tests, on a port of this machine, with keys of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'

const SSHD = '/usr/sbin/sshd'

/** Returns why there is no sshd to test with, or undefined. */
export function whyNoSshd(): string | undefined {
  if (!existsSync(SSHD)) return 'no sshd: apt-get install openssh-server'
  return spawnSync('ssh', ['-V']).status === 0 ? undefined : 'no ssh on the PATH'
}

export interface SshHost extends AsyncDisposable {
  /** `ssh://USER@127.0.0.1:PORT`. */
  readonly url: string
  /** What makes ssh use the keys of the test. */
  readonly command: string
}

export async function serveSsh(folder: string): Promise<SshHost> {
  mkdirSync('/run/sshd', { recursive: true })
  for (const key of ['host', 'user']) spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)])
  writeFileSync(join(folder, 'authorized'), readFileSync(join(folder, 'user.pub')))
  chmodSync(folder, 0o700)
  const port = await freePort()
  writeFileSync(join(folder, 'config'), [`Port ${String(port)}`, 'ListenAddress 127.0.0.1', `HostKey ${join(folder, 'host')}`, `AuthorizedKeysFile ${join(folder, 'authorized')}`, 'PasswordAuthentication no', 'UsePAM no', 'StrictModes no', 'PidFile none', 'PermitRootLogin yes', ''].join('\n'))
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => { said += chunk.toString() })
  for (let tries = 0; !(await isOpen(port)); tries++) {
    if (tries > 200 || server.exitCode !== null) throw new Error(`sshd did not start: ${said}`)
    await new Promise((done) => { setTimeout(done, 25) })
  }
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', `UserKnownHostsFile=${join(folder, 'known')}`, 'IdentitiesOnly=yes', `IdentityFile=${join(folder, 'user')}`]
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${String(port)}`,
    command: `ssh -F none ${options.map((option) => `-o ${option}`).join(' ')}`,
    async [Symbol.asyncDispose]() {
      server.kill()
      if (server.exitCode === null) await new Promise((done) => server.once('close', done))
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
  const { port } = server.address() as AddressInfo
  await new Promise((done) => { server.close(done) })
  return port
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      done(true)
    })
    socket.on('error', () => { done(false) })
  })
}
