/** What of a set outlives a restart or a change of its configuration. Pure. */
import { createHash } from 'node:crypto'
import type { ServerConfig, SetConfig } from '../config/config.ts'
import { type CheckName, TABLE_CHECKS, type TableCheck } from '../domain.ts'
import type { ChannelStatus, Identity } from '../mysql/dialect.ts'
import type { Membership } from '../mysql/membership.ts'
import type { VariableReading } from '../mysql/variables.ts'
import type { SchemaDifference, SchemaUnknown } from '../report.ts'
import { type Standing, standingAt } from '../state.ts'
import { isIncluded } from '../table-pattern.ts'
import type { Sight } from '../topology.ts'
import type { CheckMemories, CheckMemory } from './check-runs.ts'
import type { SchemaLook, SetContext } from './context.ts'
import type { TableMemory } from './table-store.ts'

export interface SetMemory {
  readonly name: string
  /** Start of the last pass over the contents; null = there was none. */
  readonly passStartedAt: Date | null
  /** Of what is compared at all: when it changes, that pass says too little. */
  readonly comparedAs: string
  readonly servers: readonly ServerMemory[]
  readonly schemaDifferences: readonly LinkDifferences[]
  readonly tables: readonly TableMemory[]
}

/** Without it nobody would know, while this server is away, whose replica it is. */
export interface ServerMemory {
  readonly name: string
  readonly address: string
  readonly identity: Identity | null
  readonly membership: Membership | null
  /** Without their lag and failures, which are never true any more. */
  readonly channels: readonly ChannelStatus[] | null
  readonly wasReplica: boolean
  readonly schemaRead: boolean
  readonly variables: VariableReading | null
  readonly checks: CheckMemories
}

/** What was confirmed to differ between the definitions on the ends of one link, and what nobody could tell. */
export interface LinkDifferences {
  readonly replica: string
  readonly channel: string
  readonly source: string
  readonly differences: readonly SchemaDifference[]
  readonly unknown: readonly SchemaUnknown[]
}

export const NO_MEMORY: SetMemory = {
  name: '',
  passStartedAt: null,
  comparedAs: '',
  servers: [],
  schemaDifferences: [],
  tables: [],
}

/** Positions of walks are those of now; what is in it goes on changing. */
export function remember(context: SetContext): SetMemory {
  const { config, passStartedAt } = context
  return {
    name: config.name,
    passStartedAt,
    comparedAs: comparedAs(config),
    servers: serverMemories(context),
    schemaDifferences: [...context.schemaDifferences].map(([key, differences]) => {
      const [replica, channel, source] = JSON.parse(key) as [string, string, string]
      const { unknown = [] } = context.schemaLooks.get(key) ?? {}
      return { replica, channel, source, differences, unknown }
    }),
    tables: context.tables.remember(),
  }
}

/** Equal items, one by one: there is nothing new to be remembered. `verdicts` counts news. */
export function changesOf(context: SetContext): {
  readonly verdicts: number
  readonly items: readonly unknown[]
} {
  const { all, verdicts } = context.tables.changes
  const chunks = [...context.facts.values()].map(({ server }) => server.load.chunksChecked)
  return {
    verdicts,
    items: [
      context.config.name,
      all,
      context.passStartedAt,
      JSON.stringify(serverMemories(context).map(withoutNewerSuccesses)),
      ...chunks,
      ...context.schemaDifferences.values(),
      ...context.schemaLooks.values(),
    ],
  }
}

/** A success every 15 s is no reason to write a large file as often: the shortest wait of CheckStale is as long. */
const SUCCESS_STEP_MS = 300_000

function withoutNewerSuccesses(memory: ServerMemory) {
  const checks = Object.entries(memory.checks).map(([check, { dueSince, lastSuccess }]) => [
    check,
    dueSince,
    Math.floor((lastSuccess?.getTime() ?? 0) / SUCCESS_STEP_MS),
  ])
  return { ...memory, checks }
}

function serverMemories({ facts, runs }: SetContext): ServerMemory[] {
  return [...facts.values()].map(({ server: { config }, sight, schemaRead, variables }) => ({
    name: config.name,
    address: config.address,
    identity: sight.identity,
    membership: sight.membership,
    channels:
      sight.channels?.map((channel) => ({ ...channel, lagSeconds: null, workersFailed: null })) ??
      null,
    wasReplica: sight.wasReplica,
    schemaRead,
    variables,
    checks: runs.memories(config.name),
  }))
}

