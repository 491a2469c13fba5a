import type { OperationCommand, Parsed, PerformedCommand } from './declaration.js'
import type { Host } from './host.js'
import { isLinesAsync, type Lines } from './output.js'
import type { Options } from './options.js'

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
    return
  }
  await printLines(host, declaration.render(result, output.view, parsed))
  if (declaration.note === undefined) return
  for await (const line of declaration.note(result, output.view, parsed)) output.note(line)
}

async function showStream<Input, Output>(declaration: OperationCommand<readonly string[], Options, Input, Output>, items: AsyncIterable<Output>, call: Call): Promise<number> {
  const { host, parsed } = call
  let code = 0
  const watched = (async function* (): AsyncIterable<Output> {
    for await (const item of items) {
      host.signal.throwIfAborted()
      code = Math.max(code, declaration.exit?.(item, parsed) ?? 0)
      yield item
    }
  })()
  if (declaration.renderStream !== undefined && !host.output.isJson) {
    await printLines(host, declaration.renderStream(watched, host.output.view, parsed))
    return code
  }
  for await (const item of watched) await showOne(declaration, item, call)
  return code
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
  for await (const line of lines) await host.output.line(line)
}

function isStream<Output>(result: Output | AsyncIterable<Output>): result is AsyncIterable<Output> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}
