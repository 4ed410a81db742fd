/** One of everything that can be defined, and how a replica can come to have it otherwise. */
import type { Vendor } from '../../src/mysql/flavor.ts'

/** Something that both ends have, what the replica has instead, and how that is told. */
export interface SchemaCase {
  /** On the source, and by replication on the replica. */
  readonly given: readonly string[]
  /** On the replica, behind the binary log's back. */
  readonly change: readonly string[]
  /** `object schema.name kind severity` */
  readonly found: readonly string[]
}

const table = (name: string, more = '') =>
  `CREATE TABLE shop.${name} (id INT PRIMARY KEY, a INT, b INT${more})`

/** Each is about a table, a view... of its own: they are all there at once. */
export function schemaCases(flavor: Vendor): readonly SchemaCase[] {
  return [
    ...SCHEMAS,
    ...TABLES,
    ...COLUMNS,
    ...INDEXES,
    ...CONSTRAINTS,
    ...PARTITIONS,
    ...STORED,
    ...VIEWS,
    ...EVENTS,
    ...OWN[flavor],
  ]
}

const SCHEMAS: readonly SchemaCase[] = [
  {
    given: [
      'CREATE DATABASE lost',
      'CREATE TABLE lost.t (id INT PRIMARY KEY)',
      'CREATE VIEW lost.v AS SELECT 1 AS a',
    ],
    change: ['DROP DATABASE lost'],
    found: ['schema lost missing critical'],
  },
  {
    given: ['CREATE DATABASE lost_empty'],
    change: ['DROP DATABASE lost_empty'],
    found: ['schema lost_empty missing warning'],
  },
  {
    given: [],
    change: ['CREATE DATABASE more', 'CREATE TABLE more.t (id INT PRIMARY KEY)'],
    found: ['schema more extra warning'],
  },
  {
    given: ['CREATE DATABASE other CHARACTER SET latin1'],
    change: ['ALTER DATABASE other CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'],
    found: ['schema other changed warning'],
  },
]

const TABLES: readonly SchemaCase[] = [
  {
    given: [table('t_lost', ', INDEX (a)')],
    change: ['DROP TABLE shop.t_lost'],
    found: ['table shop.t_lost missing critical'],
  },
  {
    given: [],
    change: [table('t_more', ', INDEX (a)')],
    found: ['table shop.t_more extra warning'],
  },
  {
    given: [table('t_engine')],
    change: ['ALTER TABLE shop.t_engine ENGINE = MyISAM, ROW_FORMAT = DYNAMIC'],
    found: ['table shop.t_engine changed warning'],
  },
  {
    given: [table('t_charset')],
    change: ['ALTER TABLE shop.t_charset CHARACTER SET ascii'],
    found: ['table shop.t_charset changed warning'],
  },
  {
    given: [table('t_format')],
    change: ['ALTER TABLE shop.t_format ROW_FORMAT = COMPACT'],
    found: ['table shop.t_format changed info'],
  },
  {
    given: [table('t_comment')],
    change: ["ALTER TABLE shop.t_comment COMMENT '😀'"],
    found: ['table shop.t_comment changed info'],
  },
  {
    given: [table('t_order')],
    change: ['ALTER TABLE shop.t_order MODIFY b INT AFTER id'],
    found: ['table shop.t_order changed warning'],
  },
  {
    given: [table('t_counter').replace('PRIMARY KEY', 'AUTO_INCREMENT PRIMARY KEY')],
    change: ['ALTER TABLE shop.t_counter AUTO_INCREMENT = 1000'],
    found: [],
  },
]

