/** Reaches a git remote with the system's git: over ssh, https, or as a folder on this machine. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAtomError } from '../../base/errors.js'
import type { Oid } from '../../git/git-object.js'
import { firstLine } from '../../git/process.js'
import { makeBareRepository } from '../../git/pack-folder.js'
import { isMoved } from '../../git/receive-pack.js'
import type { Credentials } from './http-request.js'
import { authRefused, refusedBy, unreachable } from '../remote-errors.js'
import { pushStraight } from './straight-push.js'
import { answerOf, startGit, type Answer, type SystemGit } from './system-reader.js'
import type { GitRefChange, GitRefOutcome, GitTransport, RemoteListing } from './transport.js'

export interface SystemTransportOptions {
  readonly system: SystemGit
  /** The mirror's repository. */
  readonly folder: string
  /** As git takes it, without credentials. */
  readonly url: string
  /** For messages. */
  readonly location: string
  /** A repository on this machine, by its path. */
  readonly path?: string
  /** For http: asked once, when the host wants to know who we are. */
  readonly credentials?: () => Promise<Credentials | undefined>
}

const REFSPECS = ['heads', 'tags', 'atom'].map((room) => `+refs/${room}/*:refs/incoming/${room}/*`)
const CHANGES_AT_ONCE = 400
const PACKS_MAX = 50
const OID = /^[0-9a-f]{40}$/

export function openSystemTransport(options: SystemTransportOptions): GitTransport {
  const { system, folder, url, location } = options
  let who: SystemGit['env'] = {}
  const run = async (words: readonly string[], input?: readonly string[]): Promise<Answer> => answerOf(startGit({ ...system, env: { ...system.env, ...who } }, folder, words), input)
  /** Has git find out what the remote lacks. */
  const pushByGit = async (changes: readonly GitRefChange[]): Promise<GitRefOutcome[]> => {
    const outcomes: GitRefOutcome[] = []
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const part = changes.slice(at, at + CHANGES_AT_ONCE)
      const hooks = options.path === undefined ? [] : ['--receive-pack=git -c core.hooksPath=/dev/null -c gc.auto=0 receive-pack']
      const answer = await run(['-c', 'push.negotiate=false', 'push', '--porcelain', '--no-verify', '--no-signed', '--no-thin', ...hooks, ...part.map(leaseOf), '--', url, ...part.map(({ ref, next }) => `${next ?? ''}:${ref}`)])
      const found = readOutcomes(answer.lines, part)
      if (answer.code !== 0 && found.some((outcome) => outcome === undefined)) throw explain(system, location, answer)
      outcomes.push(...found.map((outcome) => outcome ?? 'done'))
    }
    return outcomes
  }
  return {
    location,
    async list() {
      if (options.path !== undefined && !existsSync(options.path)) return { refs: new Map(), peeled: new Map(), head: undefined }
      const words = ['ls-remote', '--symref', '--', url]
      const answer = await run(words)
      if (answer.code === 0) return readListing(answer.lines)
      const error = explain(system, location, answer)
      const credentials = isAtomError(error, 'REMOTE_AUTH') && who['GIT_CONFIG_COUNT'] === undefined ? await options.credentials?.() : undefined
      if (credentials === undefined) throw error
      who = headerOf(credentials)
      const again = await run(words)
      if (again.code !== 0) throw explain(system, location, again)
      return readListing(again.lines)
    },
    async fetch() {
      const answer = await run(['fetch', '--quiet', '--prune', '--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--recurse-submodules=no', '--', url, ...REFSPECS])
      if (answer.code !== 0) throw explain(system, location, answer)
    },
    async push(changes, { known, fresh, write }) {
      const straight = options.path !== undefined && fresh !== 'several'
      const outcomes = straight ? await pushStraight(startGit(system, folder, ['-c', 'receive.autogc=false', 'receive-pack', '--', options.path]), { changes, pack: fresh, onSent: () => void write() }) : changes.map(() => undefined)
      await write()
      const later = await pushByGit(changes.filter((_, at) => outcomes[at] === undefined))
      const all = outcomes.map((outcome) => outcome ?? later.shift() ?? 'done')
      await keepTips(folder, [...known, ...changes.flatMap(({ next }, at) => (all[at] === 'done' && next !== undefined ? [next] : []))])
      await packTogether(run, folder)
      return all
    },
    async create(branch) {
      if (options.path !== undefined && !existsSync(options.path)) await makeBareRepository(options.path, branch)
    },
  }
}

