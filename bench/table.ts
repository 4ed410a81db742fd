/** sysbench's table, and who writes to it. */
export const SCHEMA = 'sbtest'
export const TABLE = 'sbtest1'

/** Without a password: that MySQL takes over TCP without TLS, and the servers listen on loopback alone. */
export const WRITER = 'bench'
