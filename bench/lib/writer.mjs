/** A process of `writers.mjs`: loads the library, says so, waits for a word, records until the time is over, says what each recording took. */
import { openStore } from './library.mjs'
import { reason, title } from './history.mjs'

const { cwd, owner, seconds, number } = JSON.parse(process.argv[2])
const store = await openStore(cwd, { owner })
const input = (index) => ({ type: 'CFG', title: title(index), reason: reason(index), metadata: { writer: number, index }, agent: `writer-${number}` })
await (await import('../../dist/ops/record/add.js')).add.check(input(0))
process.stdout.write('ready\n')
for await (const _ of process.stdin) break
const ms = []
const end = performance.now() + seconds * 1_000
for (let index = 0; performance.now() < end; index++) {
  const start = performance.now()
  await store.add(input(index))
  ms.push(performance.now() - start)
}
await store.close()
process.stdout.write(`${JSON.stringify({ ms: ms.map((each) => Number(each.toFixed(3))) })}\n`)
