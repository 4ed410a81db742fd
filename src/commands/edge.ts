/** What a command gets of the world around the process. */
export interface Edge {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTerminal: boolean
  /** Standard output and standard error; both take text with its newlines. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly onSignal: (signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM', handler: () => void) => void
  readonly exitNow: (code: number) => void
}
