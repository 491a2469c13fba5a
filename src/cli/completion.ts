/** Completion scripts for bash, zsh and fish, made of the declarations. Refs are asked for while typing: `atom __complete refs`. */
import { positionalTerm } from './command.js'
import type { Command } from './words/declaration.js'
import type { LoadedCommand } from './load.js'
import { longName, type OptionDeclaration } from './words/options.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What the shell offers for a value: refs of the store, types of ATOMs, agents' names, files, given words, or nothing. */
type Source = { readonly is: 'refs' | 'types' | 'agents' | 'files' | 'nothing' } | { readonly is: 'words'; readonly words: readonly string[] }

interface Offer {
  /** `bisect start`; a group's own path has its subcommands as words. */
  readonly path: string
  readonly summary: string
  readonly options: readonly { readonly words: readonly string[]; readonly summary: string; readonly value: Source | undefined }[]
  readonly next: readonly { readonly word: string; readonly summary: string }[]
  readonly rest: Source
}

const GLOBALS: Offer['options'] = [
  { words: ['-C'], summary: 'Run as if started there', value: { is: 'files' } },
  { words: ['--branch'], summary: 'Work on this branch', value: { is: 'refs' } },
  { words: ['--json'], summary: 'Print JSON', value: undefined },
  { words: ['-q', '--quiet'], summary: 'Leave out status lines', value: undefined },
  { words: ['-v', '--verbose'], summary: 'Say more', value: undefined },
  { words: ['--no-color'], summary: 'No colours', value: undefined },
  { words: ['--no-pager'], summary: 'Do not page', value: undefined },
  { words: ['-h', '--help'], summary: 'Show help', value: undefined },
]

/** Returns the script that a shell has to evaluate. */
export function completionScript(shell: Shell, commands: readonly LoadedCommand[]): string {
  const offers = [rootOffer(commands), ...commands.flatMap(toOffers)]
  switch (shell) {
    case 'bash':
      return bashScript(offers)
    case 'zsh':
      return zshScript(offers)
    case 'fish':
      return fishScript(offers)
  }
}

function rootOffer(commands: readonly LoadedCommand[]): Offer {
  return { path: '', summary: '', options: [{ words: ['--version'], summary: 'Show the version', value: undefined }], next: commands.map(({ command }) => ({ word: command.name, summary: command.summary })), rest: { is: 'types' } }
}

function toOffers(loaded: LoadedCommand): readonly Offer[] {
  const { command, path } = loaded
  const own: Offer = {
    path, summary: command.summary,
    options: Object.entries(command.options).filter(([, option]) => option.hidden !== true).flatMap(([key, option]) => toOfferOptions(key, option)),
    next: loaded.subcommands.map(({ command: sub }) => ({ word: sub.name, summary: sub.summary })),
    rest: restOf(command),
  }
  return [own, ...command.aliases.map((alias) => ({ ...own, path: alias })), ...loaded.subcommands.flatMap(toOffers)]
}

function toOfferOptions(key: string, option: OptionDeclaration<unknown>): Offer['options'] {
  const long = longName(key)
  const value = option.value === undefined || option.bare !== undefined ? undefined : sourceOf(option.value, option.choices ?? [])
  const short = option.short === undefined ? [] : [`-${option.short}`]
  const positive = { words: [...short, long], summary: option.summary, value }
  return option.negatable === true ? [positive, { words: [long.replace('--', '--no-')], summary: `Not: ${option.summary}`, value: undefined }] : [positive]
}

function restOf(command: Command): Source {
  const words = command.positionals.flatMap(({ choices }) => choices)
  if (words.length > 0) return { is: 'words', words }
  const [first] = command.positionals.map((positional) => sourceOf(positionalTerm(positional), [])).filter((source) => source.is !== 'nothing')
  return first ?? (command.afterDashes === undefined ? { is: 'nothing' } : { is: 'files' })
}

function sourceOf(term: string, choices: readonly string[]): Source {
  if (choices.length > 0) return { is: 'words', words: choices }
  if (/\b(REV|REF|BRANCH|TAG|BAD|GOOD|A|B|FROM)\b/.test(term)) return { is: 'refs' }
  if (/\b(TYPE|T)\b/.test(term)) return { is: 'types' }
  if (/\bAGENT\b/.test(term)) return { is: 'agents' }
  return /PATH|FILE|DIR|FOLDER|CMD/.test(term) ? { is: 'files' } : { is: 'nothing' }
}

function allOptions(offer: Offer): Offer['options'] {
  return [...offer.options, ...GLOBALS]
}

