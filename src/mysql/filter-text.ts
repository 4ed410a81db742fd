/** Replication filters as the settings that make them, for people. Pure. */
import type { ChannelRules, LogRules } from './filters.ts'

/** `binlog_do_db=shop`; '' = all is logged. */
export function logRulesText({ doDb, ignoreDb }: LogRules): string {
  return settingsText({ binlog_do_db: doDb, binlog_ignore_db: ignoreDb })
}

/** `replicate_ignore_db=tmp`; '' = there are none. null = there is something that cannot be told. */
export function channelRulesText(rules: ChannelRules): string | null {
  const told = settingsText({
    replicate_do_db: rules.doDb,
    replicate_ignore_db: rules.ignoreDb,
    replicate_do_table: rules.doTable,
    replicate_ignore_table: rules.ignoreTable,
    replicate_wild_do_table: rules.wildDoTable,
    replicate_wild_ignore_table: rules.wildIgnoreTable,
    replicate_rewrite_db: rules.rewrite.map(({ from, to }) => `${from}->${to}`),
  })
  return told === '' && rules.isOpaque ? null : told
}

function settingsText(lists: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(lists)
    .filter(([, names]) => names.length > 0)
    .map(([setting, names]) => `${setting}=${names.join(',')}`)
    .join(' ')
}
