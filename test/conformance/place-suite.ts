/** What every place that an endpoint serves must know of its ATOMs, asked as scripts ask: through the endpoint. */
import { describe, expect, it } from 'vitest'
import { cidText, digestOf, type ObjectId } from '../../src/codec/object-id.js'
import { carBlock, carHeader } from '../../src/exchange/bundle/car.js'
import { CAR_TYPE } from '../../src/exchange/http/wire.js'
import type { Remote } from '../../src/exchange/remote.js'
import { TOKENS } from '../helpers/http-endpoint.js'
import { aLine, streamOf } from '../helpers/remote-objects.js'

export interface PlaceSubject {
  readonly name: string
  /** Returns an endpoint over a place that is empty at first, and that place as a remote. */
  make(): Promise<ServedPlace>
}

export interface ServedPlace {
  readonly remote: Remote
  /** What is asked below the endpoint's URL. */
  fetch(path: string, init: RequestInit): Promise<Response>
}

const line = aLine(5)
const main = 'refs/heads/main'
const nameAt = (at: number): string => `ATOM-CFG-20241127-00${String(at + 1)}`
const newestFirst = [4, 3, 2, 1, 0].map(nameAt)

/** What a script says of an ATOM without having its objects. */
const words = (at: number, changed: Record<string, unknown> = {}): Record<string, unknown> => ({
  atom_id: nameAt(at), object: digestOf(line.atoms[at] as ObjectId), operation: 'modify_file', agent: 'script', timestamp: `2024-11-28T00:00:0${String(at)}Z`, title: `said ${String(at)}`, ...changed,
})

interface Asked { readonly status: number; readonly value: Record<string, unknown> }

