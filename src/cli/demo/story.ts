/** The texts of the demo's story: a crashing GPU, found and mended by four agents. */

export const GAMING_CONF = '.config/environment.d/gaming.conf'
export const INTENT_FOLDER = '.config/gaming-intent'

export interface Game {
  readonly file: string
  readonly title: string
  readonly proton: readonly string[]
}

/** Five games, each with the Proton versions that it went through. */
export const GAMES: readonly Game[] = [
  { file: 'cyberpunk2077.env', title: 'Cyberpunk 2077', proton: ['GE-Proton8-32', 'GE-Proton9-1', 'GE-Proton9-4', 'GE-Proton9-20'] },
  { file: 'bg3.env', title: 'Baldur\'s Gate 3', proton: ['GE-Proton8-25', 'GE-Proton9-2', 'GE-Proton9-7', 'GE-Proton9-18'] },
  { file: 'eldenring.env', title: 'Elden Ring', proton: ['Proton-8.0-5', 'Proton-9.0-1', 'Proton-9.0-3', 'GE-Proton9-16'] },
  { file: 'hades2.env', title: 'Hades II', proton: ['Proton-8.0-4', 'Proton-9.0-2', 'GE-Proton9-5', 'GE-Proton9-11'] },
  { file: 'factorio.env', title: 'Factorio', proton: ['native', 'native', 'Proton-9.0-1', 'native'] },
]

export const AGENTS: readonly string[] = ['claude-code', 'qwen', 'user:ann', 'perplexity']

/** What commands print that most machines lack; recorded from these texts, and labelled so. */
export const STORY_OUTPUTS: { readonly [command: string]: string } = {
  'rpm-ostree status': [
    'State: idle', 'Deployments:', '* ostree-image-signed:docker://ghcr.io/ublue-os/bazzite:stable (index: 0)',
    '                  Version: 41.20241125 (2024-11-25T05:12:09Z)', '',
  ].join('\n'),
  'printenv | grep RADV': 'RADV_DEBUG=debug\nRADV_PERFTEST=gpl,nggc\n',
  'lspci | grep VGA': '05:00.0 VGA compatible controller: AMD/ATI Picasso/Raven 2 [Radeon Vega Series / Radeon Vega Mobile Series] (rev c2)\n',
  'journalctl -b': [
    'Nov 27 09:41:02 bazzite kernel: radeon 0000:05:00.0: GPU fault detected: 146 0x0000480c',
    'Nov 27 09:44:37 bazzite kernel: radeon 0000:05:00.0: GPU fault detected: 146 0x0000480c',
    'Nov 27 09:48:10 bazzite mesa[2211]: warning: shader cache: unknown RADV_DEBUG option "debug"', '',
  ].join('\n'),
}

/** The check of the bisect: 0 while the configuration is good. */
export const CHECK_SCRIPT: string = `#!/bin/sh
# Good while no invalid RADV_DEBUG value is set.
! grep -q '^RADV_DEBUG=debug$' "$ATOM_HOME_FILES/${GAMING_CONF}" 2>/dev/null
`

/** The text for upstream: it cites the measurements before and after. */
export function pullRequest(before: string, after: string): string {
  return [
    '# Refuse unknown values of RADV_DEBUG',
    '',
    `RADV_DEBUG=debug is no valid value. With it: 3 crashes in 10 minutes (${before}).`,
    `Without it: 0 crashes in 2 hours, dmesg clean, games launch, +15 % FPS (${after}).`,
    'The whole chain is attached as JSON lines.',
    '',
  ].join('\n')
}
