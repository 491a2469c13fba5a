/** What a thread does that fills a database: it does one step after the other, and answers each. Started by `loader.ts` alone. */
import { parentPort, workerData } from 'node:worker_threads'
import { faultOf, openSteps, type Fault, type LoadStep } from './load-steps.js'
import type { SqlValue } from './database.js'

/** The first answer says that the file is open, each other one answers a step. */
export type LoadAnswer = { readonly value: SqlValue | undefined } | { readonly fault: Fault }

function answer(work: () => SqlValue | undefined): void {
  let said: LoadAnswer
  try {
    said = { value: work() }
  } catch (error) {
    said = { fault: faultOf(error) }
  }
  parentPort?.postMessage(said)
}

answer(() => {
  const steps = openSteps((workerData as { readonly file: string }).file)
  parentPort?.on('message', (step: LoadStep | 'close') => {
    answer(() => {
      if (step !== 'close') return steps.perform(step)
      steps.close()
      return undefined
    })
  })
  return undefined
})
