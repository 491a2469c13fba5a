import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readConfig, writeSetting } from '../../../src/app/settings/config.js'
import { userConfigFile } from '../../../src/app/folder.js'
import { codeOfAsync } from '../../helpers/code-of-async.js'
import { temporaryFolders } from '../../helpers/git.js'

const newFolder = temporaryFolders()

/** A home and a store's folder, with these files. */
function files(user: string | undefined, store: string | undefined): { readonly env: { readonly HOME: string }; readonly userFile: string; readonly store: string; readonly storeFile: string } {
  const env = { HOME: newFolder() }
  const place = { env, userFile: userConfigFile(env), store: newFolder() }
  mkdirSync(dirname(place.userFile), { recursive: true })
  if (user !== undefined) writeFileSync(place.userFile, user)
  const storeFile = join(place.store, 'config.toml')
  if (store !== undefined) writeFileSync(storeFile, store)
  return { ...place, storeFile }
}

describe('settings', () => {
  it('come from the user, then from the store, then from the environment; each says where from', async () => {
    const { env, store, storeFile, userFile } = files('agent = "ann"\ncolor = false\n', 'agent = "qwen"\n')
    const config = await readConfig(env, store)
    expect(config.all()).toEqual([{ key: 'agent', value: 'qwen', origin: 'store', source: storeFile }, { key: 'color', value: false, origin: 'user', source: userFile }])
    expect((await readConfig({ ...env, ATOM_AGENT: 'ben' }, store)).get('agent')).toMatchObject({ value: 'ben', origin: 'environment', source: 'ATOM_AGENT' })
    expect((await readConfig({ ...env, ATOM_AGENT: '' }, store)).get('agent')).toMatchObject({ value: 'qwen' })
    expect((await readConfig(env)).get('agent')).toMatchObject({ value: 'ann' })
  })

  it('that run programs, write elsewhere or send data do not count in the file of a store', async () => {
    const { env, store } = files('scopes = ["home"]\n', 'pager = "rm -rf /"\nscopes = ["system"]\n[safe]\ndirectory = ["*"]\n[push]\nauto = true\n')
    const config = await readConfig(env, store)
    expect(config.all().map(({ key, value }) => [key, value])).toEqual([['scopes', ['home']]])
    expect(config.ignored.map(({ key }) => key)).toEqual(['pager', 'scopes', 'safe.directory', 'push.auto'])
  })

  it('that are secrets are never shown, and count in the user\'s own file only', async () => {
    const { env, store } = files('[d1]\ntoken = "hunter2"\n', '[d1]\ntoken = "hunter3"\n')
    const config = await readConfig(env, store)
    expect(config.secret('d1.token')).toBe('hunter2')
    expect(config.secret('agent')).toBeUndefined()
    expect(config.get('d1.token')).toMatchObject({ value: '(hidden)', origin: 'user' })
    expect(JSON.stringify([config.all(), config.get('d1.token'), config.ignored])).not.toMatch(/hunter/)
    expect(config.ignored.map(({ key }) => key)).toEqual(['d1.token'])
  })

  it.each([['colour = true', 'colour'], ['constructor = 1', 'constructor'], ['color = "yes"', 'color'], ['scopes = "home"', 'scopes'], ['safe.directory = [1]', 'safe.directory'], ['agent = 2024-11-27', 'agent'], ['agent = ', undefined]])('that cannot be used are refused, with file and key: %s', async (text, key) => {
    const { env, userFile } = files(text, undefined)
    await expect(readConfig(env)).rejects.toMatchObject({ code: 'CONFIG_INVALID', data: { file: userFile, ...(key !== undefined && { key }) }, message: expect.stringContaining(userFile) as string })
  })

  it('are refused in a file that no person wrote: nested without end, huge, a pipe', async () => {
    const { env, userFile } = files(`a${'.a'.repeat(50_000)} = 1`, undefined)
    const refused = { code: 'CONFIG_INVALID', data: { file: userFile } }
    await expect(readConfig(env)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('nested too deeply') as string })
    writeFileSync(userFile, `agent = "${'x'.repeat(1_048_576)}"`)
    await expect(readConfig(env)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('bytes') as string })
    rmSync(userFile)
    if (spawnSync('mkfifo', [userFile]).status === 0) await expect(readConfig(env)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('a pipe') as string })
  })
})

