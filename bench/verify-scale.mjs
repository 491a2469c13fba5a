/**
 * Verify at full size: makes a store of N typical ATOMs in bulk (default 1,000,000; 60-character title, 120-character reason, two metadata fields,
 * one influence; every tenth changes a file), then verifies it in a process of its own and prints its rate and peak memory.
 *
 *     node bench/verify-scale.mjs [ATOMS] [--keep DIR]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const MODULES = ['refs/transaction', 'ops/record-draft', 'store/level/level-store', 'store/objects', 'store/content', 'history/verify/verify', 'tree/read', 'base/ports', 'codec/object-id']
const PER_OP = 1_000

async function load(folder) {
  const out = join(folder, 'program.mjs')
  await build({
    stdin: { contents: MODULES.map((name) => `export * from ${JSON.stringify(join(ROOT, 'src', `${name}.ts`))}`).join('\n'), resolveDir: ROOT },
    bundle: true, platform: 'node', format: 'esm', outfile: out, logLevel: 'error', external: ['level', 'cbor-x', '@noble/hashes'],
  })
  return out
}

async function make(program, store, atoms) {
  const { createWriter, stageDraft, openLevelStore, META, EMPTY_TREE, sealContent, digestOf } = await import(program)
  const database = await openLevelStore(store, { createIfMissing: 'yes', workload: 'bulk' })
  let nowMs = Date.UTC(2020, 0, 1)
  const writer = createWriter({ store: database, clock: { nowMs: () => nowMs } })
  await database.write({ puts: [[META.format, Uint8Array.of(1)], [META.store, crypto.getRandomValues(new Uint8Array(16))]], deletes: [] }, 'sync')
  let last
  const started = performance.now()
  for (let made = 0; made < atoms;) {
    await writer.transact({ agent: 'bench', command: 'add' }, (tx) => {
      if (made === 0) {
        tx.edit({ ref: 'HEAD', expected: undefined, next: { is: 'symbolic', ref: 'refs/heads/main' } })
        tx.put(EMPTY_TREE)
      }
      for (let index = 0; index < PER_OP && made < atoms; index++, made++) {
        nowMs += 60_000
        const content = made % 10 === 0 ? sealContent(new TextEncoder().encode(`value ${made}\n`)) : undefined
        const atom = stageDraft(tx, {
          type: made % 10 === 0 ? 'CFG' : 'DECISION', agent: `agent-${made % 7}`, timeMs: nowMs,
          influencedBy: last === undefined ? [] : [{ object: digestOf(last) }],
          body: { title: `decision ${made} `.padEnd(60, 't'), reason: `because of ${made} `.padEnd(120, 'r'), metadata: { ticket: made, area: 'bench' } },
          files: content === undefined ? new Map() : new Map([[`project/conf/g${made / 10 % 5}/f${made / 10 % 20}.env`, { mode: 0o100644, link: content.id }]]),
          objects: content?.objects ?? [], layout: [],
        }, { ref: 'refs/heads/main', command: 'add', salt: crypto.getRandomValues(new Uint8Array(16)) })
        last = atom.id
      }
    })
  }
  console.log(JSON.stringify({ made: atoms, seconds: (performance.now() - started) / 1_000 }))
  await database.compact({ gte: Uint8Array.of(0), lt: Uint8Array.of(255) })
  await database.close()
}

async function check(program, store) {
  const { openLevelStore, verifyStore, silentReporter } = await import(program)
  const idle = process.memoryUsage.rss()
  const database = await openLevelStore(store)
  const before = process.cpuUsage()
  let samples = 0
  const peaks = { heapUsed: 0, external: 0, arrayBuffers: 0 }
  const sample = () => {
    if (samples++ % 50 !== 0) return
    const now = process.memoryUsage()
    for (const key of Object.keys(peaks)) peaks[key] = Math.max(peaks[key], Math.round(now[key] / 1_048_576))
  }
  const started = performance.now()
  const result = await verifyStore({ records: database, random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) }, reporter: { ...silentReporter, progress: sample }, signal: new AbortController().signal })
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(before)
  if (process.platform === 'linux') console.error(readFileSync('/proc/self/status', 'utf8').match(/^(VmHWM|RssAnon|RssFile).*$/gm).join(' '))
  await database.close()
  const errors = result.findings.filter(({ severity }) => severity === 'error').slice(0, 3)
  console.log(JSON.stringify({
    ok: result.ok, atoms: result.atoms, objects: result.objects, seconds, objectsPerSecond: Math.round(result.objects / seconds), cpuSeconds: (user + system) / 1e6,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024), idleMb: Math.round(idle / 1_048_576), peaks, errors,
  }))
}

const [mode, ...rest] = process.argv.slice(2)
if (mode === '--make') await make(rest[0], rest[1], Number(rest[2]))
else if (mode === '--check') await check(rest[0], rest[1])
else {
  const atoms = Number(mode ?? 1_000_000)
  const keep = rest[0] === '--keep' ? rest[1] : undefined
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'atom-verify-scale-'))
  const scratch = mkdtempSync(join(ROOT, 'node_modules/.atom-bench-'))
  try {
    const program = pathToFileURL(await load(scratch)).href
    for (const step of ['--make', '--check']) {
      const ran = spawnSync(process.execPath, [fileURLToPath(import.meta.url), step, program, join(folder, 'store'), String(atoms)], { stdio: 'inherit', env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined } })
      if (ran.status !== 0) process.exitCode = 1
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
    if (keep === undefined) rmSync(folder, { recursive: true, force: true })
  }
}
