// The whole architecture is this list. A room may import the floors before it, and itself; rooms that share a floor do not see each other.
const FLOORS = [
  ['base'], ['codec'], ['object'], ['store'], ['tree'], ['index'], ['refs'], ['history'], ['trail'], ['ops'], ['git'],
  ['exchange', 'views', 'capture', 'agents'], ['app'], ['cli', 'mcp', 'web', 'worker', 'page'],
]

const rooms = (...names) => `^src/(${names.join('|')})/`
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const looksDown = FLOORS.flatMap((floor, height) => floor.map((name) => error(
  `${name}-looks-down`, `src/${name} imports only lower floors and itself.`,
  { path: rooms(name) },
  { path: '^src/', pathNot: rooms(...FLOORS.slice(0, height).flat(), name) },
)))

const oneDoor = (pkg, ...doors) => error(
  `one-door-${pkg.replace(/\W+/g, '-')}`, `${pkg} enters the house at ${doors.join(' or ')} only.`,
  { path: '^src/', pathNot: doors },
  { path: `node_modules/${pkg}/` },
)

module.exports = {
  forbidden: [
    ...looksDown,
    error('no-cycles', 'Two files that need each other are one file, or three.', { path: '^src/' }, { circular: true }),
    error('pure-floors', 'No Node builtin up to ops, the Level adapter apart: time, randomness and files arrive as ports.',
      { path: '^src/(base|codec|object|store(?!/level)|tree|index|refs|history|trail|ops)/' }, { dependencyTypes: ['core'] }),
    error('surfaces-use-app', 'Surfaces speak to app and ops, never to the store. They know how refs and paths are called, and types.',
      { path: rooms('cli', 'mcp', 'web') },
      { path: rooms('store', 'tree', 'index', 'refs', 'exchange', 'views', 'capture', 'agents'), pathNot: ['^src/refs/name', '^src/tree/scope'], dependencyTypesNot: ['type-only'] }),
    error('page-has-no-disk', 'What a reader opens knows no store on a disk.', { path: rooms('page') }, { path: ['^src/app/', '^src/store/level/'] }),
    error('page-has-no-node', 'What a reader opens knows no Node.', { path: rooms('page') }, { dependencyTypes: ['core'] }),
    error('adapters-are-chosen-in-app', 'Only app knows which database is under the floor.',
      { path: '^src/', pathNot: '^src/(app|store/level)/' }, { path: '^src/store/level/' }),
    error('verify-is-independent', 'The checker shares no write path with the thing it checks.',
      { path: '^src/history/verify' }, { path: '^src/(index/|tree/|refs/(?!name)|store/(?!types|keys))' }),
    error('nothing-imports-the-library', 'src/index.ts is for users; nothing inside goes through it.', { path: '^src/' }, { path: '^src/index\\.ts$' }),
    error('src-stands-alone', 'Source never reaches into tests, fixtures or benchmarks.', { path: '^src/' }, { path: '^(test|fixtures|bench)/' }),
    error('packages-are-declared', 'What is imported stands in package.json as a dependency.', { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'], dependencyTypesNot: ['type-only'] }),
    oneDoor('@noble/hashes', '^src/codec/hash'),
    oneDoor('cbor-x', '^src/codec/cbor'),
    oneDoor('commander', '^src/cli/words/parse'),
    oneDoor('level', '^src/store/level/'),
    // The demo makes a sample repository where there is no clone and no git: it writes, where the capture only reads.
    oneDoor('isomorphic-git', '^src/(exchange/git|capture/git|cli/demo)/'),
    oneDoor('yaml', '^src/history/content/structured/'),
    oneDoor('smol-toml', '^src/history/content/structured/', '^src/app/settings/config', '^src/app/settings/toml-edit'),
    oneDoor('chrono-node', '^src/history/date'),
    oneDoor('get-east-asian-width', '^src/cli/terminal/width'),
    oneDoor('ignore', '^src/exchange/worktree/'),
    oneDoor('p-retry', '^src/exchange/try-again'),
    oneDoor('libsql', '^src/views/sqlite/database'),
    // What answers HTTP is the same in a Worker and in `atom serve`: it lies below both.
    oneDoor('hono', '^src/exchange/endpoint/', '^src/(web|worker)/'),
    oneDoor('@hono/node-server', '^src/app/serving/serve', '^src/web/'),
    oneDoor('p-retry', '^src/exchange/try-again'),
    error('no-node-in-a-worker', 'What runs in a Worker has no Node.', { path: '^src/(worker|exchange/endpoint)/|^src/exchange/http/wire' }, { dependencyTypes: ['core'] }),
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' } },
}
