/**
 * npm run build: clean dist, type check and emit, bundle the command line, keep the code that V8 compiled for it.
 *
 *     node build.mjs            all of it; fails on a type error
 *     node build.mjs --bundle   only the bundle and its cache
 *
 * docs/starting.md says why it is done this way.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules, createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'
import { keepCode } from './build-cache.mjs'

const ROOT = dirname(fileURLToPath(import.meta.url))
const OUT = join(ROOT, 'dist/bundle')
const require = createRequire(import.meta.url)

/** In the first bundle, with all that they need; every other package gets a bundle of its own, read when it is used. */
const CORE = ['commander', 'get-east-asian-width', 'level', 'classic-level', 'abstract-level', 'level-supports', 'level-transcoder',
  'maybe-combine-errors', 'module-error', 'is-buffer', 'buffer', 'base64-js', 'ieee754', 'cbor-x', '@noble/hashes']
/**
 * Those of CORE that many usual commands get by without: their code runs when something in them is first made. A name of a class becomes a function that makes
 * one, so `instanceof` does not work. cbor-x is taken without its streams and its native addon, which gains nothing at the size of our objects.
 */
const CORE_LAZY = {
  'commander': { from: 'commander', classes: ['Command', 'Option', 'InvalidArgumentError'] },
  'cbor-x': { from: 'cbor-x/index-no-eval', classes: ['Encoder', 'Tag'] },
}
const MAIN = 'src/cli/main.ts'
/** What agents call most, and what those commands load by themselves, the server of those that last longer than 100 ms too. Anything else is only a little slower. */
const USUAL = [...['add', 'log', 'show', 'branch', 'status', 'version'].map((name) => `src/cli/commands/${name}.ts`), 'src/app/run.ts', 'src/app/owner/server.ts', 'src/ops/look/file-diffs.ts', 'src/exchange/worktree/changes.ts']
/** Native, or too entangled with its own files: left in node_modules. */
const LEFT = ['libsql', 'cbor-extract', 'node-gyp-build']
/** Built-in modules that Node has not loaded by itself at start: read when first used. */
const HEAVY = ['assert', 'child_process', 'crypto', 'dgram', 'dns', 'fs/promises', 'http', 'http2', 'https', 'inspector', 'net', 'os', 'readline',
  'readline/promises', 'stream', 'stream/promises', 'timers/promises', 'tls', 'tty', 'v8', 'vm', 'worker_threads', 'zlib']

const COMMON = {
  bundle: true, platform: 'node', format: 'cjs', target: 'node20', charset: 'ascii', legalComments: 'none', write: true,
  minify: true, logLevel: 'warning',
  // `import()` becomes a lazy require, so that the code cache covers it too.
  supported: { 'dynamic-import': false },
  // The bundle is one function expression, which bin/atom.js calls.
  banner: { js: '(function(exports,require,module,__filename,__dirname){' },
  footer: { js: '\n})' },
  define: { 'import.meta.url': '__moduleUrl' },
}

/** Getters instead of a module: it is read when a member is first asked for. */
function lazyModule(path, names) {
  const members = names.filter((name) => name !== 'default' && name !== '__esModule').map((name) => JSON.stringify(name))
  return `for (const name of [${members.join(',')}]) Object.defineProperty(exports, name, { enumerable: true, get: () => require(${JSON.stringify(path)})[name] })`
}

const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    const filter = new RegExp(`^(node:)?(${HEAVY.map((name) => name.replace('/', '\\/')).join('|')})$`)
    build.onResolve({ filter }, ({ path, namespace }) => (namespace === 'lazy-builtin' ? { path, external: true } : { path: path.replace('node:', ''), namespace: 'lazy-builtin' }))
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({ contents: lazyModule(path, Object.keys(require(path))), resolveDir: ROOT }))
  },
}

/** LevelDB's addon by the path that was right at build time; looked up again where that one is not for this machine. */
const addon = {
  name: 'addon',
  setup(build) {
    // All it wants of fs/promises, which takes 3 ms to load, is mkdir.
    build.onLoad({ filter: /node_modules[\\/]classic-level[\\/]index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const light = source.replace("require('fs/promises')", "{ mkdir: require('util').promisify(require('fs').mkdir) }")
      if (light === source || /fsp\.(?!mkdir)/.test(source)) throw new Error('classic-level uses fs/promises in another way: look at build.mjs')
      return { contents: light, resolveDir: dirname(path) }
    })
    build.onLoad({ filter: /node_modules[\\/]classic-level[\\/]binding\.js$/ }, ({ path }) => {
      const found = require('node-gyp-build').path(dirname(path))
      return { contents: `
        const machine = process.platform + '-' + process.arch
        function open() {
          if (machine !== ${JSON.stringify(`${process.platform}-${process.arch}`)}) return undefined
          const module = { exports: {} }
          try { process.dlopen(module, require('path').join(__dirname, ${JSON.stringify(relative(OUT, found))})) } catch { return undefined }
          return module.exports
        }
        module.exports = open() ?? require('node-gyp-build')(require('path').dirname(require('module').createRequire(__filename).resolve('classic-level/package.json')))`, resolveDir: dirname(path) }
    })
  },
}

