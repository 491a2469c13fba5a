/** The lines of a transcript on their way into the trail: gathered until an ATOM takes them, cut into chunks, large ones written ahead. */
import { createContentBuilder, type ContentBuilder } from '../../../store/content.js'
import type { SealedObject } from '../../../object/seal.js'
import type { KeptLines } from './transcript-unit.js'

export interface GatheredLines {
  /** Takes a line, or a part of one. `said`: something in it belongs to the ATOM that comes; other lines wait for what follows them. */
  add(line: { readonly number: number; readonly bytes: Uint8Array; readonly what: 'said' | 'other' }): Promise<void>
  /** Returns what was gathered: up to the last line that said something, or all of it. */
  take(what: 'said' | 'all'): Promise<KeptLines | undefined>
  /** Forgets what an ATOM has already that is there. */
  drop(what: 'said' | 'all'): void
}

interface Said { readonly builder: ContentBuilder; readonly from: number; to: number }

/** Lines that wait for what follows are held up to this; then they go to what was before. */
const WAITING_MAX_BYTES = 1_048_576

export function gatherLines(keep: (objects: readonly SealedObject[]) => Promise<void>): GatheredLines {
  let said: Said | undefined
  let waiting: { readonly number: number; readonly bytes: Uint8Array }[] = []
  let waitingBytes = 0
  const put = async (number: number, bytes: Uint8Array): Promise<void> => {
    said ??= { builder: createContentBuilder(), from: number, to: number }
    said.to = number
    const full = said.builder.add(bytes)
    if (full.length > 0) await keep(full)
  }
  const settle = async (): Promise<void> => {
    for (const { number, bytes } of waiting) await put(number, bytes)
    waiting = []
    waitingBytes = 0
  }
  return {
    async add({ number, bytes, what }) {
      waiting.push({ number, bytes })
      waitingBytes += bytes.length
      if (what === 'said' || waitingBytes > WAITING_MAX_BYTES) await settle()
    },
    async take(what) {
      if (what === 'all') await settle()
      if (said === undefined) return undefined
      const { builder, from, to } = said
      said = undefined
      const { id, objects } = builder.end()
      await keep(objects)
      return { content: id, from, to }
    },
    drop(what) {
      said = undefined
      if (what === 'said') return
      waiting = []
      waitingBytes = 0
    },
  }
}
