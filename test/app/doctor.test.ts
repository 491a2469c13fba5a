import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AppContext } from '../../src/app/context.js'
import { diagnose, mendIndexes, type Diagnosis } from '../../src/app/doctor.js'
import { temporaryFolders } from '../helpers/git.js'
import { openGuarded } from '../../src/app/handles.js'
import { objectId, type Digest } from '../../src/codec/object-id.js'
import { objectKey } from '../../src/store/keys.js'
import { checkWhole, contextIn, makePlace, readLog, type Place } from '../fault/kit.js'

const newFolder = temporaryFolders()

/** What is said by name, without what depends on this machine. */
async function said(context: AppContext, root: string = newFolder()): Promise<ReadonlyMap<string, Diagnosis>> {
  const found = new Map<string, Diagnosis>()
  for await (const diagnosis of diagnose(context, { file: join(root, 'bin/atom'), root })) found.set(diagnosis.name, diagnosis)
  return found
}

const healthOf = async (place: Place, name: string): Promise<string | undefined> => (await said(place.context)).get(name)?.health

describe('a diagnosis', () => {
  it('of a sound store finds nothing, and changes nothing', async () => {
    await using place = await makePlace()
    const found = await said(place.context)
    for (const name of ['node', 'store', 'permissions', 'spool', 'database']) expect(found.get(name), name).toMatchObject({ health: 'ok' })
    expect(found.get('database')?.message).toContain('1 ATOM, 1 operation')
  })

  it('says how to begin where there is no store', async () => {
    const context = contextIn(newFolder(), { HOME: newFolder() })
    expect((await said(context)).get('store')).toMatchObject({ health: 'problem', fix: 'atom init' })
  })

  it('names what is missing or open to others, with the command that mends it', async () => {
    await using place = await makePlace()
    const folder = join(place.folder, '.atom')
    chmodSync(folder, 0o755)
    rmSync(join(folder, '.gitignore'))
    rmSync(join(folder, 'trail.log'))
    writeFileSync(join(folder, 'format.new'), '')
    const found = await said(place.context)
    expect(['permissions', 'gitignore', 'leftovers', 'database'].map((name) => found.get(name)?.health)).toEqual(['warning', 'warning', 'warning', 'warning'])
    expect(found.get('permissions')?.fix).toBe(`chmod 700 ${JSON.stringify(folder)}`)
    writeFileSync(join(folder, 'spool/1.json'), 'torn')
    expect(await healthOf(place, 'spool')).toBe('problem')
  })

  it('of a database that cannot be read says what is left to do, and does not send back to the doctor', async () => {
    await using place = await makePlace()
    writeFileSync(join(place.folder, '.atom/spool/bad'), '')
    rmSync(join(place.folder, '.atom/store/CURRENT'))
    const found = (await said(place.context)).get('database')
    expect(found).toMatchObject({ health: 'problem', fix: expect.stringContaining('backup') as string })
  })

  it('of one that opens also reads what every command begins with', async () => {
    await using place = await makePlace()
    const [tip] = await readLog(place)
    const store = await openGuarded(join(place.folder, '.atom'), {})
    await store.write({ puts: [[objectKey(objectId(tip?.node.digest as Digest, 'dag-cbor')), Uint8Array.of(1)]], deletes: [] }, 'sync')
    await store.close()
    expect((await said(place.context)).get('database')).toMatchObject({ health: 'problem', fix: 'atom verify' })
  })

  it('tells this program on the PATH from others of its name', async () => {
    const [root, other] = [newFolder(), newFolder()]
    for (const folder of [join(root, 'bin'), other]) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'atom'), '', { mode: 0o755 })
    }
    const pathHealth = async (...folders: readonly string[]): Promise<string | undefined> => (await said(contextIn(other, { HOME: other, PATH: folders.join(':') }), root)).get('path')?.health
    expect([await pathHealth(join(root, 'bin')), await pathHealth(join(root, 'bin'), other), await pathHealth(other, join(root, 'bin')), await pathHealth('/nowhere')]).toEqual(['ok', 'warning', 'problem', 'warning'])
  })
})

it('making the indexes again leaves the store whole, and trail.log as it was', async () => {
  await using place = await makePlace()
  const file = join(place.folder, '.atom/trail.log')
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, 'not what it was\n')
  expect(await mendIndexes(place.context)).toMatchObject({ atoms: 1, ops: 1, left: [] })
  expect(readFileSync(file, 'utf8')).toBe(before)
  await checkWhole(place)
})
