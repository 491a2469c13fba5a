import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AppContext } from '../../../src/app/context.js'
import { diagnose, mendIndexes, type Diagnosis } from '../../../src/app/doctor/doctor.js'
import { temporaryFolders } from '../../helpers/git.js'
import { openGuarded } from '../../../src/app/handles.js'
import { runOperation } from '../../../src/app/run.js'
import { digestOf, objectId, type Digest, type ObjectId } from '../../../src/codec/object-id.js'
import { followTables } from '../../../src/ops/read/follow-tables.js'
import { encodeTarget } from '../../../src/refs/ref.js'
import { objectKey, refKey } from '../../../src/store/keys.js'
import type { WriteBatch } from '../../../src/store/types.js'
import { checkWhole, contextIn, makePlace, readLog, type Place } from '../../fault/kit.js'

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
    expect(found).toMatchObject({ health: 'problem', fix: expect.stringMatching(/^atom recover --from URL, if there is a copy; else put .*backup/) as string })
  })

  it('of a damaged database names the remotes that bring it back', async () => {
    await using place = await makePlace()
    writeFileSync(join(place.folder, '.atom/config.toml'), '[remote.usb]\nurl = "/media/stick"\n')
    rmSync(join(place.folder, '.atom/store/CURRENT'))
    expect((await said(place.context)).get('database')).toMatchObject({ health: 'problem', fix: 'atom recover --from usb' })
    writeFileSync(join(place.folder, '.atom/config.toml'), 'torn')
    expect((await said(place.context)).get('database')?.fix).toMatch(/^atom recover --from URL/)
  })

  it('finds an object that is missing, and not one that was forgotten', async () => {
    await using place = await makePlace()
    const [tip] = await readLog(place)
    const { body } = tip?.record?.header as { readonly body: ObjectId }
    const edit = async (batch: WriteBatch): Promise<void> => {
      const store = await openGuarded(join(place.folder, '.atom'), {})
      await store.write(batch, 'sync')
      await store.close()
    }
    expect(await healthOf(place, 'objects')).toBe('ok')
    await edit({ puts: [], deletes: [objectKey(body)] })
    expect((await said(place.context)).get('objects')).toMatchObject({ health: 'problem', message: expect.stringContaining(`${digestOf(body)} as its body`) as string, fix: expect.stringMatching(/^atom recover/) as string })
    await edit({ puts: [[refKey(`refs/atom/forgotten/${digestOf(body)}`), encodeTarget({ is: 'object', digest: digestOf(body) })]], deletes: [] })
    expect(await healthOf(place, 'objects')).toBe('ok')
  })

  it('finds a view that cannot be read, which mends itself', async () => {
    await using place = await makePlace()
    expect(await healthOf(place, 'view')).toBeUndefined()
    await runOperation(followTables, {}, place.context)
    expect(await healthOf(place, 'view')).toBe('ok')
    writeFileSync(join(place.folder, '.atom/view.db'), 'torn')
    expect(await healthOf(place, 'view')).toBe('warning')
    await runOperation(followTables, {}, place.context)
    expect(await healthOf(place, 'view')).toBe('ok')
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