/** Wraps a text in single quotes for a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function bashScript(offers: readonly Offer[]): string {
  const paths = offers.map((offer) => {
    const options = allOptions(offer)
    const valued = options.filter(({ value }) => value !== undefined)
    const values = valued.map(({ words, value }) => `        ${words.join('|')}) ${bashSource(value ?? { is: 'nothing' })}; return ;;`)
    return `    ${quote(offer.path)})
      case "$previous" in
${values.join('\n')}
      esac
      options=${quote(options.flatMap(({ words }) => words).join(' '))}
      next=${quote(offer.next.map(({ word }) => word).join(' '))}
      rest() { ${bashSource(offer.rest)}; }
      ;;`
  })
  return `# bash completion of atom: source <(atom completion bash)
# compgen -W would run what a ref's name says in \$(): such words are compared and quoted here instead.
_atom_ask() {
  local word
  while IFS= read -r word; do
    [[ $word == "$current"* ]] && { printf -v word %q "$word"; COMPREPLY+=("$word"); }
  done < <(atom __complete "$1" 2>/dev/null)
}
_atom_files() {
  local word
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
}
_atom() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word options='' next='' index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      -C|--branch) ((index++)); continue ;;
      --) _atom_files; return ;;
      -*) continue ;;
    esac
    case "\${path:+$path }$word" in
      ${offers.filter(({ path }) => path !== '').map(({ path }) => quote(path)).join('|')}) path="\${path:+$path }$word" ;;
      *) [[ -n $path ]] && break ;;
    esac
  done
  rest() { :; }
  case "$path" in
${paths.join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -n $next ]]; then
    COMPREPLY=($(compgen -W "$next" -- "$current"))
    [[ $current == [A-Z]* ]] && rest
  else
    rest
  fi
  unset -f rest
}
complete -o default -F _atom atom
`
}

function bashSource(source: Source): string {
  switch (source.is) {
    case 'nothing':
      return ':'
    case 'files':
      return '_atom_files'
    case 'words':
      return `COMPREPLY+=($(compgen -W ${quote(source.words.join(' '))} -- "$current"))`
    default:
      return `_atom_ask ${source.is}`
  }
}

function zshScript(offers: readonly Offer[]): string {
  const cases = offers.map((offer) => {
    const options = allOptions(offer)
    const described = options.flatMap(({ words, summary }) => words.map((word) => quote(`${word}:${summary.replaceAll(':', ' ')}`)))
    const values = options.filter(({ value }) => value !== undefined).map(({ words, value }) => `        ${words.join('|')}) ${zshSource(value ?? { is: 'nothing' })}; return ;;`)
    return `    ${quote(offer.path)})
      case "$previous" in
${values.join('\n')}
      esac
      options=(${described.join(' ')})
      next=(${offer.next.map(({ word, summary }) => quote(`${word}:${summary.replaceAll(':', ' ')}`)).join(' ')})
      if [[ $current == -* ]]; then _describe option options
      elif (( $#next )) && [[ $current != [A-Z]* ]]; then _describe command next
      else ${zshSource(offer.rest)}
      fi
      ;;`
  })
  return `#compdef atom
# zsh completion of atom: source <(atom completion zsh)
_atom_ask() { local -a found; found=(\${(f)"$(atom __complete $1 2>/dev/null)"}); compadd -a found }
_atom() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" joined='' index word
  local -a options next
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    case "$word" in
      -C|--branch) ((index++)); continue ;;
      --) _files; return ;;
      -*) continue ;;
    esac
    case "\${joined:+$joined }$word" in
      ${offers.filter(({ path }) => path !== '').map(({ path }) => quote(path)).join('|')}) joined="\${joined:+$joined }$word" ;;
      *) [[ -n $joined ]] && break ;;
    esac
  done
  case "$joined" in
${cases.join('\n')}
  esac
}
compdef _atom atom
`
}

function zshSource(source: Source): string {
  switch (source.is) {
    case 'nothing':
      return ':'
    case 'files':
      return '_files'
    case 'words':
      return `compadd ${source.words.map(quote).join(' ')}`
    default:
      return `_atom_ask ${source.is}`
  }
}

function fishScript(offers: readonly Offer[]): string {
  const lines = offers.flatMap((offer) => {
    const when = `-n ${fishQuote(`test (_atom_path) = "${offer.path}"`)}`
    const rest = fishSource(offer.rest)
    return [
      ...offer.next.map(({ word, summary }) => `complete -c atom -f ${when} -a ${fishQuote(word)} -d ${fishQuote(summary)}`),
      ...(rest === undefined || offer.path === '' ? [] : [`complete -c atom ${when} ${rest}`]),
      ...offer.options.map(({ words, summary, value }) => {
        const names = words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(' ')
        const source = value === undefined ? '' : ` -r ${fishSource(value) ?? '-f'}`
        return `complete -c atom ${when} ${names}${source} -d ${fishQuote(summary)}`
      }),
    ]
  })
  return `# fish completion of atom: atom completion fish | source
function _atom_path
    set -l known ${offers.filter(({ path }) => path !== '').map(({ path }) => fishQuote(path)).join(' ')}
    set -l path ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -C --branch
                set skip 1
            case '-*'
            case '*'
                set -l longer (string trim -- "$path $word")
                if contains -- $longer $known
                    set path $longer
                else if test -n "$path"
                    break
                end
        end
    end
    echo "$path"
end
${GLOBALS.map(({ words, summary, value }) => `complete -c atom ${words.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`)).join(' ')}${value === undefined ? '' : ` -r ${fishSource(value) ?? ''}`} -d ${fishQuote(summary)}`).join('\n')}
${lines.join('\n')}
`
}

function fishSource(source: Source): string | undefined {
  switch (source.is) {
    case 'nothing':
      return undefined
    case 'files':
      return '-F'
    case 'words':
      return `-f -a ${fishQuote(source.words.join(' '))}`
    default:
      return `-f -a ${fishQuote(`(atom __complete ${source.is} 2>/dev/null)`)}`
  }
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
