import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { isRunning, thisProcess } from '../../../src/app/owner/process-name.js'

it('names this process so that it is told from every other one', async () => {
  const [pid = '', start = '', space = ''] = thisProcess().split(' ')
  expect([pid, /^\d+$/.test(start), /^\d+$/.test(space)]).toEqual([String(process.pid), true, true])
  expect(isRunning(pid, start)).toBe(true)
  expect(isRunning(pid, String(Number(start) + 1_000))).toBe(false)
  expect(isRunning('no pid', start)).toBe(false)
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.on('close', resolve))
  expect(isRunning(String(child.pid), start)).toBe(false)
})
