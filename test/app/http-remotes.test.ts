import { describe, expect, it } from 'vitest'
import { openHttpUrl } from '../../src/app/http-remotes.js'
import { checkUrl, openUrl } from '../../src/app/remotes.js'
import { silentReporter } from '../../src/base/ports.js'
import { codeOf } from '../helpers/objects.js'
import { aMemoryPlace, memoryEndpoint, serveEndpoint, TOKENS } from '../helpers/http-endpoint.js'

const context = (env: Readonly<Record<string, string>>) => ({ cwd: '/', env, signal: new AbortController().signal, reporter: silentReporter })

describe('opening an endpoint', () => {
  it('takes the token from the environment, and asks it', async () => {
    await using served = await serveEndpoint(memoryEndpoint(aMemoryPlace()))
    const remote = await openUrl(`${served.url}/`, context({ ATOM_TOKEN: ` ${TOKENS.reader}\n` }))
    expect([remote.location, await remote.refs()]).toEqual([served.url, { refs: new Map(), head: undefined }])
  })

  it.each([[{}], [{ ATOM_TOKEN: ' ' }], [{ ATOM_TOKEN: 'two hunter2' }], [{ ATOM_TOKEN: 'ünter2' }]])('needs one that is one: %j', (env) => {
    expect(codeOf(() => openHttpUrl('https://host', context(env as Readonly<Record<string, string>>)))).toBe('REMOTE_AUTH')
    expect(() => openHttpUrl('https://host', context(env as Readonly<Record<string, string>>))).toThrow(/^(?!.*hunter2)/)
  })

  it('keeps the URL as it is asked, and refuses what shows a token', () => {
    expect(checkUrl('https://Host/x/', '/')).toBe('https://host/x')
    expect(codeOf(() => checkUrl('http://host/x', '/'))).toBe('USAGE')
  })
})