describe('writing a setting', () => {
  it('makes a file that only its owner reads, and leaves no other one', async () => {
    const file = join(newFolder(), 'new/config.toml')
    await writeSetting({ key: 'agent', value: 'a "quoted"\nname', file })
    expect(readFileSync(file, 'utf8')).toBe('agent = "a \\"quoted\\"\\nname"\n')
    expect([statSync(file).mode & 0o777, existsSync(`${file}.new`)]).toEqual([0o600, false])
  })

  it('adds to a list once, and unsets all of it', async () => {
    const { env, userFile: file } = files('# mine\n[safe]\ndirectory = ["/a"]\n', undefined)
    for (const value of ['/b', '/b']) await writeSetting({ key: 'safe.directory', value, file })
    expect((await readConfig(env)).get('safe.directory')?.value).toEqual(['/a', '/b'])
    await writeSetting({ key: 'safe.directory', value: undefined, file })
    expect(readFileSync(file, 'utf8')).toBe('# mine\n')
  })

  it('refuses what is no setting, what is no value, and a file that it cannot edit line by line, and changes nothing', async () => {
    const own = 'scopes = [\n  "home",\n]\n'
    const { userFile: file } = files(own, undefined)
    expect(await codeOfAsync(() => writeSetting({ key: 'agnet', value: 'x', file }))).toBe('CONFIG_INVALID')
    expect(await codeOfAsync(() => writeSetting({ key: 'color', value: 'maybe', file }))).toBe('CONFIG_INVALID')
    expect(await codeOfAsync(() => writeSetting({ key: 'scopes', value: 'system', file }))).toBe('CONFIG_INVALID')
    expect(readFileSync(file, 'utf8')).toBe(own)
    const { userFile: dotted } = files('safe.directory = ["/a"]\n', undefined)
    expect(await codeOfAsync(() => writeSetting({ key: 'safe.directory', value: undefined, file: dotted }))).toBe('CONFIG_INVALID')
  })

  it('keep a token for each endpoint, in the own file alone, and never show it', async () => {
    const { env, userFile, store, storeFile } = files('[http."https://Host.example/"]\ntoken = "hunter2"\n', '[http."https://host.example"]\ntoken = "theirs"\n')
    await writeSetting({ key: 'http.https://HOST.example/deep/.token', value: 'deeper', file: userFile })
    expect(readFileSync(userFile, 'utf8')).toContain('[http."https://host.example/deep"]\ntoken = "deeper"\n')
    const config = await readConfig(env, store)
    expect(['https://host.example', 'https://host.example/deep/er', 'https://host.example/deeper', 'https://host.example.org', 'http://host.example'].map((url) => config.httpToken(url))).toEqual(['hunter2', 'deeper', 'hunter2', undefined, undefined])
    expect(config.ignored).toEqual([{ key: 'http.https://host.example.token', value: '(hidden)', origin: 'store', source: storeFile }])
    expect(JSON.stringify([config.all(), config.get('http.https://HOST.example.token'), config.ignored])).not.toMatch(/hunter2|deeper"|theirs/)
    await writeSetting({ key: 'http.https://host.example/deep.token', value: undefined, file: userFile })
    expect((await readConfig(env)).httpToken('https://host.example/deep')).toBe('hunter2')
    // Written in another way than this program writes: it does not edit it.
    expect(await codeOfAsync(() => writeSetting({ key: 'http.https://host.example.token', value: undefined, file: userFile }))).toBe('CONFIG_INVALID')
    const { env: wrong } = files('[http."http://host.example"]\ntoken = "hunter2"\n', undefined)
    await expect(readConfig(wrong)).rejects.toThrow(/^(?!.*hunter2).*would show the token/)
  })
})
