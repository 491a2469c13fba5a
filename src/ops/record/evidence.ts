/** Evidence as it comes in → evidence as it is recorded, with its captured contents as objects. */
import { BATCH_MAX_BYTES } from '../../base/limits.js'
import type { Evidence, EvidencePhase } from '../../object/body.js'
import type { SealedObject } from '../../object/seal.js'
import { sealContent } from '../../store/content.js'
import { bytes, type Check, count, filledText, invalid, listOf, oneOf, optional, record, text, withoutSign } from '../check.js'
import type { Repo } from '../repo.js'

export interface EvidenceInput {
  readonly name: string
  readonly phase: EvidencePhase
  readonly command?: readonly string[] | undefined
  readonly path?: string | undefined
  readonly exitCode?: number | undefined
  readonly durationMs?: number | undefined
  readonly content?: Uint8Array | undefined
  readonly value?: number | string | undefined
  readonly unit?: string | undefined
}

export const evidenceInput: Check<EvidenceInput> = record<EvidenceInput>({
  name: filledText, phase: oneOf('before', 'after', 'other'), command: optional(listOf(text)), path: optional(text), exitCode: optional(integer),
  durationMs: optional(count), content: optional(bytes), value: optional(textOrNumber), unit: optional(text),
})

function integer(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw invalid(field, value, 'a whole number')
  return withoutSign(value)
}

function textOrNumber(value: unknown, field: string): string | number {
  if (typeof value !== 'number') return text(value, field)
  if (!Number.isFinite(value)) throw invalid(field, value, 'a finite number')
  return withoutSign(value)
}

/** Returns the evidence of a body. Contents above 1 MiB are written ahead; the others are returned for the ATOM's own batch. */
export async function sealEvidence(repo: Repo, inputs: readonly EvidenceInput[]): Promise<{ readonly list: readonly Evidence[]; readonly objects: readonly SealedObject[] }> {
  const list: Evidence[] = []
  const objects: SealedObject[] = []
  for (const { content, ...rest } of inputs) {
    const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<Evidence, 'content'>
    if (content === undefined) {
      list.push(known)
      continue
    }
    const sealed = sealContent(content)
    if (sealed.objects.length > 1) await putAheadInBatches(repo, sealed.objects)
    else objects.push(...sealed.objects)
    list.push({ ...known, content: sealed.id })
  }
  return { list, objects }
}

/** Writes contents ahead of their ATOM in synced batches of at most 8 MiB. */
export async function putAheadInBatches(repo: Repo, objects: readonly SealedObject[]): Promise<void> {
  let batch: SealedObject[] = []
  let sizeBytes = 0
  for (const object of objects) {
    if (sizeBytes + object.bytes.length > BATCH_MAX_BYTES && batch.length > 0) {
      await repo.writer.putAhead(batch)
      batch = []
      sizeBytes = 0
    }
    batch.push(object)
    sizeBytes += object.bytes.length
  }
  if (batch.length > 0) await repo.writer.putAhead(batch)
}
