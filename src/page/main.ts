/** What runs when a page that `atom export html` made is opened: reads the trail that is in it, verifies it, shows it. It asks no network for anything. */
import { lineBytes } from '../exchange/bundle/page.js'
import type { ExpectedRef } from '../exchange/bundle/verify-bundle.js'
import type { Random } from '../base/ports.js'
import { byId, element } from './dom.js'
import { judgeTrail, readTrail, type ReadTrail } from './read-trail.js'
import { showTimeline } from './show-timeline.js'
import { showHeads, showVerdict } from './show-verdict.js'
import { readTimeline } from './timeline.js'

const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }

/** Yields the bytes between the two lines; throws the number of a line that is not as it was written. */
async function* carChunks(): AsyncIterable<Uint8Array> {
  const text = byId('trail').textContent
  let line = 0
  for (let at = text.startsWith('\n') ? 1 : 0; at < text.length; line++) {
    const end = text.indexOf('\n', at)
    const bytes = lineBytes(text.slice(at, end === -1 ? text.length : end))
    if (bytes === undefined) throw new Error(`line ${String(line + 1)} of the trail in this page is not base64 as it was written`)
    yield bytes
    at = end === -1 ? text.length : end + 1
  }
}

function showFailure(thrown: unknown): void {
  const place = byId('verdict')
  place.className = 'broken'
  place.replaceChildren(element('h2', '', '1 error found'), element('p', '', thrown instanceof Error ? thrown.message : String(thrown)))
}

async function saveCar(): Promise<void> {
  const parts: BlobPart[] = []
  for await (const bytes of carChunks()) parts.push(bytes as Uint8Array<ArrayBuffer>)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(parts, { type: 'application/vnd.ipld.car' }))
  link.download = 'trail.car'
  link.click()
  URL.revokeObjectURL(link.href)
}

async function judge(trail: ReadTrail, expected: readonly ExpectedRef[]): Promise<void> {
  showVerdict(await judgeTrail(trail, random, expected))
}

async function main(): Promise<void> {
  const trail = await readTrail(carChunks())
  const refs = trail.bundle?.refs ?? new Map()
  await judge(trail, [])
  const timeline = readTimeline(trail.objects, trail.objectIds)
  showHeads(refs, (expected) => { judge(trail, expected).catch(showFailure) })
  showTimeline(timeline, refs, '')
  const search = byId('search') as HTMLInputElement
  search.addEventListener('input', () => showTimeline(timeline, refs, search.value.trim()))
  byId('save').addEventListener('click', () => { saveCar().catch(showFailure) })
}

main().catch(showFailure)
