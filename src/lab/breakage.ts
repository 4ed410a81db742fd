/** Applies faults and remembers them beside the servers, so that they can be undone by another command later. */
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Fault, Site } from './fault.ts'
import { faultCalled } from './faults.ts'
import type { Lab } from './lab.ts'
import { readJson, writeJson } from './record.ts'
import { anyTable, type TableName } from './table.ts'

/** A fault that is in force. */
export interface Breakage {
  readonly fault: string
  readonly server: string
  readonly table: TableName | null
}

/**
 * @param table by default one that has rows and a primary key.
 * @returns what was broken, `undo` of which makes it good again.
 * @throws {UserError} when that fault cannot happen there.
 */
export async function breakServer(
  lab: Lab,
  wanted: { readonly fault: string; readonly server: string; readonly table?: TableName },
): Promise<Breakage & { undo(): Promise<void> }> {
  const fault = faultCalled(wanted.fault)
  const site = await siteOf(lab, fault, wanted)
  await fault.apply(site)
  const breakage = { fault: fault.name, server: site.server.name, table: site.table }
  remember(lab, [...breakagesOf(lab), breakage])
  return { ...breakage, undo: () => undo(lab, breakage) }
}

/** Those in force, oldest first. */
export function breakagesOf(lab: Lab): readonly Breakage[] {
  return readJson<Breakage[]>(fileOf(lab)) ?? []
}

export async function undo(lab: Lab, breakage: Breakage): Promise<void> {
  await faultCalled(breakage.fault).undo({
    lab,
    server: lab.server(breakage.server),
    table: breakage.table,
  })
  remember(
    lab,
    breakagesOf(lab).filter((one) => !isSame(one, breakage)),
  )
}

async function siteOf(
  lab: Lab,
  fault: Fault,
  wanted: { readonly server: string; readonly table?: TableName },
): Promise<Site> {
  const server = lab.server(wanted.server)
  if (!fault.flavors.includes(lab.flavor)) {
    throw new UserError(`${fault.name} happens to ${fault.flavors.join(', ')} only`)
  }
  if (fault.happensTo !== 'any server' && server.sources.length === 0) {
    throw new UserError(`${fault.name} happens to replicas, and ${server.name} is none`)
  }
  if (fault.happensTo !== 'a table of a replica') return { lab, server, table: null }
  return { lab, server, table: wanted.table ?? (await anyTable(server)) }
}

function isSame(one: Breakage, other: Breakage): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function remember(lab: Lab, breakages: readonly Breakage[]): void {
  writeJson(fileOf(lab), breakages)
}

function fileOf(lab: Lab): string {
  return join(lab.folder, 'faults.json')
}