const COLUMNS: readonly SchemaCase[] = [
  {
    given: [table('c_lost')],
    change: ['ALTER TABLE shop.c_lost DROP b'],
    found: ['column shop.c_lost.b missing critical'],
  },
  {
    given: [table('c_more')],
    change: ['ALTER TABLE shop.c_more ADD c INT AFTER id'],
    found: ['column shop.c_more.c extra warning'],
  },
  {
    given: [table('c_type')],
    change: ['ALTER TABLE shop.c_type MODIFY b BIGINT'],
    found: ['column shop.c_type.b changed critical'],
  },
  {
    given: [table('c_charset', ', t VARCHAR(9) CHARACTER SET utf8mb4')],
    change: ['ALTER TABLE shop.c_charset MODIFY t VARCHAR(9) CHARACTER SET latin1'],
    found: ['column shop.c_charset.t changed critical'],
  },
  {
    given: [table('c_collation', ', t VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')],
    change: [
      'ALTER TABLE shop.c_collation MODIFY t VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci',
    ],
    found: ['column shop.c_collation.t changed critical'],
  },
  {
    given: [table('c_null')],
    change: ['ALTER TABLE shop.c_null MODIFY b INT NOT NULL'],
    found: ['column shop.c_null.b changed warning'],
  },
  {
    given: [table('c_default', ", t VARCHAR(9) DEFAULT 'a'")],
    change: ["ALTER TABLE shop.c_default MODIFY t VARCHAR(9) DEFAULT 'b'"],
    found: ['column shop.c_default.t changed warning'],
  },
  {
    given: [table('c_expression', ', u INT DEFAULT (1 + 1)')],
    change: ['ALTER TABLE shop.c_expression MODIFY u INT DEFAULT (1 + 2)'],
    found: ['column shop.c_expression.u changed warning'],
  },
  {
    given: [table('c_generated', ', g INT AS (a + b) VIRTUAL')],
    change: ['ALTER TABLE shop.c_generated MODIFY g INT AS (a - b) VIRTUAL'],
    found: ['column shop.c_generated.g changed warning'],
  },
  {
    given: [table('c_stored', ', g INT AS (a + b) VIRTUAL')],
    change: ['ALTER TABLE shop.c_stored DROP g, ADD g INT AS (a + b) STORED'],
    found: ['column shop.c_stored.g changed warning'],
  },
  {
    given: [table('c_invisible')],
    change: ['ALTER TABLE shop.c_invisible MODIFY b INT INVISIBLE'],
    found: ['column shop.c_invisible.b changed warning'],
  },
  {
    given: [table('c_comment')],
    change: ["ALTER TABLE shop.c_comment MODIFY b INT COMMENT 'hm'"],
    found: ['column shop.c_comment.b changed info'],
  },
  {
    given: [table('c_enum', ", e ENUM('a','ж') CHARACTER SET utf8mb4")],
    change: ["ALTER TABLE shop.c_enum MODIFY e ENUM('a','щ') CHARACTER SET utf8mb4"],
    found: ['column shop.c_enum.e changed critical'],
  },
]

const INDEXES: readonly SchemaCase[] = [
  {
    given: [table('i_primary')],
    change: ['ALTER TABLE shop.i_primary DROP PRIMARY KEY'],
    found: ['index shop.i_primary.PRIMARY missing critical'],
  },
  {
    given: [table('i_unique', ', UNIQUE u (a)')],
    change: ['ALTER TABLE shop.i_unique DROP INDEX u'],
    found: ['index shop.i_unique.u missing critical'],
  },
  {
    given: [table('i_lost', ', INDEX i (a)')],
    change: ['ALTER TABLE shop.i_lost DROP INDEX i'],
    found: ['index shop.i_lost.i missing warning'],
  },
  {
    given: [table('i_more')],
    change: ['ALTER TABLE shop.i_more ADD INDEX i (a)'],
    found: ['index shop.i_more.i extra info'],
  },
  {
    given: [table('i_more_unique')],
    change: ['ALTER TABLE shop.i_more_unique ADD UNIQUE u (a)'],
    found: ['index shop.i_more_unique.u extra warning'],
  },
  {
    given: [table('i_columns', ', INDEX i (a)')],
    change: ['ALTER TABLE shop.i_columns DROP INDEX i, ADD INDEX i (a, b DESC)'],
    found: ['index shop.i_columns.i changed warning'],
  },
  {
    given: [table('i_key', ', UNIQUE u (a)')],
    change: ['ALTER TABLE shop.i_key DROP INDEX u, ADD UNIQUE u (a, b)'],
    found: ['index shop.i_key.u changed critical'],
  },
  {
    given: [table('i_type', ', t TEXT, INDEX i (t(10))')],
    change: ['ALTER TABLE shop.i_type DROP INDEX i, ADD FULLTEXT i (t)'],
    found: ['index shop.i_type.i changed warning'],
  },
  {
    given: [table('i_comment', ', INDEX i (a)')],
    change: ["ALTER TABLE shop.i_comment DROP INDEX i, ADD INDEX i (a) COMMENT 'hm'"],
    found: ['index shop.i_comment.i changed info'],
  },
]

