/**
 * What every remote must do, as a function that runs on any of them. What one cannot do is left out through `supports`, with a reason.
 */
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/base/bytes.js'
import { isAtomError } from '../../src/base/errors.js'
import { OBJECT_MAX_BYTES } from '../../src/base/limits.js'
import { codecOf, type ObjectId } from '../../src/codec/object-id.js'
import { ownedLinks } from '../../src/object/links.js'
import { openAny } from '../../src/object/open.js'
import { seal, type SealedObject } from '../../src/object/seal.js'
import { MISSING_MAX_IDS, type RefUpdate, type Remote, type RemoteObject } from '../../src/exchange/remote.js'
import type { AtomHeader } from '../../src/object/atom.js'
import { operations } from '../../src/refs/operation-log.js'
import { readObject } from '../../src/store/objects.js'
import { anExchange } from '../helpers/exchange.js'
import { aRepo, type MemoryRepo } from '../helpers/memory-repo.js'
import { anId } from '../helpers/objects.js'
import { aLine, streamOf } from '../helpers/remote-objects.js'
import { aHistory } from '../helpers/small-history.js'

export interface RemoteSubject {
  readonly name: string
  /** Returns what opens one remote, which is empty at first, as often as it is called: two openings see the same. */
  make(): Promise<() => Promise<Remote>>
  /** What this remote does not do → why. */
  readonly supports?: { readonly forgetting?: string; readonly looseObjects?: string; readonly oddNames?: string }
}

function headerOf(repo: MemoryRepo, seq: number): { readonly id: ObjectId; readonly header: AtomHeader } {
  const { id } = repo.index.node(seq)
  return { id, header: readObject(repo.objects, id, 'atom') }
}

export async function readAll(remote: Remote, ids: readonly ObjectId[], have: readonly ObjectId[] = []): Promise<Map<ObjectId, string>> {
  const found = new Map<ObjectId, string>()
  for await (const { id, bytes } of remote.get(ids, { have, isHere: (id) => found.has(id) || have.includes(id) })) found.set(id, toHex(bytes))
  return found
}

