/** A program that has the library loaded, run as a child process by the fault tests: records, says what was acknowledged, one line each. */
import { writeSync } from 'node:fs'
import { silentReporter } from '../../src/base/ports.js'
import { openSession } from '../../src/app/session.js'
import { add } from '../../src/ops/record/add.js'
import type { AddResult } from '../../src/ops/record/add.js'

export interface ActorTask {
  readonly cwd: string
  readonly name: string
  readonly count: number
  readonly owner: 'auto' | 'never'
  /** Calls under way at the same time. */
  readonly together?: number
  /** Text of about so many bytes in each, as evidence. */
  readonly evidenceBytes?: number
  readonly pauseMs?: number
  /** Says nothing: for worker threads, whose output would be this process's. */
  readonly isQuiet?: boolean
  /** Stays after the last one until stdin ends. */
  readonly stays?: boolean
}

const task = JSON.parse(process.argv[2] ?? '{}') as ActorTask
const context = { cwd: task.cwd, env: process.env, reporter: { ...silentReporter, warn: (message: string) => process.stderr.write(`warning: ${message}\n`) }, signal: new AbortController().signal }
const session = await openSession(context, { owner: task.owner })

async function recordOne(index: number): Promise<void> {
  const startMs = performance.now()
  const title = `${task.name} ${String(index)}`
  const evidence = task.evidenceBytes === undefined ? [] : [{ name: 'output', phase: 'other', content: new Uint8Array(Buffer.alloc(task.evidenceBytes, `${title} `)) }]
  const { atom } = await session.run(add, { type: 'TASK', title, reason: 'because it was measured, and what was measured shall be remembered by all', metadata: { index, by: task.name }, evidence }) as AddResult
  if (task.isQuiet !== true) writeSync(1, `${JSON.stringify({ title, atomId: atom.header.atomId, object: atom.id.slice(2), ms: performance.now() - startMs })}\n`)
}

const together = task.together ?? 1
for (let index = 0; index < task.count; index += together) {
  await Promise.all(Array.from({ length: Math.min(together, task.count - index) }, (_, offset) => recordOne(index + offset)))
  if (task.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, task.pauseMs))
}
if (task.stays === true) {
  writeSync(1, '{"done":true}\n')
  await new Promise((resolve) => process.stdin.on('end', resolve).resume())
}
await session.close()