/** The last that was seen of a server; behind another address there may be another server. */
export function sightOf({ servers }: SetMemory, config: ServerConfig): Sight {
  const { identity = null, membership = null, channels = null } = whereItWas(servers, config) ?? {}
  const wasReplica = servers.some((known) => known.name === config.name && known.wasReplica)
  return { config, identity, membership, channels, wasReplica }
}

export function rememberedVariables(
  { servers }: SetMemory,
  config: ServerConfig,
  checks: readonly CheckName[],
): VariableReading | null {
  if (!checks.includes('variables')) return null
  return whereItWas(servers, config)?.variables ?? null
}

/** A check that was not asked for meanwhile begins anew. */
export function rememberedChecks(
  { servers }: SetMemory,
  config: ServerConfig,
  checks: readonly CheckName[],
): CheckMemories {
  const known = Object.entries(whereItWas(servers, config)?.checks ?? {}) as [
    CheckName,
    CheckMemory,
  ][]
  return Object.fromEntries(known.filter(([check]) => checks.includes(check)))
}

/** undefined = it is behind another address now. */
function whereItWas(
  servers: SetMemory['servers'],
  { name, address }: ServerConfig,
): ServerMemory | undefined {
  return servers.find((known) => known.name === name && known.address === address)
}

/** What the configuration still asks for; what is on a server that was moved is looked at anew. */
export function rememberedTables(
  { tables, servers }: SetMemory,
  config: SetConfig,
  checks: readonly CheckName[],
  now: Date,
): TableMemory[] {
  const enabled = TABLE_CHECKS.filter((check) => checks.includes(check))
  const moved = new Set(
    config.servers
      .filter((server) => whereItWas(servers, server) === undefined)
      .map(({ name }) => name),
  )
  return tables
    .filter(({ id, standings }) => {
      const wasExcluded = enabled.some((check) => standings[check]?.reason === 'excluded')
      return (
        isConfigured(config, id.server, id.source) &&
        isIncluded(config.tables, id.schema, id.table) !== wasExcluded
      )
    })
    .map((memory) => ({
      ...memory,
      passedAt:
        moved.has(memory.id.server) || moved.has(memory.id.source ?? '') ? null : memory.passedAt,
      standings: Object.fromEntries(
        enabled.map((check): [TableCheck, Standing] => [
          check,
          memory.standings[check] ?? standingAt('unknown', 'not_yet', now),
        ]),
      ),
    }))
}

export function rememberedDifferences(
  memory: SetMemory,
  config: SetConfig,
): Map<string, readonly SchemaDifference[]> {
  return new Map(
    rememberedLinks(memory, config).map((link): [string, readonly SchemaDifference[]] => [
      keyOf(link),
      link.differences.filter(
        ({ schema, table }) => table === null || isIncluded(config.tables, schema, table),
      ),
    ]),
  )
}

/** They are read anew: what was known of both ends then says nothing of now. */
export function rememberedLooks(memory: SetMemory, config: SetConfig): Map<string, SchemaLook> {
  return new Map(
    rememberedLinks(memory, config).map((link) => [
      keyOf(link),
      { unknown: link.unknown, compared: null },
    ]),
  )
}

function rememberedLinks({ schemaDifferences }: SetMemory, config: SetConfig) {
  return schemaDifferences.filter(({ replica, source }) => isConfigured(config, replica, source))
}

function keyOf({ replica, channel, source }: LinkDifferences): string {
  return JSON.stringify([replica, channel, source])
}

/** The pass to be gone on with; null = nothing of it counts. */
export function rememberedPass(memory: SetMemory, config: SetConfig): Date | null {
  return memory.comparedAs === comparedAs(config) ? memory.passStartedAt : null
}

function comparedAs({ tables: { ignoreColumns, where } }: SetConfig): string {
  const text = JSON.stringify([[...ignoreColumns].sort(), [...where].sort()])
  return createHash('sha256').update(text).digest('hex')
}

function isConfigured({ servers }: SetConfig, replica: string, source: string | null): boolean {
  const names = servers.map(({ name }) => name)
  return names.includes(replica) && (source === null || names.includes(source))
}
