/** What push and fetch say: one line for each ref that moved or was refused, then what was sent or taken. */
import { digestOf, type ObjectId } from '../../codec/object-id.js'
import type { FetchedRef } from '../../exchange/sync/fetch-plan.js'
import type { FetchResult } from '../../exchange/sync/fetch.js'
import type { PushedRef } from '../../exchange/sync/push-plan.js'
import type { PushResult } from '../../exchange/sync/push.js'
import type { Refusal } from '../../exchange/sync/refusal.js'
import { OPS, REMOTES, shortRefName, TAGS } from '../../refs/name.js'
import { formatTime } from '../../trail/atom-json.js'
import type { Line, Span } from '../terminal/output.js'
import { amount, counted } from './verify.js'

const SHORT = 10

function short(id: ObjectId | undefined): string {
  return id === undefined ? '' : digestOf(id).slice(0, SHORT)
}

/** `a1b2c3..d4e5f6`, or what is new about it. */
function moveSpans({ before, after, change }: Pick<PushedRef, 'before' | 'after'> & { readonly change: string }, ref: string): readonly Span[] {
  if (change === 'new') return [['added', ref.startsWith(TAGS) ? 'new tag    ' : 'new branch '], ['id', short(after)]]
  if (change === 'forced') return [['changed', 'forced     '], ['id', `${short(before)} → ${short(after)}`]]
  if (change === 'kept') return [['warn', 'kept       '], ['id', short(before)]]
  return [['plain', 'forward    '], ['id', `${short(before)}..${short(after)}`]]
}

function refusedLine({ ref, message }: Refusal): Line {
  return [['warn', ' refused    '], ['branch', shortRefName(ref)], ['plain', `: ${message}`]]
}

export function renderPush(result: PushResult): readonly Line[] {
  const moved = result.refs.filter(({ change }) => change !== 'same')
  const head: Line = [['plain', result.isDryRun ? 'would push to ' : 'to '], ['remote', result.remote ?? result.location], ...locationSpans(result)]
  const refused = result.refused.map(refusedLine)
  if (moved.length === 0 && refused.length === 0) return [[['plain', result.objects === 0 ? 'everything is there already: ' : 'only the operation log was behind: '], ['remote', result.remote ?? result.location]]]
  return [head, ...moved.map((ref): Line => [['plain', ' '], ...moveSpans(ref, ref.ref), ['plain', ' '], ['branch', shortRefName(ref.ref)]]), ...refused]
}

function locationSpans({ remote, location }: { readonly remote: string | undefined; readonly location: string }): readonly Span[] {
  return remote === undefined || remote === location ? [] : [['dim', ` (${location})`]]
}

/** Returns what was sent, for stderr. */
export function pushNote({ isDryRun, atoms, objects, bytes }: PushResult): readonly Line[] {
  if (isDryRun) return [[['dim', `${counted(atoms, 'ATOM')} would be looked at`]]]
  return objects === 0 ? [] : [[['dim', `sent ${counted(atoms, 'ATOM')}, ${counted(objects, 'object')}, ${amount(bytes)} bytes`]]]
}

export function renderFetch(result: FetchResult): readonly Line[] {
  const moved = result.refs.filter(({ change, name }) => change !== 'same' && !name.startsWith(OPS))
  const lines: Line[] = [
    ...moved.map((ref): Line => [['plain', ' '], ...moveSpans(ref, ref.name), ['plain', ' '], ['branch', shortRefName(ref.name)], ...landedSpans(ref)]),
    ...result.refused.map(refusedLine),
    ...result.odd.map(({ name, reason }): Line => [['warn', ' left out   '], ['branch', name.slice(0, 200)], ['plain', ` (${reason})`]]),
    ...result.offered.map(({ object, role, reason, timeMs }): Line => [['warn', ' erased     '], ['plain', `a ${role}, there, at ${formatTime(timeMs)} (${reason}): to follow, `], ['command', `atom forget --accept ${digestOf(object)}`]]),
  ]
  if (lines.length === 0) return [[['plain', 'nothing new: '], ['remote', result.remote]]]
  return [[['plain', 'from '], ['remote', result.remote], ...locationSpans(result)], ...lines]
}

function landedSpans({ ref, name }: FetchedRef): readonly Span[] {
  return ref.startsWith(REMOTES) && ref !== name ? [['plain', ' → '], ['remote', ref.slice(REMOTES.length)]] : []
}

export function fetchNote({ objects, atoms, bytes }: FetchResult): readonly Line[] {
  return objects === 0 ? [] : [[['dim', `took ${counted(atoms, 'ATOM')}, ${counted(objects, 'object')}, ${amount(bytes)} bytes, all verified`]]]
}

function digestOrNull(id: ObjectId | undefined): string | null {
  return id === undefined ? null : digestOf(id)
}

function refusalJson({ ref, code, message }: Refusal): unknown {
  return { ref, code, message }
}

export function pushJson(result: PushResult): unknown {
  return {
    remote: result.remote ?? null, location: result.location, dry_run: result.isDryRun,
    refs: result.refs.map(({ ref, before, after, change }) => ({ ref, change, before: digestOrNull(before), after: digestOf(after) })),
    refused: result.refused.map(refusalJson), atoms: result.atoms, objects: result.objects, bytes: result.bytes,
  }
}

export function fetchJson(result: FetchResult): unknown {
  return {
    remote: result.remote, location: result.location,
    refs: result.refs.map(({ name, ref, before, after, change }) => ({ name, ref, change, before: digestOrNull(before), after: digestOf(after) })),
    refused: result.refused.map(refusalJson), left_out: result.odd,
    receipts: result.offered.map(({ object, role, reason, timeMs }) => ({ object: digestOf(object), role, reason, time: formatTime(timeMs) })),
    atoms: result.atoms, objects: result.objects, bytes: result.bytes,
  }
}
