import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openD1Url } from '../../../src/app/remotes/d1-remotes.js'
import { userConfigFile } from '../../../src/app/folder.js'
import { silentReporter } from '../../../src/base/ports.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { ACCOUNT, DATABASE, serveD1, TOKEN, type D1Server } from '../../helpers/d1-server.js'
import { temporaryFolders } from '../../helpers/git.js'

const folder = temporaryFolders()
let server: D1Server
beforeAll(async () => { server = await serveD1() })
beforeEach(() => server.clear())
afterAll(async () => { await server[Symbol.asyncDispose]() })

const URL_OF = `d1:${ACCOUNT}/${DATABASE}`

async function refsWith(env: Readonly<Record<string, string>>): Promise<number> {
  await using remote = await openD1Url(URL_OF, { env: { HOME: folder(), CLOUDFLARE_API_BASE_URL: server.base, ...env }, signal: new AbortController().signal, reporter: silentReporter })
  expect(remote.location).toBe(URL_OF)
  return (await remote.refs()).refs.size
}

describe('opening a D1 database', () => {
  it('takes the token from the environment: ours, else Cloudflare\'s own', async () => {
    expect(await refsWith({ ATOM_D1_TOKEN: TOKEN, CLOUDFLARE_API_TOKEN: 'another' })).toBe(0)
    expect(await refsWith({ ATOM_D1_TOKEN: '', CLOUDFLARE_API_TOKEN: `${TOKEN}\n` })).toBe(0)
    expect(await codeOfAsync(() => refsWith({ ATOM_D1_TOKEN: 'another' }))).toBe('REMOTE_AUTH')
  })

  it('takes it from the user\'s own file', async () => {
    const HOME = folder()
    const file = userConfigFile({ HOME })
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `[d1]\ntoken = "${TOKEN}"\n`)
    expect(await refsWith({ HOME })).toBe(0)
  })

  it('says where a token is looked for when there is none, and asks nobody', async () => {
    await expect(refsWith({})).rejects.toMatchObject({ code: 'REMOTE_AUTH', hint: expect.stringContaining('ATOM_D1_TOKEN or CLOUDFLARE_API_TOKEN') as string })
    expect(server.requests).toEqual([])
  })

  it('sends the token to nobody over plain http, this machine apart', async () => {
    for (const base of ['http://api.example.org/client/v4', 'http://127.0.0.1.example.org', 'ftp://localhost', 'nonsense']) {
      const failed = refsWith({ ATOM_D1_TOKEN: TOKEN, CLOUDFLARE_API_BASE_URL: base })
      await expect(failed).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
      await expect(failed).rejects.not.toThrow(TOKEN)
    }
  })
})
