import { describe, expect, it, vi } from 'vitest'
import { writeSetting } from '../../../src/app/settings/config.js'
import { userConfigFile } from '../../../src/app/folder.js'
import { openHttpUrl } from '../../../src/app/remotes/http-remotes.js'
import { checkUrl, openUrl } from '../../../src/app/remotes/remotes.js'
import { silentReporter } from '../../../src/base/ports.js'
import { isAtomError } from '../../../src/base/errors.js'
import { temporaryFolders } from '../../helpers/git.js'
import { codeOf } from '../../helpers/objects.js'
import { aMemoryPlace, memoryEndpoint, serveEndpoint, TOKENS } from '../../helpers/http-endpoint.js'

const newFolder = temporaryFolders()
const context = (env: Readonly<Record<string, string>>) => ({ cwd: '/', env, signal: new AbortController().signal, reporter: silentReporter })

describe('opening an endpoint', () => {
  it('takes the token from the environment, and asks it', async () => {
    await using served = await serveEndpoint(memoryEndpoint(aMemoryPlace()))
    const remote = await openUrl(`${served.url}/`, context({ ATOM_TOKEN: ` ${TOKENS.reader}\n` }))
    expect([remote.location, await remote.refs()]).toEqual([served.url, { refs: new Map(), head: undefined }])
  })

  it.each([[{}], [{ ATOM_TOKEN: ' ' }], [{ ATOM_TOKEN: 'two hunter2' }], [{ ATOM_TOKEN: 'ünter2' }]])('needs one that is one: %j', async (env) => {
    const opening = openHttpUrl('https://host', context({ HOME: newFolder(), ...env as Readonly<Record<string, string>> }))
    await expect(opening).rejects.toMatchObject({ code: 'REMOTE_AUTH' })
    await expect(opening).rejects.toThrow(/^(?!.*nter2)/)
  })

  const HOSTS = ['https://one.example/a', 'https://two.example', 'git+ssh://three.example/x', '/a/folder']
  it.each<[string, string, Readonly<Record<string, string>>, readonly string[] | undefined, string]>([
    ['the variable, at the URL that was typed', 'https://one.example/a', { ATOM_TOKEN: 'given' }, undefined, 'given'],
    ['the variable, where no other endpoint is in the settings', 'https://one.example/a', { ATOM_TOKEN: 'given' }, ['https://one.example/a', 'https://one.example/b', '/a/folder'], 'given'],
    ['the variable before the file', 'https://two.example', { ATOM_TOKEN: 'given' }, undefined, 'given'],
    ['the file, where the variable may be meant for another', 'https://two.example', { ATOM_TOKEN: 'given' }, HOSTS, 'kept'],
    ['nothing, where the variable may be meant for another', 'https://one.example/a', { ATOM_TOKEN: 'given' }, HOSTS, 'REMOTE_AUTH'],
    ['the variable, where it says for whom', 'https://one.example/a', { ATOM_TOKEN: 'given', ATOM_TOKEN_FOR: 'https://one.example/' }, HOSTS, 'given'],
    ['the file, where the variable says that it is for another', 'https://two.example', { ATOM_TOKEN: 'given', ATOM_TOKEN_FOR: 'https://one.example' }, undefined, 'kept'],
    ['nothing, where it is for a name that only begins alike', 'https://one.example.org', { ATOM_TOKEN: 'given', ATOM_TOKEN_FOR: 'https://one.example' }, undefined, 'REMOTE_AUTH'],
    ['nothing, where it is for no URL', 'https://one.example', { ATOM_TOKEN: 'given', ATOM_TOKEN_FOR: 'one.example' }, undefined, 'CONFIG_INVALID'],
  ])('sends %s', async (_what, url, env, among, expected) => {
    const home = newFolder()
    await writeSetting({ key: 'http.https://two.example.token', value: 'kept', file: userConfigFile({ HOME: home }) })
    const sent: string[] = []
    vi.stubGlobal('fetch', async (_to: string, init: RequestInit) => {
      sent.push(new Headers(init.headers).get('authorization') ?? '')
      return new Response(JSON.stringify({ head: null, refs: {} }), { headers: { 'atom-protocol': '1', 'content-type': 'application/json' } })
    })
    try {
      const remote = await openHttpUrl(url, { ...context({ HOME: home, ...env }), ...(among !== undefined && { among }) })
      await remote.refs()
      expect(sent).toEqual([`Bearer ${expected}`])
    } catch (error) {
      if (!isAtomError(error)) throw error
      expect([error.code, sent]).toEqual([expected, []])
      expect(JSON.stringify(error)).not.toMatch(/given|kept"/)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('keeps the URL as it is asked, and refuses what shows a token', () => {
    expect(checkUrl('https://Host/x/', '/')).toBe('https://host/x')
    expect(codeOf(() => checkUrl('http://host/x', '/'))).toBe('USAGE')
  })
})
