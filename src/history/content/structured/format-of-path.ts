import type { StructuredFormat } from './document.js'

const BY_EXTENSION: ReadonlyMap<string, readonly StructuredFormat['name'][]> = new Map([
  ['env', ['env']],
  ['conf', ['env', 'ini']],
  ['cfg', ['ini']],
  ['ini', ['ini']],
  ['json', ['json']],
  ['toml', ['toml']],
  ['yml', ['yaml']],
  ['yaml', ['yaml']],
] as const)

/** Returns the formats to try for a path, by its name alone: `.env`, `.env.local`, `x.env`, `.json` and so on. Loads nothing. */
export function formatsOfPath(path: string): readonly StructuredFormat['name'][] {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  if (name === '.env' || name.startsWith('.env.')) return ['env']
  const dot = name.lastIndexOf('.')
  return dot === -1 ? [] : BY_EXTENSION.get(name.slice(dot + 1)) ?? []
}

/** Loads a format; yaml and toml bring their packages only then. */
export async function loadFormat(name: StructuredFormat['name']): Promise<StructuredFormat> {
  switch (name) {
    case 'env': return (await import('./env.js')).ENV_FORMAT
    case 'ini': return (await import('./ini.js')).INI_FORMAT
    case 'json': return (await import('./json.js')).JSON_FORMAT
    case 'toml': return (await import('./toml.js')).TOML_FORMAT
    case 'yaml': return (await import('./yaml.js')).YAML_FORMAT
  }
}
