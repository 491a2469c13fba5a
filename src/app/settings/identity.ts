/** Who acts: ATOM_AGENT, a detected client, the config, else `user:$USER`. */
import { userInfo } from 'node:os'
import { HEADS } from '../../refs/name.js'
import type { Identity } from '../../ops/repo.js'
import type { Environment } from '../context.js'
import { CONFIGURED_AGENT, CONFIGURED_SCOPES } from './settings.js'

/** Environment variables that agents set in the shells they run. */
const CLIENTS: readonly (readonly [variable: string, agent: string])[] = [
  ['CURSOR_TRACE_ID', 'cursor'],
  ['CURSOR_AGENT', 'cursor'],
  ['CLAUDECODE', 'claude-code'],
  ['CLAUDE_CODE_ENTRYPOINT', 'claude-code'],
  ['CODEX_SANDBOX', 'codex'],
  ['CODEX_THREAD_ID', 'codex'],
  ['GEMINI_CLI', 'gemini'],
]

export function detectIdentity(env: Environment): Identity {
  const branch = env['ATOM_BRANCH']
  const scopes = (env[CONFIGURED_SCOPES] ?? '').split(',').filter((scope) => scope === 'home' || scope === 'system')
  return {
    agent: getAgent(env, env[CONFIGURED_AGENT]),
    ...(scopes.length > 0 && { scopes }),
    ...(branch !== undefined && branch !== '' && { branch: branch.startsWith('refs/') ? branch : HEADS + branch }),
  }
}

function getAgent(env: Environment, configured: string | undefined): string {
  const named = env['ATOM_AGENT']
  if (named !== undefined && named !== '') return named
  const client = CLIENTS.find(([variable]) => (env[variable] ?? '') !== '')
  if (client !== undefined) return client[1]
  return configured ?? `user:${userName(env)}`
}

function userName(env: Environment): string {
  const name = env['USER'] ?? env['LOGNAME'] ?? env['USERNAME']
  return name === undefined || name === '' ? userInfo().username : name
}
