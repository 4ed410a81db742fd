/** SHOW REPLICA STATUS by version, as the servers print it: recorded, shortened to what may matter. */
import type { Row } from '../../src/mysql/query.ts'

export const UUID = '3e11fa47-71ca-11e1-9e33-c80aa9429562'

const FILTERS = {
  Replicate_Do_DB: '',
  Replicate_Ignore_DB: '',
  Replicate_Do_Table: '',
  Replicate_Ignore_Table: '',
  Replicate_Wild_Do_Table: '',
  Replicate_Wild_Ignore_Table: '',
} as const satisfies Row

const ERRORS = {
  Last_Errno: '0',
  Last_Error: '',
  Last_IO_Errno: '0',
  Last_IO_Error: '',
  Last_SQL_Errno: '0',
  Last_SQL_Error: '',
} as const satisfies Row

/** MySQL 5.7 to 8.0.21: SHOW SLAVE STATUS. */
export function mysql57Row(overrides: Row = {}): Row {
  return {
    Slave_IO_State: 'Waiting for master to send event',
    Master_Host: 'db1.internal',
    Master_User: 'repl',
    Master_Port: '3306',
    Connect_Retry: '60',
    Master_Log_File: 'binlog.000007',
    Read_Master_Log_Pos: '154',
    Relay_Log_File: 'relay.000003',
    Relay_Log_Pos: '367',
    Relay_Master_Log_File: 'binlog.000007',
    Slave_IO_Running: 'Yes',
    Slave_SQL_Running: 'Yes',
    ...FILTERS,
    ...ERRORS,
    Skip_Counter: '0',
    Exec_Master_Log_Pos: '154',
    Seconds_Behind_Master: '0',
    Master_SSL_Verify_Server_Cert: 'No',
    Replicate_Ignore_Server_Ids: '',
    Master_Server_Id: '101',
    Master_UUID: UUID,
    SQL_Delay: '0',
    SQL_Remaining_Delay: null,
    Slave_SQL_Running_State: 'Slave has read all relay log; waiting for more updates',
    Retrieved_Gtid_Set: `${UUID}:1-5`,
    Executed_Gtid_Set: `${UUID}:1-5`,
    Auto_Position: '1',
    Replicate_Rewrite_DB: '',
    Channel_Name: '',
    Master_TLS_Version: '',
    ...overrides,
  }
}

/** MySQL 8.0.22 and later: SHOW REPLICA STATUS, in the new words. */
export function mysql80Row(overrides: Row = {}): Row {
  return {
    Replica_IO_State: 'Waiting for source to send event',
    Source_Host: 'db1.internal',
    Source_User: 'repl',
    Source_Port: '3306',
    Connect_Retry: '60',
    Source_Log_File: 'binlog.000007',
    Read_Source_Log_Pos: '197',
    Relay_Log_File: 'relay.000003',
    Relay_Log_Pos: '414',
    Relay_Source_Log_File: 'binlog.000007',
    Replica_IO_Running: 'Yes',
    Replica_SQL_Running: 'Yes',
    ...FILTERS,
    ...ERRORS,
    Skip_Counter: '0',
    Exec_Source_Log_Pos: '197',
    Seconds_Behind_Source: '0',
    Source_SSL_Verify_Server_Cert: 'No',
    Replicate_Ignore_Server_Ids: '',
    Source_Server_Id: '101',
    Source_UUID: UUID,
    SQL_Delay: '0',
    SQL_Remaining_Delay: null,
    Replica_SQL_Running_State: 'Replica has read all relay log; waiting for more updates',
    Retrieved_Gtid_Set: `${UUID}:1-5`,
    Executed_Gtid_Set: `${UUID}:1-5`,
    Auto_Position: '1',
    Replicate_Rewrite_DB: '',
    Channel_Name: '',
    Get_Source_public_key: '1',
    Network_Namespace: '',
    ...overrides,
  }
}

/** MariaDB: SHOW ALL SLAVES STATUS. */
export function mariadbRow(overrides: Row = {}): Row {
  return {
    Connection_name: '',
    Slave_SQL_State: 'Slave has read all relay log; waiting for more updates',
    Slave_IO_State: 'Waiting for master to send event',
    Master_Host: 'db1.internal',
    Master_User: 'repl',
    Master_Port: '3306',
    Connect_Retry: '60',
    Master_Log_File: 'binlog.000007',
    Read_Master_Log_Pos: '342',
    Relay_Log_File: 'relay.000002',
    Relay_Master_Log_File: 'binlog.000007',
    Slave_IO_Running: 'Yes',
    Slave_SQL_Running: 'Yes',
    ...FILTERS,
    ...ERRORS,
    Skip_Counter: '0',
    Exec_Master_Log_Pos: '342',
    Seconds_Behind_Master: '0',
    Master_SSL_Verify_Server_Cert: 'No',
    Replicate_Ignore_Server_Ids: '',
    Master_Server_Id: '101',
    Using_Gtid: 'Slave_Pos',
    Gtid_IO_Pos: '0-101-5',
    Replicate_Do_Domain_Ids: '',
    Replicate_Ignore_Domain_Ids: '',
    Parallel_Mode: 'optimistic',
    SQL_Delay: '0',
    SQL_Remaining_Delay: null,
    Slave_SQL_Running_State: 'Slave has read all relay log; waiting for more updates',
    Slave_DDL_Groups: '3',
    Retried_transactions: '0',
    Max_relay_log_size: '1073741824',
    Gtid_Slave_Pos: '0-101-5',
    ...overrides,
  }
}