export function remoteSuite(subject: RemoteSubject): void {
  const { supports = {} } = subject
  const MAIN = 'refs/heads/main'
  const withRemote = async (work: (remote: Remote, open: () => Promise<Remote>) => Promise<void>): Promise<void> => {
    const open = await subject.make()
    await using remote = await open()
    await work(remote, open)
  }
  const move = async (remote: Remote, ...updates: RefUpdate[]): Promise<(string | undefined)[]> => {
    const outcomes = await remote.updateRefs(updates)
    expect(outcomes.map(({ ref }) => ref)).toEqual(updates.map(({ ref }) => ref))
    return outcomes.map(({ refused }) => refused?.code)
  }
  const line = aLine(3)
  const [first, second, third] = line.atoms as [ObjectId, ObjectId, ObjectId]
  const whole = (objects: readonly SealedObject[]): Map<ObjectId, string> => new Map(objects.map(({ id, bytes }) => [id, toHex(bytes)]))

  describe(`the remote suite on ${subject.name}`, () => {
    it('is empty at first, asked twice, and says how it is called', () => withRemote(async (remote) => {
      expect(remote.location).not.toBe('')
      for (let twice = 0; twice < 2; twice++) expect(await remote.refs()).toEqual({ refs: new Map(), head: undefined })
      expect(await remote.missing([])).toEqual([])
      expect(new Set(await remote.missing([first, anId('no such', 'raw')]))).toEqual(new Set([first, anId('no such', 'raw')]))
      expect(await readAll(remote, [first])).toEqual(new Map())
    }))

    it('gives back what was put and pointed at, byte for byte, to another opening too', () => withRemote(async (remote, open) => {
      await remote.put(streamOf(line.objects))
      expect(await move(remote, { ref: MAIN, expected: undefined, next: third })).toEqual([undefined])
      await using again = await open()
      expect((await again.refs()).refs).toEqual(new Map([[MAIN, third]]))
      expect([MAIN, undefined]).toContain((await again.refs()).head)
      const ids = line.objects.map(({ id }) => id)
      expect(await again.missing(ids)).toEqual([])
      expect(await readAll(again, ids)).toEqual(whole(line.objects))
    }))

    it('says what is missing among what is there, up to the most that may be asked at once', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third })
      const absent = Array.from({ length: MISSING_MAX_IDS - line.objects.length }, (_, index) => anId(`absent ${String(index)}`, index % 2 === 0 ? 'raw' : 'dag-cbor'))
      const missing = await remote.missing([...line.objects.map(({ id }) => id), ...absent])
      expect(new Set(missing)).toEqual(new Set(absent))
      expect(missing).toHaveLength(absent.length)
    }))

    it('leaves out what is not there, and gives what was asked for at least', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third })
      const found = await readAll(remote, [second, anId('absent'), third], [first])
      expect(found.has(anId('absent'))).toBe(false)
      for (const id of [second, third]) expect(found.get(id)).toBe(whole(line.objects).get(id))
      for (const [id, bytes] of found) expect(bytes).toBe(whole(line.objects).get(id))
    }))

    it('gives nothing before something that owns it, but what was asked for', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third })
      const named = new Set<ObjectId>([third])
      for await (const { id, bytes } of remote.get([third], { have: [first], isHere: (asked) => asked === first })) {
        expect(named).toContain(id)
        if (codecOf(id) === 'dag-cbor') for (const link of ownedLinks(openAny(bytes))) named.add(link.id)
      }
    }))

    it('can be left in the middle of an answer', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third })
      for await (const { id } of remote.get(line.objects.map((object) => object.id), { have: [], isHere: () => false })) if (id !== undefined) break
      expect(await remote.missing([third])).toEqual([])
    }))

    it.skipIf(supports.looseObjects !== undefined)('takes an empty file, a full object and every byte', () => withRemote(async (remote) => {
      const odd = [new Uint8Array(0), new Uint8Array(OBJECT_MAX_BYTES).fill(7), Uint8Array.from({ length: 256 }, (_, byte) => byte), utf8('CRLF\r\n\u{1f600}\0')].map((bytes) => seal(bytes, 'raw'))
      await remote.put(streamOf(odd))
      expect(await readAll(remote, odd.map(({ id }) => id))).toEqual(whole(odd))
    }))

    it('takes the same again', () => withRemote(async (remote) => {
      for (let twice = 0; twice < 2; twice++) await remote.put(streamOf(line.objects))
      expect(await move(remote, { ref: MAIN, expected: undefined, next: third })).toEqual([undefined])
      await remote.put(streamOf(line.objects))
      expect(await readAll(remote, line.objects.map(({ id }) => id))).toEqual(whole(line.objects))
    }))

    it('is cut off while it takes objects: no ref moves, and the rest can follow', () => withRemote(async (remote) => {
      const cut = async function* (): AsyncIterable<RemoteObject> {
        yield* line.objects.slice(0, 4)
        throw new Error('cut off')
      }
      await expect(remote.put(cut())).rejects.toThrow('cut off')
      expect((await remote.refs()).refs.size).toBe(0)
      const missing = new Set(await remote.missing(line.objects.map(({ id }) => id)))
      await remote.put(streamOf(line.objects.filter(({ id }) => missing.has(id))))
      expect(await move(remote, { ref: MAIN, expected: undefined, next: third })).toEqual([undefined])
      expect(await readAll(remote, line.objects.map(({ id }) => id))).toEqual(whole(line.objects))
    }))

    it('moves a ref only from where the caller saw it, and says where it is', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      expect(await move(remote, { ref: MAIN, expected: first, next: second })).toEqual(['REF_MOVED'])
      expect(await move(remote, { ref: MAIN, expected: undefined, next: first })).toEqual([undefined])
      expect(await move(remote, { ref: MAIN, expected: undefined, next: second })).toEqual(['REF_MOVED'])
      expect(await move(remote, { ref: MAIN, expected: first, next: second })).toEqual([undefined])
      const [outcome] = await remote.updateRefs([{ ref: MAIN, expected: first, next: third }])
      expect(isAtomError(outcome?.refused, 'REF_MOVED') && outcome.refused.data).toEqual({ ref: MAIN, expected: first.slice(2), actual: second.slice(2) })
      expect((await remote.refs()).refs).toEqual(new Map([[MAIN, second]]))
    }))

    it('moves several refs, each apart from the others', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: first })
      expect(await move(remote, { ref: 'refs/heads/a', expected: undefined, next: first }, { ref: MAIN, expected: second, next: third }, { ref: 'refs/tags/t', expected: undefined, next: second }))
        .toEqual([undefined, 'REF_MOVED', undefined])
      expect((await remote.refs()).refs).toEqual(new Map([[MAIN, first], ['refs/heads/a', first], ['refs/tags/t', second]]))
    }))

    it('deletes a ref, from where the caller saw it', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third }, { ref: 'refs/heads/gone', expected: undefined, next: second })
      expect(await move(remote, { ref: 'refs/heads/gone', expected: first, next: undefined })).toEqual(['REF_MOVED'])
      expect(await move(remote, { ref: 'refs/heads/gone', expected: second, next: undefined })).toEqual([undefined])
      expect((await remote.refs()).refs).toEqual(new Map([[MAIN, third]]))
    }))

    it('refuses to point at what it has not got', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      const [refused] = await move(remote, { ref: MAIN, expected: undefined, next: anId('absent') })
      expect(['LINK_MISSING', 'REMOTE_REFUSED']).toContain(refused)
      expect((await remote.refs()).refs.size).toBe(0)
    }))

    it('lets one of two win who move the same ref at once', () => withRemote(async (remote, open) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: first })
      const other = aLine(1, 'other', first)
      await using second$ = await open()
      await second$.put(streamOf(other.objects))
      const both = await Promise.all([move(remote, { ref: MAIN, expected: first, next: second }), move(second$, { ref: MAIN, expected: first, next: other.atoms[0] })])
      expect(both.flat().filter((code) => code === undefined)).toHaveLength(1)
      expect(both.flat()).toContain('REF_MOVED')
      const winner = both[0][0] === undefined ? second : other.atoms[0]
      expect((await remote.refs()).refs).toEqual(new Map([[MAIN, winner]]))
    }))

    it('lets both of two through who push different branches at once', () => withRemote(async (remote, open) => {
      const branches = [1, 2, 3, 4].map((number) => ({ ref: `refs/heads/b${String(number)}`, ...aLine(2, `branch ${String(number)}`) }))
      await Promise.all(branches.map(async ({ ref, objects, atoms }) => {
        await using own = await open()
        await own.put(streamOf(objects))
        expect(await move(own, { ref, expected: undefined, next: atoms[1] })).toEqual([undefined])
      }))
      expect((await remote.refs()).refs).toEqual(new Map(branches.map(({ ref, atoms }) => [ref, atoms[1]])))
    }))

    it.skipIf(supports.oddNames !== undefined)('keeps names apart that a file system might not: case, slashes, Unicode, length', () => withRemote(async (remote) => {
      const names = ['refs/heads/a', 'refs/heads/A', 'refs/heads/a/b', 'refs/heads/aux', 'refs/heads/ünï-日本-\u{1f600}', 'refs/heads/a%2Fb', `refs/heads/${'x'.repeat(900)}`, `refs/atom/ops/${'0'.repeat(32)}`]
      await remote.put(streamOf(line.objects))
      await move(remote, ...names.map((ref, index): RefUpdate => ({ ref, expected: undefined, next: line.atoms[index % 3] })))
      expect((await remote.refs()).refs).toEqual(new Map(names.map((name, index) => [name, line.atoms[index % 3]])))
    }))

    it.skipIf(supports.forgetting !== undefined)('drops what was erased, and only that', () => withRemote(async (remote) => {
      await remote.put(streamOf(line.objects))
      await move(remote, { ref: MAIN, expected: undefined, next: third })
      const erased = line.objects[1] as SealedObject
      for (let twice = 0; twice < 2; twice++) await remote.forget([erased.id, anId('absent', 'raw')])
      expect(await remote.missing(line.objects.map(({ id }) => id))).toEqual([erased.id])
      expect((await readAll(remote, [erased.id])).has(erased.id)).toBe(false)
    }))

    it.skipIf(supports.forgetting !== undefined)('is filled again where it has holes below refs that are equal, by a push that is told to look', () => withRemote(async (remote) => {
      const repo = await aHistory()
      const { push, fetch } = anExchange()
      await push(repo, { all: true }, remote)
      const { id, header: { body, tree } } = headerOf(repo, 4)
      const [op] = [...operations(repo.store)].slice(3)
      const gone = [id, body, tree, op?.id as ObjectId]
      await remote.forget(gone)
      expect(await push(repo, { all: true }, remote)).toMatchObject({ refused: [] })
      expect(new Set(await remote.missing(gone))).toEqual(new Set(gone))
      await expect(fetch(await aRepo({ seed: 'too early', init: 'none' }), {}, remote)).rejects.toMatchObject({ code: 'LINK_MISSING' })
      expect(await push(repo, { all: true, refill: true }, remote)).toMatchObject({ refused: [], atoms: 1 })
      expect(await remote.missing(gone)).toEqual([])
      const whole = await aRepo({ seed: 'whole', init: 'none' })
      expect(await fetch(whole, {}, remote)).toMatchObject({ atoms: 6, refused: [] })
      expect(await push(repo, { all: true, refill: true }, remote)).toMatchObject({ refused: [], atoms: 0 })
    }))

    for (const [ability, reason] of Object.entries(supports)) it.skip(`${ability}: not for ${subject.name}, since ${reason}`, () => undefined)
  })
}
