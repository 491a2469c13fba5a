/** Lays out a Cloudflare Worker that serves a trail: its program, its settings, how to deploy it, and the hashes of fresh tokens. The tokens themselves are kept nowhere. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AtomError } from '../../base/errors.js'
import { formatTokens, mintToken, ROLES, type Role } from '../../exchange/endpoint/tokens.js'
import type { AppContext } from '../context.js'
import { INSTALLATION } from '../installation.js'
import { WORKER_README, WRANGLER_TOML } from './worker-files.js'

const PROGRAM = new URL('dist/worker/worker.js', INSTALLATION)

export interface WorkerFolder {
  /** As it was typed. */
  readonly folder: string
  readonly files: readonly string[]
  /** To be shown once. */
  readonly tokens: { readonly [Name in Role]: string }
}

/** Writes into a folder that is absent or empty. Throws `LOCAL_CHANGES`, `FILE_UNWRITABLE`, `UNSUPPORTED`. */
export function initWorker(folder: string, { cwd }: Pick<AppContext, 'cwd'>): WorkerFolder {
  if (!existsSync(PROGRAM)) throw new AtomError('UNSUPPORTED', 'this installation has no Worker to lay out', { data: { what: 'init-worker' }, hint: 'npm run build' })
  // Always from the system: a token that a seed gives again is none.
  const minted = ROLES.map((role) => ({ role, ...mintToken({ bytes: (length) => new Uint8Array(randomBytes(length)) }, role, role) }))
  const files: { readonly [name: string]: string } = { 'wrangler.toml': WRANGLER_TOML, 'README.md': WORKER_README, 'tokens.txt': formatTokens(minted.map(({ entry }) => entry)) }
  writeFolder(resolve(cwd, folder), { folder, files, program: fileURLToPath(PROGRAM) })
  const tokenOf = (wanted: Role): string => minted.find(({ role }) => role === wanted)?.token ?? ''
  return { folder, files: ['worker.js', ...Object.keys(files)], tokens: { reader: tokenOf('reader'), writer: tokenOf('writer'), admin: tokenOf('admin') } }
}

interface Contents {
  readonly folder: string
  readonly files: { readonly [name: string]: string }
  readonly program: string
}

function writeFolder(path: string, { folder, files, program }: Contents): void {
  try {
    mkdirSync(path, { recursive: true })
    if (readdirSync(path).length > 0) throw new AtomError('LOCAL_CHANGES', `${folder} is not empty, and nothing in it is written over`, { data: { paths: [folder] }, hint: 'give another folder: atom remote init-worker DIR' })
    copyFileSync(program, join(path, 'worker.js'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { flag: 'wx', mode: name === 'tokens.txt' ? 0o600 : 0o666 })
  } catch (error) {
    const { code } = error as { code?: string }
    if (error instanceof AtomError || code === undefined) throw error
    throw new AtomError('FILE_UNWRITABLE', `cannot write to ${folder}: ${code}`, { data: { path: folder, reason: code }, cause: error })
  }
}
