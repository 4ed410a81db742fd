/** The example schema of the feed: keys of every common shape, old rows that nobody touches, and new ones. */
import type { LabServer } from './server.ts'

/** Rows that each table has from the start. The feed leaves them alone, as most rows of most tables are. */
export const OLD_ROWS = 200

const TABLES = [
  `customers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email VARCHAR(120) NOT NULL UNIQUE,
    name VARCHAR(80) NOT NULL,
    is_vip TINYINT NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL
  )`,
  `orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT UNSIGNED NOT NULL,
    total DECIMAL(10,2) NOT NULL,
    state ENUM('new','paid','sent','returned') NOT NULL DEFAULT 'new',
    created_at DATETIME(6) NOT NULL,
    note VARCHAR(40) NULL,
    KEY by_customer (customer_id)
  )`,
  `order_items (
    order_id BIGINT UNSIGNED NOT NULL,
    line SMALLINT UNSIGNED NOT NULL,
    sku VARCHAR(20) NOT NULL,
    quantity INT NOT NULL,
    price DOUBLE NOT NULL,
    PRIMARY KEY (order_id, line)
  )`,
  `payments (
    reference VARCHAR(40) NOT NULL PRIMARY KEY,
    order_id BIGINT UNSIGNED NOT NULL,
    amount DECIMAL(10,2) NOT NULL,
    receipt VARBINARY(32) NULL
  )`,
  `products (
    sku VARCHAR(20) NOT NULL PRIMARY KEY,
    title VARCHAR(80) NOT NULL,
    stock INT NOT NULL,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
  )`,
]

const OLD_CONTENT = [
  "INSERT INTO customers SELECT n, CONCAT('customer-', n, '@shop.example'), CONCAT('Zoë ', n), n % 2, '2024-01-01' + INTERVAL n HOUR FROM old",
  "INSERT INTO orders SELECT n, n, n * 1.25, 'sent', '2024-01-02' + INTERVAL n HOUR, IF(n % 3, NULL, 'gift') FROM old",
  "INSERT INTO order_items SELECT n, 1, CONCAT('old-', n), n % 7 + 1, n / 3 FROM old",
  "INSERT INTO payments SELECT CONCAT('old-', n), n, n * 1.25, UNHEX(SHA2(n, 256)) FROM old",
  "INSERT INTO products SELECT CONCAT('old-', n), CONCAT('Crème ', n), n, '2024-01-01 12:00:00' FROM old",
  "INSERT INTO products SELECT CONCAT('sku-', n), CONCAT('Thé ', n), 1000, '2024-01-01 12:00:00' FROM old",
]

/** Creates the schema `shop` with its old rows, unless it is there. */
export async function createShop(source: LabServer): Promise<void> {
  if ((await source.value("SHOW DATABASES LIKE 'shop'")) !== null) return
  const numbers = Array.from({ length: OLD_ROWS }, (_, index) => `SELECT ${index + 1} AS n`)
  const old = `WITH old AS (${numbers.join(' UNION ALL ')})`
  await source.exec(
    'CREATE DATABASE shop CHARACTER SET utf8mb4',
    'USE shop',
    ...TABLES.map((table) => `CREATE TABLE ${table}`),
    'START TRANSACTION',
    ...OLD_CONTENT.map((insert) => insert.replace(' SELECT ', ` ${old} SELECT `)),
    'COMMIT',
  )
}
