import type { OperationCommand, Parsed, PerformedCommand } from './words/declaration.js'
import type { Host } from './host.js'
import { isLinesAsync, type Lines } from './terminal/output.js'
import type { Options } from './words/options.js'

type Declared<Input, Output> =
  | OperationCommand<readonly string[], Options, Input, Output>
  | PerformedCommand<readonly string[], Options>

/** Runs a declared command: words to input, input to result, result to lines or JSON. Returns the exit code. */
export async function runDeclared<Input, Output>(declaration: Declared<Input, Output>, host: Host, parsed: Parsed): Promise<number> {
  if ('perform' in declaration) return (await declaration.perform(host, parsed)) ?? 0
  const input: unknown = declaration.toInput === undefined ? {} : await declaration.toInput(parsed, host)
  const result = await host.runOperation(declaration.operation, input)
  if (isStream(result)) return showStream(declaration, result, { host, parsed })
  await showOne(declaration, result, { host, parsed })
  return declaration.exit?.(result, parsed) ?? 0
}

interface Call {
  readonly host: Host
  readonly parsed: Parsed
}

async function showOne<Input, Output>(declaration: OperationCommand<readonly string[], Options, Input, Output>, result: Output, call: Call): Promise<void> {
  const { host, parsed } = call
  const { output } = host
  if (output.isJson) {
    await output.json(declaration.json === undefined ? result : declaration.json(result, parsed))
    for await (const line of declaration.aside?.(result) ?? []) output.note(line)
    return
  }
  await printLines(host, declaration.render(result, output.view, parsed))
  if (declaration.note === undefined) return
  for await (const line of declaration.note(result, output.view, parsed)) output.note(line)
}

async function showStream<Input, Output>(declaration: OperationCommand<readonly string[], Options, Input, Output>, items: AsyncIterable<Output>, call: Call): Promise<number> {
  const { host, parsed } = call
  let code = 0
  const watched = watch(items, (item) => {
    host.signal.throwIfAborted()
    code = Math.max(code, declaration.exit?.(item, parsed) ?? 0)
  })
  if (declaration.renderStream !== undefined && !host.output.isJson) {
    await printLines(host, declaration.renderStream(watched, host.output.view, parsed))
    return code
  }
  for await (const item of watched) await showOne(declaration, item, call)
  return code
}

/** Shows each item to a listener as it passes. By hand: a generator in between costs long lists a fifth of their time. */
function watch<Item>(items: AsyncIterable<Item>, listener: (item: Item) => void): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = items[Symbol.asyncIterator]()
      return {
        async next() {
          const step = await iterator.next()
          if (step.done !== true) {
            try {
              listener(step.value)
            } catch (error) {
              await iterator.return?.()
              throw error
            }
          }
          return step
        },
        return: async (value) => iterator.return?.(value) ?? { done: true, value: undefined },
      }
    },
  }
}

/** Prints lines, waiting whenever the reader is slower. */
async function printLines(host: Host, lines: Lines): Promise<void> {
  if (!isLinesAsync(lines)) {
    for (const line of lines) {
      const blocked = host.output.line(line)
      if (blocked !== undefined) await blocked
    }
    return
  }
  for await (const line of lines) {
    const blocked = host.output.line(line)
    if (blocked !== undefined) await blocked
  }
}

function isStream<Output>(result: Output | AsyncIterable<Output>): result is AsyncIterable<Output> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}