/** Packages outside CORE: a bundle each. `found` collects what has to be built. */
const vendor = (found) => ({
  name: 'vendor',
  setup(build) {
    build.onResolve({ filter: /^[@a-z]/i }, async ({ path, namespace, importer }) => {
      const name = path.split('/').slice(0, path.startsWith('@') ? 2 : 1).join('/')
      if (path.startsWith('node:') || builtinModules.includes(path)) return undefined
      if (LEFT.includes(name) || namespace === 'vendor') return { path, external: true }
      if (Object.hasOwn(CORE_LAZY, path) && namespace !== 'lazy-core') return { path, namespace: 'lazy-core' }
      if (CORE.includes(name) || importer.includes('node_modules')) return undefined
      found.add(path)
      return { path, namespace: 'vendor' }
    })
    build.onResolve({ filter: /^\.\/vendor\//, namespace: 'vendor' }, ({ path }) => ({ path, external: true }))
    build.onLoad({ filter: /.*/, namespace: 'lazy-core' }, ({ path }) => ({
      contents: CORE_LAZY[path].classes.map((name) => `export function ${name}(...words){return new(require(${JSON.stringify(CORE_LAZY[path].from)}).${name})(...words)}`).join(';'), resolveDir: ROOT,
    }))
    build.onLoad({ filter: /.*/, namespace: 'vendor' }, async ({ path }) => {
      const members = await import(path)
      const names = Object.keys(members).filter((name) => name !== 'module.exports')
      const file = JSON.stringify(vendorFile(path))
      // Real exports, since parts are cut as ES modules; the part with them runs when it is first asked for.
      return { contents: `const m=require(${file});${names.map((name) => (name === 'default' ? 'export default m.default' : `export const ${name}=m.${name}`)).join(';')}`, resolveDir: ROOT }
    })
  },
})

function vendorFile(path) {
  return `./vendor/${path.replace(/[@/.]+/g, '-').replace(/^-/, '')}.cjs`
}

/** What a bundle begins with: its own address, without loading `url` where a path is nearly one already, and a clock that does not load `perf_hooks`. */
const PRELUDE = `var __moduleUrl=process.platform==="win32"?require("url").pathToFileURL(__filename).href:"file://"+encodeURI(__filename).replace(/[?#]/g,encodeURIComponent);
var __clock={now(){var t=process.hrtime();return t[0]*1e3+t[1]/1e6}};`

function withPrelude(options) {
  return { ...options, banner: { js: options.banner.js + PRELUDE }, define: { ...options.define, 'performance.now': '__clock.now' } }
}

/**
 * The command line in two bundles: what the usual commands load, and the rest, which is read when something in it is first asked for. V8 takes time for every
 * function that a bundle has, used or not. A first pass cuts the sources into parts, none of which is in both; a second one joins them.
 */
async function buildParts(folder, plugins) {
  const cut = join(folder, 'parts')
  const { metafile } = await build({
    ...COMMON, banner: {}, footer: {}, supported: {}, format: 'esm', splitting: true, metafile: true, outdir: cut, chunkNames: '[name]-[hash]', plugins, absWorkingDir: ROOT,
    entryPoints: [MAIN, ...USUAL], outbase: ROOT,
  })
  // Their package is one of type module, in which a part that another bundle asks for would lose its default export: see `__toESM` of esbuild.
  writeFileSync(join(cut, 'package.json'), '{}')
  const parts = new Map(Object.entries(metafile.outputs).map(([path, part]) => [relative(cut, join(ROOT, path)), part]))
  const usual = new Set()
  const take = (name) => {
    if (usual.has(name)) return
    usual.add(name)
    for (const { path, kind, external } of parts.get(name).imports) if (kind === 'import-statement' && external !== true) take(relative(cut, join(ROOT, path)))
  }
  for (const [name, { entryPoint }] of parts) if ([MAIN, ...USUAL].includes(entryPoint)) take(name)
  const main = [...parts].find(([, { entryPoint }]) => entryPoint === MAIN)[0]
  const rest = [...parts.keys()].filter((name) => !usual.has(name))
  await joinParts(folder, { cut, name: 'atom', main, names: [...usual], isHere: (name) => usual.has(name) })
  await joinParts(folder, { cut, name: 'rest', names: rest, isHere: (name) => !usual.has(name) })
  rmSync(cut, { recursive: true })
}

/** Joins parts to a bundle that gives each of them by name; those of the other bundle are asked for as `part:NAME`. */
async function joinParts(folder, { cut, name, main, names, isHere }) {
  const elsewhere = {
    name: 'elsewhere',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const part = relative(cut, join(resolveDir, path))
        return isHere(part) ? undefined : { path: `part:${part}`, external: true }
      })
    },
  }
  const given = names.map((part) => `${JSON.stringify(`part:${part}`)}: () => require(${JSON.stringify(`./${part}`)})`)
  await build(withPrelude({
    ...COMMON, outfile: join(folder, `${name}.cjs`), plugins: [elsewhere], define: {},
    stdin: { contents: `${main === undefined ? '' : `export { main } from ${JSON.stringify(`./${main}`)}\n`}export const parts = {${given.join(',')}}`, resolveDir: cut, sourcefile: `${name}.js` },
  }))
}

