import { describe, expect, it } from 'vitest'
import { detectIdentity } from '../../../src/app/settings/identity.js'

const agentOf = (env: Readonly<Record<string, string>>): string => detectIdentity(env).agent

describe('who acts', () => {
  it('is ATOM_AGENT, then a detected client, then the settings, then the user', () => {
    const all = { ATOM_AGENT: 'qwen', CLAUDECODE: '1', ATOM_CONFIG_AGENT: 'set', USER: 'ann' }
    expect(agentOf(all)).toBe('qwen')
    expect(agentOf({ ...all, ATOM_AGENT: '' })).toBe('claude-code')
    expect(agentOf({ ATOM_CONFIG_AGENT: 'set', USER: 'ann' })).toBe('set')
    expect(agentOf({ USER: 'ann' })).toBe('user:ann')
  })

  it.each([['CURSOR_TRACE_ID', 'cursor'], ['CLAUDE_CODE_ENTRYPOINT', 'claude-code'], ['CODEX_SANDBOX', 'codex'], ['CODEX_THREAD_ID', 'codex'], ['GEMINI_CLI', 'gemini']])('%s means %s, unless it is empty', (variable, agent) => {
    expect(agentOf({ [variable]: 'x', USER: 'ann' })).toBe(agent)
    expect(agentOf({ [variable]: '', USER: 'ann' })).toBe('user:ann')
  })

  it('is Cursor where Claude Code runs in its terminal', () => {
    expect(agentOf({ CLAUDECODE: '1', CURSOR_AGENT: '1' })).toBe('cursor')
  })

  it('has a name on machines without USER', () => {
    expect(agentOf({ LOGNAME: 'ben' })).toBe('user:ben')
    expect(agentOf({ USERNAME: 'carl' })).toBe('user:carl')
    expect(agentOf({ USER: '' })).toMatch(/^user:./)
  })
})

describe('what the environment allows', () => {
  it('is a branch of its own, by short or full name', () => {
    expect(detectIdentity({ USER: 'a', ATOM_BRANCH: 'side' }).branch).toBe('refs/heads/side')
    expect(detectIdentity({ USER: 'a', ATOM_BRANCH: 'refs/heads/side' }).branch).toBe('refs/heads/side')
    expect(detectIdentity({ USER: 'a', ATOM_BRANCH: '' }).branch).toBeUndefined()
  })

  it('is only scopes that there are', () => {
    expect(detectIdentity({ USER: 'a', ATOM_CONFIG_SCOPES: 'home,root,system,' }).scopes).toEqual(['home', 'system'])
    expect(detectIdentity({ USER: 'a', ATOM_CONFIG_SCOPES: 'project' }).scopes).toBeUndefined()
  })
})