export function placeSuite(subject: PlaceSubject): void {
  const withPlace = async (work: (ask: (path: string, init?: RequestInit) => Promise<Asked>, remote: Remote) => Promise<void>): Promise<void> => {
    const { fetch, remote } = await subject.make()
    await work(async (path, init = {}) => {
      const answer = await fetch(path, { ...init, headers: { authorization: `Bearer ${TOKENS.writer}`, ...init.headers as Record<string, string> } })
      return { status: answer.status, value: await answer.json() as Record<string, unknown> }
    }, remote)
  }
  const fill = async (remote: Remote): Promise<void> => {
    await remote.put(streamOf(line.objects))
    await remote.updateRefs([{ ref: main, expected: undefined, next: line.atoms.at(-1) }])
  }
  const say = (list: readonly unknown[]): RequestInit => ({ method: 'POST', body: JSON.stringify(list), headers: { 'content-type': 'application/json' } })
  const namesOf = ({ value }: Asked): readonly unknown[] => (value['atoms'] as readonly Record<string, unknown>[]).map(({ atom_id }) => atom_id)

  describe(`the place suite on ${subject.name}`, () => {
    it('has nothing at first', () => withPlace(async (ask) => {
      expect((await ask('/atoms')).value).toEqual({ atoms: [], next: null })
      expect((await ask('/stats')).value).toEqual({ atoms: 0, unverified: 0, objects: 0, bytes: 0, refs: 0, by_type: {}, by_agent: {}, last_synced_at: null })
      expect((await ask('/verify')).value).toEqual({ ok: true, objects: 0, atoms: 0, bytes: 0, unverified: 0, findings: [], next: null })
      expect((await ask(`/atoms/${nameAt(0)}`)).status).toBe(404)
    }))

    it('lists what was pushed, newest first, page by page, once each', () => withPlace(async (ask, remote) => {
      await fill(remote)
      const all = await ask('/atoms')
      expect(namesOf(all)).toEqual(newestFirst)
      expect((all.value['atoms'] as unknown[])[1]).toMatchObject({ atom_id: nameAt(3), title: 'line 3', status: 'verified', files_known: true, previous_atom: nameAt(2), files: [{ path: 'a.env', change: 'modify' }] })
      const seen: unknown[] = []
      for (let after: unknown = ''; after !== null;) {
        const page = await ask(`/atoms?limit=2${after === '' ? '' : `&after=${encodeURIComponent(String(after))}`}`)
        seen.push(...namesOf(page))
        after = page.value['next']
        expect(seen.length).toBeLessThanOrEqual(5)
      }
      expect(seen).toEqual(newestFirst)
    }))

    it.each([['type=CFG', 5], ['type=DECISION', 0], ['agent=tester', 5], ['agent=test', 0], ['since=2024-11-27T10:27:33.003Z', 2], ['since=2024-11-27', 5], ['since=2024-11-28', 0], ['q=LINE%203', 1], ['q=%25', 0], ['q=_', 0], ["q='", 0], ['type=CFG&agent=tester&q=line', 5]])('finds by %s: %i', (query, count) => withPlace(async (ask, remote) => {
      await fill(remote)
      expect(namesOf(await ask(`/atoms?${query}`))).toHaveLength(count)
    }))

    it('refuses to go on from where it never was', () => withPlace(async (ask) => {
      expect(await ask('/atoms?after=nowhere')).toMatchObject({ status: 400, value: { error: { code: 'INPUT_INVALID' } } })
      expect(await ask('/verify?after=nowhere')).toMatchObject({ status: 400, value: { error: { code: 'INPUT_INVALID' } } })
    }))

    it('finds one by its names, and says when two have the same', () => withPlace(async (ask, remote) => {
      await fill(remote)
      const id = line.atoms[2] as ObjectId
      for (const name of [nameAt(2), digestOf(id), cidText(id)]) expect(await ask(`/atoms/${name}`)).toMatchObject({ status: 200, value: { object: digestOf(id), title: 'line 2' } })
      await remote.put(streamOf(aLine(1, 'other').objects))
      expect(await ask(`/atoms/${nameAt(0)}`)).toMatchObject({ status: 409, value: { error: { code: 'ID_AMBIGUOUS' } } })
    }))

    it('counts, and verifies all of it part by part', () => withPlace(async (ask, remote) => {
      await fill(remote)
      const bytes = line.objects.reduce((sum, object) => sum + object.bytes.length, 0)
      expect((await ask('/stats')).value).toMatchObject({ atoms: 5, unverified: 0, objects: line.objects.length, bytes, refs: 1, by_type: { CFG: 5 }, by_agent: { tester: 5 } })
      const sum = { objects: 0, atoms: 0, bytes: 0 }
      for (let after: unknown = ''; after !== null;) {
        const { value } = await ask(`/verify?limit=4${after === '' ? '' : `&after=${encodeURIComponent(String(after))}`}`)
        expect(value['findings']).toEqual([])
        for (const key of ['objects', 'atoms', 'bytes'] as const) sum[key] += Number(value[key])
        after = value['next']
        expect(sum.objects).toBeLessThanOrEqual(line.objects.length)
      }
      expect(sum).toEqual({ objects: line.objects.length, atoms: 5, bytes })
    }))

    it('keeps words as words until the objects come', () => withPlace(async (ask, remote) => {
      expect((await ask('/atom/sync', say([words(0, { metadata: { a: [1, '\u{1f600}'] }, reason: 'so' }), words(1)]))).value).toEqual({ accepted: 2, known: 0, refused: [] })
      expect((await ask('/atom/sync', say([words(1, { title: 'another' }), words(2), words(2), 7]))).value).toEqual({ accepted: 1, known: 2, refused: [{ atom_id: null, reason: 'it is no object' }] })
      expect((await ask(`/atoms/${nameAt(0)}`)).value).toMatchObject({ title: 'said 0', reason: 'so', agent: 'script', status: 'unverified', files_known: false, metadata: { a: [1, '\u{1f600}'] }, parents: [] })
      expect(namesOf(await ask('/atoms?agent=script&q=SAID'))).toEqual([2, 1, 0].map(nameAt))
      expect((await ask('/stats')).value).toMatchObject({ atoms: 0, unverified: 3, objects: 0 })
      expect((await ask('/verify')).value).toMatchObject({ ok: true, objects: 0, unverified: 3 })
      expect(new Set(await remote.missing(line.atoms))).toEqual(new Set(line.atoms))
      await fill(remote)
      expect((await ask(`/atoms/${nameAt(0)}`)).value).toMatchObject({ title: 'line 0', agent: 'tester', status: 'verified' })
      expect((await ask('/stats')).value).toMatchObject({ atoms: 5, unverified: 0, by_agent: { tester: 5 } })
      expect((await ask('/atom/sync', say([words(0), words(4)]))).value).toEqual({ accepted: 0, known: 2, refused: [] })
      expect((await ask(`/atoms/${nameAt(0)}`)).value).toMatchObject({ title: 'line 0', status: 'verified' })
    }))

    it('takes objects from a script, and knows them the next time', () => withPlace(async (ask) => {
      const body = Buffer.concat([carHeader([]), ...line.objects.map(carBlock)])
      const car = (): RequestInit => ({ method: 'POST', body, headers: { 'content-type': CAR_TYPE } })
      expect((await ask('/atom/sync', car())).value).toEqual({ accepted: 5, known: 0, refused: [] })
      expect((await ask('/atom/sync', car())).value).toEqual({ accepted: 0, known: 5, refused: [] })
      expect(namesOf(await ask('/atoms'))).toEqual(newestFirst)
    }))
  })
}
