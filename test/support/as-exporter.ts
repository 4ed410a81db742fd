/** Real servers as the exporter is connected to them. */
import type { LabServer } from '../../src/lab/server.ts'
import { EXPORTER_ACCOUNT } from '../../src/lab/start.ts'
import { type OwnedSession, openSession } from '../../src/mysql/session.ts'

export function openAsExporter({ name, socketPath }: LabServer): OwnedSession {
  return openSession({
    server: { name, endpoint: { socketPath }, address: socketPath, role: null },
    credentials: EXPORTER_ACCOUNT,
    tls: { mode: 'off', caFile: null },
    connectTimeoutMs: 5_000,
    queryTimeoutMs: 60_000,
  })
}

export async function asExporter<T>(
  server: LabServer,
  work: (session: OwnedSession) => Promise<T>,
): Promise<T> {
  const session = openAsExporter(server)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