const key = (name: string) => `CONSTRAINT ${name} FOREIGN KEY (a) REFERENCES parent (id)`

const CONSTRAINTS: readonly SchemaCase[] = [
  {
    given: [table('f_lost', `, INDEX (a), ${key('f_lost_k')}`)],
    change: ['ALTER TABLE shop.f_lost DROP FOREIGN KEY f_lost_k'],
    found: ['foreign_key shop.f_lost.f_lost_k missing warning'],
  },
  {
    given: [table('f_more', ', INDEX (a)')],
    change: [`ALTER TABLE shop.f_more ADD ${key('f_more_k')}`],
    found: ['foreign_key shop.f_more.f_more_k extra warning'],
  },
  {
    given: [table('f_action', `, INDEX (a), ${key('f_action_k')}`)],
    change: [
      'ALTER TABLE shop.f_action DROP FOREIGN KEY f_action_k',
      `ALTER TABLE shop.f_action ADD ${key('f_action_k')} ON DELETE CASCADE`,
    ],
    found: ['foreign_key shop.f_action.f_action_k changed warning'],
  },
  {
    given: [table('k_lost', ', CONSTRAINT k_lost_c CHECK (a > 0)')],
    change: ['ALTER TABLE shop.k_lost DROP CONSTRAINT k_lost_c'],
    found: ['check shop.k_lost.k_lost_c missing warning'],
  },
  {
    given: [table('k_more')],
    change: ['ALTER TABLE shop.k_more ADD CONSTRAINT k_more_c CHECK (a > 0)'],
    found: ['check shop.k_more.k_more_c extra warning'],
  },
  {
    given: [table('k_clause', ', CONSTRAINT k_clause_c CHECK (a > 0)')],
    change: [
      'ALTER TABLE shop.k_clause DROP CONSTRAINT k_clause_c',
      'ALTER TABLE shop.k_clause ADD CONSTRAINT k_clause_c CHECK (a > 1)',
    ],
    found: ['check shop.k_clause.k_clause_c changed warning'],
  },
]

const RANGES =
  ' PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))'

const PARTITIONS: readonly SchemaCase[] = [
  {
    given: [table('p_lost') + RANGES],
    change: ['ALTER TABLE shop.p_lost DROP PARTITION p1'],
    found: ['partition shop.p_lost.p1 missing warning'],
  },
  {
    given: [table('p_more') + RANGES],
    change: ['ALTER TABLE shop.p_more ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))'],
    found: ['partition shop.p_more.p2 extra warning'],
  },
  {
    given: [table('p_values') + RANGES],
    change: [
      'ALTER TABLE shop.p_values REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (25))',
    ],
    found: ['partition shop.p_values.p1 changed warning'],
  },
  {
    given: [table('p_none') + RANGES],
    change: ['ALTER TABLE shop.p_none REMOVE PARTITIONING'],
    found: ['table shop.p_none changed warning'],
  },
  {
    given: [table('p_other') + RANGES],
    change: ['ALTER TABLE shop.p_other PARTITION BY HASH (id) PARTITIONS 2'],
    found: ['table shop.p_other changed warning'],
  },
]

const trigger = (name: string, body = 'SET NEW.b = 1') =>
  `CREATE DEFINER = root@localhost TRIGGER shop.${name} BEFORE INSERT ON shop.triggered FOR EACH ROW ${body}`

