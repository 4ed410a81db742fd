import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const FILE = fileURLToPath(new URL('../../alerts/alertmanager.yml', import.meta.url))
const TEXT = readFileSync(FILE, 'utf8')

interface Config {
  readonly route: { readonly receiver: string; readonly group_by: readonly string[] }
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[]
    readonly target_matchers: readonly string[]
    readonly equal: readonly string[]
  }[]
  readonly receivers: readonly { readonly name: string }[]
}

const config = parse(TEXT) as Config

/** Fails loudly where amtool is missing: a configuration that nobody loaded is not tested. */
function amtool(...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('amtool', args, { encoding: 'utf8' })
  if (error)
    throw new Error('amtool is needed: apt-get install prometheus-alertmanager', { cause: error })
  if (status !== 0) throw new Error(`amtool ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}

describe('the Alertmanager configuration', { timeout: 30_000 }, () => {
  it('is accepted as it is', () => {
    expect(amtool('check-config', FILE)).toContain('SUCCESS')
  })

  it('is accepted with every example taken out of its comment', () => {
    const examples = TEXT.replace(/^( +)# (?=\s*(- )?[a-z_]+:)/gm, '$1')
    expect((parse(examples) as Config).receivers.map(({ name }) => name)).toEqual([
      'default',
      'pager',
    ])
    const folder = mkdtempSync(path.join(tmpdir(), 'alertmanager-'))
    try {
      const file = path.join(folder, 'alertmanager.yml')
      writeFileSync(file, examples)
      expect(amtool('check-config', file)).toContain('2 receivers')
      const receiverOf = (severity: string) =>
        amtool(
          'config',
          'routes',
          'test',
          `--config.file=${file}`,
          'alertname=MySQLDriftX',
          severity,
        )
      expect(receiverOf('severity=critical')).toBe('pager\n')
      expect(receiverOf('severity=warning')).toBe('default\n')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('sends every alert to a receiver that talks to nobody yet', () => {
    const route = amtool('config', 'routes', 'test', `--config.file=${FILE}`, 'severity=critical')
    expect(route.trim()).toBe('default')
    expect(config.receivers).toEqual([{ name: 'default' }])
  })

  it('groups by alert and replication set', () => {
    expect(config.route.group_by).toEqual(['alertname', 'replication_set'])
  })

  it('mutes only lesser severities of the same alert on the same server', () => {
    expect(config.inhibit_rules).toEqual([
      {
        source_matchers: ['alertname=~"MySQLDrift.+"', 'severity="critical"'],
        target_matchers: ['alertname=~"MySQLDrift.+"', 'severity=~"warning|info"'],
        equal: ['alertname', 'replication_set', 'server'],
      },
    ])
  })
})
