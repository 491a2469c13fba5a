import { expect, it } from 'vitest'
import { filesBelow, textOf, withoutComments } from './sources.js'

/** What only named files may use, with the reason each may. */
const RULES: readonly { readonly call: RegExp; readonly instead: string; readonly allowed: { readonly [file: string]: string } }[] = [
  { call: /\bDate\.now\(|\bnew Date\(\)/, instead: 'the Clock port', allowed: {
    'src/app/node-ports.ts': 'it is the clock',
    'src/app/owner/guard.ts': 'it compares with the times of files and processes',
    'src/app/owner/process-name.ts': 'a process is named by when it began',
    'src/app/owner/queue.ts': 'it compares with the times of marks on the disk',
    'src/app/sending/sender.ts': 'it waits until a moment that another process wrote down',
    'src/exchange/worktree/capture.ts': 'it compares with the times of files',
    'src/exchange/worktree/apply.ts': 'it compares with the times of files',
    'src/cli/node-host.ts': 'it shows times relative to now',
  } },
  { call: /\bMath\.random\(/, instead: 'the Random port', allowed: {
    'src/app/owner/queue.ts': 'waits of random length, so that waiting processes do not meet again',
    'src/app/owner/residency.ts': 'the same',
  } },
  { call: /\bprocess\.exit\(/, instead: 'a return to main', allowed: {
    'src/cli/main.ts': 'signals and a reader that is gone end the program there',
    'src/cli/run-in-folder.ts': 'a signal that ends this program ends the command first, and what waits for the exit clears up',
  } },
  { call: /\bconsole\./, instead: 'the output', allowed: { 'src/worker/worker.ts': 'the one way to the log that Cloudflare keeps' } },
  { call: /\beval\(|\bnew Function\(/, instead: 'nothing', allowed: {} },
]

it.each(RULES)('$call stands only where it may: elsewhere $instead', ({ call, allowed }) => {
  const users = filesBelow('src').filter((file) => call.test(withoutComments(textOf(file))))
  expect(users.filter((file) => allowed[file] === undefined)).toEqual([])
  expect(Object.keys(allowed).filter((file) => !users.includes(file)), 'no longer needed').toEqual([])
})