const STORED: readonly SchemaCase[] = [
  {
    given: [trigger('tr_lost')],
    change: ['DROP TRIGGER shop.tr_lost'],
    found: ['trigger shop.triggered.tr_lost missing warning'],
  },
  {
    given: [],
    change: [trigger('tr_more')],
    found: ['trigger shop.triggered.tr_more extra warning'],
  },
  {
    given: [trigger('tr_body')],
    change: ['DROP TRIGGER shop.tr_body', trigger('tr_body', 'SET NEW.b = 2')],
    found: ['trigger shop.triggered.tr_body changed warning'],
  },
  ...(['PROCEDURE', 'FUNCTION'] as const).flatMap((kind): SchemaCase[] => {
    const object = kind.toLowerCase()
    const create = (name: string, body = '1', more = '') =>
      kind === 'PROCEDURE'
        ? `CREATE DEFINER = root@localhost PROCEDURE shop.${name} (IN x INT) ${more} SELECT ${body}`
        : `CREATE DEFINER = root@localhost FUNCTION shop.${name} (x INT) RETURNS INT DETERMINISTIC ${more} RETURN ${body}`
    // Both kinds share no names: `r_lost` is there twice.
    return [
      {
        given: [create('r_lost')],
        change: [`DROP ${kind} shop.r_lost`],
        found: [`${object} shop.r_lost missing warning`],
      },
      {
        given: [],
        change: [create('r_more')],
        found: [`${object} shop.r_more extra warning`],
      },
      {
        given: [create('r_body')],
        change: [`DROP ${kind} shop.r_body`, create('r_body', '2')],
        found: [`${object} shop.r_body changed warning`],
      },
      {
        given: [create('r_security')],
        change: [`ALTER ${kind} shop.r_security SQL SECURITY INVOKER`],
        found: [`${object} shop.r_security changed warning`],
      },
      {
        given: [create('r_comment')],
        change: [`ALTER ${kind} shop.r_comment COMMENT 'hm'`],
        found: [`${object} shop.r_comment changed info`],
      },
      {
        given: [create('r_definer')],
        change: [
          `DROP ${kind} shop.r_definer`,
          create('r_definer').replace('root@localhost', "gone@'%'"),
        ],
        found: [`${object} shop.r_definer changed warning`],
      },
      {
        given: [create('r_mode')],
        change: [
          `DROP ${kind} shop.r_mode`,
          "SET SESSION sql_mode = 'ANSI_QUOTES'",
          create('r_mode'),
          'SET SESSION sql_mode = DEFAULT',
        ],
        found: [`${object} shop.r_mode changed warning`],
      },
    ]
  }),
]

const view = (name: string, body = 'SELECT id FROM shop.parent') =>
  `CREATE DEFINER = root@localhost VIEW shop.${name} AS ${body}`

const VIEWS: readonly SchemaCase[] = [
  {
    given: [view('v_lost')],
    change: ['DROP VIEW shop.v_lost'],
    found: ['view shop.v_lost missing warning'],
  },
  { given: [], change: [view('v_more')], found: ['view shop.v_more extra warning'] },
  {
    given: [view('v_body')],
    change: ['DROP VIEW shop.v_body', view('v_body', 'SELECT id FROM shop.parent WHERE id > 1')],
    found: ['view shop.v_body changed warning'],
  },
  {
    given: [view('v_check', 'SELECT id FROM shop.parent WHERE id > 1')],
    change: [
      'DROP VIEW shop.v_check',
      view('v_check', 'SELECT id FROM shop.parent WHERE id > 1 WITH CHECK OPTION'),
    ],
    found: ['view shop.v_check changed warning'],
  },
  {
    given: [table('v_table')],
    change: ['DROP TABLE shop.v_table', view('v_table')],
    found: ['table shop.v_table missing critical', 'view shop.v_table extra warning'],
  },
  {
    // Whose definer is gone, and one whose table is: the same on both ends.
    given: [
      view('v_orphan').replace('root@localhost', "gone@'%'"),
      table('v_base'),
      view('v_broken', 'SELECT * FROM shop.v_base'),
      'DROP TABLE shop.v_base',
    ],
    change: [],
    found: [],
  },
  {
    given: [view('v_definer')],
    change: ['DROP VIEW shop.v_definer', view('v_definer').replace('root@localhost', "gone@'%'")],
    found: ['view shop.v_definer changed warning'],
  },
]

const event = (name: string, more = 'EVERY 1 DAY STARTS NOW() + INTERVAL 1 DAY') =>
  `CREATE DEFINER = root@localhost EVENT shop.${name} ON SCHEDULE ${more} DO SELECT 1`

