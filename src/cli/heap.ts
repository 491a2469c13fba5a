/**
 * Keeps the memory of commands that last small. V8 lets a heap grow to about four times what lives in it before it looks for garbage: 300 MiB and more
 * where a long trail streams by. Only the process of a command is set so; who uses the library has a heap of their own.
 */
const AFTER_MS = 200
const GROWING_PERCENT = 50

/** From a moment on; commands that end before it pay nothing. */
export function boundHeap(): Disposable {
  const timer = setTimeout(() => { process.getBuiltinModule('node:v8').setFlagsFromString(`--heap-growing-percent=${String(GROWING_PERCENT)}`) }, AFTER_MS)
  timer.unref()
  return { [Symbol.dispose]: () => { clearTimeout(timer) } }
}
