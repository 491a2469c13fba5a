import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { afterFailure, PAUSE_MAX_MS, readPushState, writePushState, type PushState } from '../../../src/app/sending/push-state.js'

const folder = mkdtempSync(join(tmpdir(), 'atom-push-state-'))
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

it('is there only between a failure and the next success', () => {
  expect(readPushState(folder)).toBeUndefined()
  const state = { failures: 1, nextMs: 5, message: 'away' }
  writePushState(folder, state)
  expect([readPushState(folder), readdirSync(join(folder, 'run'))]).toEqual([state, ['push.json']])
  writePushState(folder, undefined)
  expect([readPushState(folder), readdirSync(join(folder, 'run'))]).toEqual([undefined, []])
})

it('of a torn file is that something waits', () => {
  mkdirSync(join(folder, 'run'), { recursive: true })
  for (const text of ['{"fail', '{}', '[]']) {
    writeFileSync(join(folder, 'run/push.json'), text)
    expect(readPushState(folder)).toMatchObject({ nextMs: 0 })
  }
})

it('waits twice as long after each failure, up to half a minute', () => {
  const pauses: number[] = []
  let state: PushState | undefined
  for (let count = 0; count < 40; count++) {
    state = afterFailure(state, 'away', 1_000_000)
    pauses.push(state.nextMs - 1_000_000)
  }
  expect([pauses.slice(0, 6), pauses.at(-1), state?.failures]).toEqual([[1_000, 2_000, 4_000, 8_000, 16_000, PAUSE_MAX_MS], PAUSE_MAX_MS, 40])
})