/** Says who we are in the environment of git alone: neither in its arguments, which all can see, nor in a file. No redirect is followed, so no other host gets it. */
function headerOf({ username, password }: Credentials): SystemGit['env'] {
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
}

function leaseOf({ ref, expected }: GitRefChange): string {
  return `--force-with-lease=${ref}:${expected ?? ''}`
}

function readListing(lines: readonly string[]): RemoteListing {
  const refs = new Map<string, Oid>()
  const peeled = new Map<string, Oid>()
  let head: string | undefined
  for (const line of lines) {
    const [value = '', name = ''] = line.split('\t')
    if (name === 'HEAD') head = value.startsWith('ref: ') ? value.slice('ref: '.length) : head
    else if (!OID.test(value)) continue
    else if (name.endsWith('^{}')) peeled.set(name.slice(0, -'^{}'.length), value)
    else refs.set(name, value)
  }
  return { refs, peeled, head }
}

/** Lines such as `!\t<oid>:refs/heads/main\t[rejected] (stale info)`; the refs are in no order. */
function readOutcomes(lines: readonly string[], changes: readonly GitRefChange[]): readonly (GitRefOutcome | undefined)[] {
  const said = new Map<string, GitRefOutcome>()
  for (const line of lines) {
    const [flag = '', pair = '', summary = ''] = line.split('\t')
    if (pair === '') continue
    const ref = pair.slice(pair.indexOf(':') + 1)
    said.set(ref, flag === '!' ? refusal(summary) : 'done')
  }
  return changes.map(({ ref }) => said.get(ref))
}

function refusal(summary: string): GitRefOutcome {
  const reason = /\((.*)\)$/.exec(summary)?.[1] ?? summary
  return { refused: reason, moved: isMoved(reason) ? 'yes' : 'no' }
}

type RunGit = (words: readonly string[]) => Promise<Answer>

/**
 * Has git join small packs once there are many, since every push makes one: few at a time, the large ones seldom. All that is in them stays, reachable or not. A git before 2.32
 * cannot, and leaves them as they are: reading is slower then, and nothing else.
 */
async function packTogether(run: RunGit, folder: string): Promise<void> {
  const packs = (await readdir(join(folder, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
  if (packs.length > PACKS_MAX) await run(['repack', '--geometric=2', '-d', '-q'])
}

/** Names commits that the remote has, so that the next fetch need not bring them again: as files, since only this program has refs in a mirror. */
async function keepTips(folder: string, tips: readonly Oid[]): Promise<void> {
  const room = join(folder, 'refs', 'known')
  await mkdir(room, { recursive: true })
  const [wanted, have] = [new Set(tips), new Set((await readdir(room)).filter((name) => OID.test(name)))]
  for (const oid of wanted) {
    if (have.has(oid)) continue
    await writeFile(join(room, `${oid}.lock`), `${oid}\n`)
    await rename(join(room, `${oid}.lock`), join(room, oid))
  }
  for (const oid of have) if (!wanted.has(oid)) await rm(join(room, oid), { force: true })
}

/** Translates what git said into what the caller can do about it. */
function explain(system: SystemGit, location: string, { stderr }: Answer): Error {
  if (system.signal.aborted) return system.signal.reason as Error
  const reason = firstLine(stderr) || 'git said nothing'
  if (/Authentication failed|could not read (?:Username|Password)|Permission denied|Host key verification failed|terminal prompts disabled|\b40[13]\b/.test(stderr)) return authRefused(location, reason)
  if (/redirect|error: 30\d|does not appear to be a git repository|not found|dubious ownership|is not a git|repository '.*' not/i.test(stderr)) return refusedBy(location, reason)
  return unreachable(location, reason)
}
