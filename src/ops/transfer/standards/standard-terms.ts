/** What PROV and OpenTelemetry both ask of an ATOM. */
import { TIME_MIN_MS } from '../../../base/limits.js'
import type { AtomRecord } from '../../../trail/record.js'

/** Tells a person by the name: `user:NAME`, or one of several words, as authors of imported commits have. */
export function isPerson(agent: string): boolean {
  return agent.startsWith('user:') || /\s/.test(agent)
}

/** Returns when the work began that an ATOM records the end of: as long before as the longest command took. */
export function startMs({ header, body }: AtomRecord): number {
  const longestMs = (body?.evidence ?? []).reduce((most, { durationMs = 0 }) => Math.max(most, durationMs), 0)
  return Math.max(TIME_MIN_MS, header.timeMs - longestMs)
}