const EVENTS: readonly SchemaCase[] = [
  {
    given: [event('e_lost')],
    change: ['DROP EVENT shop.e_lost'],
    found: ['event shop.e_lost missing warning'],
  },
  { given: [], change: [event('e_more')], found: ['event shop.e_more extra warning'] },
  {
    given: [event('e_schedule', 'EVERY 1 DAY STARTS "2037-01-01"')],
    change: [
      'DROP EVENT shop.e_schedule',
      `${event('e_schedule', 'EVERY 2 DAY STARTS "2037-01-01"')}`,
    ],
    found: ['event shop.e_schedule changed warning'],
  },
  {
    given: [event('e_off')],
    change: ['ALTER EVENT shop.e_off DISABLE'],
    found: ['event shop.e_off changed warning'],
  },
  // Disabled on the replica because it is one.
  { given: [event('e_steady')], change: [], found: [] },
]

const OWN = {
  mysql: [
    {
      given: [table('m_key').replace('INT PRIMARY KEY', 'INT')],
      change: [
        'DROP TABLE shop.m_key',
        'SET SESSION sql_generate_invisible_primary_key = ON',
        table('m_key').replace('INT PRIMARY KEY', 'INT'),
        'SET SESSION sql_generate_invisible_primary_key = DEFAULT',
      ],
      found: [],
    },
    {
      given: [table('m_functional', ', INDEX i ((a + b))')],
      change: ['ALTER TABLE shop.m_functional DROP INDEX i, ADD INDEX i ((a - b))'],
      found: ['index shop.m_functional.i changed warning'],
    },
    {
      given: [table('m_hidden', ', INDEX i (a)')],
      change: ['ALTER TABLE shop.m_hidden ALTER INDEX i INVISIBLE'],
      found: ['index shop.m_hidden.i changed warning'],
    },
    {
      given: [table('m_enforced', ', CONSTRAINT m_enforced_c CHECK (a > 0)')],
      change: ['ALTER TABLE shop.m_enforced ALTER CHECK m_enforced_c NOT ENFORCED'],
      found: ['check shop.m_enforced.m_enforced_c changed warning'],
    },
    {
      given: [table('m_place', ', g GEOMETRY NOT NULL SRID 4326')],
      change: ['ALTER TABLE shop.m_place MODIFY g GEOMETRY NOT NULL SRID 0'],
      found: ['column shop.m_place.g changed warning'],
    },
  ],
  mariadb: [
    {
      given: [table('m_versioned')],
      change: ['ALTER TABLE shop.m_versioned ADD SYSTEM VERSIONING'],
      found: ['table shop.m_versioned changed warning'],
    },
    {
      given: [table('m_hidden', ', INDEX i (a)')],
      change: ['ALTER TABLE shop.m_hidden ALTER INDEX i IGNORED'],
      found: ['index shop.m_hidden.i changed warning'],
    },
    {
      given: ['CREATE SEQUENCE shop.s_lost'],
      change: ['DROP SEQUENCE shop.s_lost'],
      found: ['sequence shop.s_lost missing warning'],
    },
    {
      given: [],
      change: ['CREATE SEQUENCE shop.s_more'],
      found: ['sequence shop.s_more extra warning'],
    },
    {
      given: ['CREATE SEQUENCE shop.s_step'],
      change: ['ALTER SEQUENCE shop.s_step INCREMENT 2'],
      found: ['sequence shop.s_step changed warning'],
    },
    {
      // Where it stands is no definition.
      given: ['CREATE SEQUENCE shop.s_next'],
      change: ['SELECT NEXT VALUE FOR shop.s_next'],
      found: [],
    },
  ],
} as const satisfies Record<Vendor, readonly SchemaCase[]>

/** What the others refer to. */
export const GROUNDS = [
  'CREATE DATABASE shop',
  'CREATE TABLE shop.parent (id INT PRIMARY KEY)',
  'CREATE TABLE shop.triggered (id INT PRIMARY KEY, b INT)',
  // Both flavors ask for a function to be safe for the binary log.
  'SET GLOBAL log_bin_trust_function_creators = 1',
] as const