async function bundle(folder) {
  const found = new Set()
  const missing = new Set()
  // Only for work in progress: the whole build has a type check before it, which refuses this.
  const unwritten = {
    name: 'unwritten',
    setup(build) {
      build.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, importer, resolveDir }) => {
        if (importer.includes('node_modules') || !importer.endsWith('.ts') || existsSync(join(resolveDir, path.replace(/\.js$/, '.ts')))) return undefined
        missing.add(relative(ROOT, join(resolveDir, path)))
        return { path, external: true }
      })
    },
  }
  mkdirSync(join(folder, 'vendor'), { recursive: true })
  await buildParts(folder, [unwritten, lazyBuiltins, addon, vendor(found)])
  for (const path of found) {
    const names = Object.keys(await import(path)).filter((name) => name !== 'module.exports')
    await build(withPrelude({
      ...COMMON, outfile: join(folder, vendorFile(path)), external: LEFT, plugins: [lazyBuiltins],
      stdin: { contents: `export { ${names.join(', ')} } from ${JSON.stringify(path)}`, resolveDir: ROOT, sourcefile: 'vendor.mjs' },
    }))
  }
  // esbuild leaves regular expressions as they are, and bundles are read as latin1.
  for (const file of [join(folder, 'atom.cjs'), join(folder, 'rest.cjs'), ...readdirSync(join(folder, 'vendor')).map((name) => join(folder, 'vendor', name))]) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`))
  }
  if (missing.size > 0) console.warn(`left out, not written yet: ${[...missing].join(', ')}`)
}

/** The program of the thread that fills views, found beside the bundle by the address that it has beside its source. */
async function buildThread(folder) {
  await build({ ...COMMON, banner: {}, footer: {}, define: {}, format: 'esm', entryPoints: [join(ROOT, 'src/views/sqlite/load-thread.ts')], outfile: join(folder, 'load-thread.js'), external: LEFT })
}

/** The page that `export html` puts a trail into: one file with its program and its looks inside, and nothing else that would run. */
async function buildPage() {
  const { outputFiles: [script] } = await build({
    entryPoints: [join(ROOT, 'src/page/main.ts')], bundle: true, platform: 'browser', format: 'iife', target: 'es2022', charset: 'ascii', minify: true, legalComments: 'none', write: false, logLevel: 'warning',
    // The policy of the page allows no eval.
    alias: { 'cbor-x': 'cbor-x/index-no-eval' },
  })
  const { code: style } = await transform(readFileSync(join(ROOT, 'src/page/page.css'), 'utf8'), { loader: 'css', minify: true })
  const hash = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`
  const parts = { 'script': script.text, 'style': style, 'script-hash': hash(script.text), 'style-hash': hash(style) }
  const page = readFileSync(join(ROOT, 'src/page/page.html'), 'utf8').replace(/\{\{([a-z-]+)\}\}/g, (_, name) => parts[name])
  mkdirSync(join(ROOT, 'dist/page'), { recursive: true })
  writeFileSync(join(ROOT, 'dist/page/trail.html'), page)
}

/** The Worker that `remote init-worker` lays out: one module that workerd loads. */
async function buildWorker() {
  await build({
    entryPoints: [join(ROOT, 'src/worker/worker.ts')], outfile: join(ROOT, 'dist/worker/worker.js'), allowOverwrite: true, bundle: true, platform: 'browser', conditions: ['workerd', 'worker'], format: 'esm', target: 'es2022',
    charset: 'ascii', minify: true, legalComments: 'none', logLevel: 'warning',
    // A Worker may not make code at run time.
    alias: { 'cbor-x': 'cbor-x/index-no-eval' },
  })
  rmSync(join(ROOT, 'dist/worker/worker.js.map'), { force: true })
}

const [mode] = process.argv.slice(2)
if (mode !== '--bundle') {
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true })
  const types = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', ROOT], { stdio: 'inherit' })
  if (types.status !== 0) process.exit(types.status ?? 1)
  // What runs in a browser knows a document, and nothing of Node.
  const page = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', join(ROOT, 'src/page')], { stdio: 'inherit' })
  if (page.status !== 0) process.exit(page.status ?? 1)
}
// Built beside its place and moved there whole: a command that starts meanwhile sees the old one or the new one.
const fresh = `${OUT}-${process.pid}`
await bundle(fresh)
await buildThread(fresh)
await buildPage()
await buildWorker()
keepCode(fresh)
rmSync(OUT, { recursive: true, force: true })
renameSync(fresh, OUT)
