/** Polynomials of CRCs, and bytes made of them. */
import { crc32 } from 'node:zlib'

/** The polynomials of CRC-32 and CRC-32C: a change that is a multiple of one is unseen by it. */
export const CRC32 = 0x104c11db7n
export const CRC32C = 0x11edc6f41n

export function product(a: bigint, b: bigint): bigint {
  let result = 0n
  for (let i = 0n; 1n << i <= b; i++) if ((b >> i) & 1n) result ^= a << i
  return result
}

/** The bits as these CRCs take them: highest power first, into the lowest bit of each byte. */
export function patternOf(polynomial: bigint): Buffer {
  const bits = polynomial.toString(2)
  const result = Buffer.alloc(Math.ceil(bits.length / 8))
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] === '1') result[i >> 3] = (result[i >> 3] ?? 0) | (1 << (i & 7))
  }
  return result
}

export function xored(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)))
}

/** `length` bytes which, behind `prefix`, have the CRC-32 0. A CRC is affine: 32 equations, solved by elimination. */
export function solvedCrc(prefix: Buffer, length: number): Buffer {
  const crcOf = (tail: Buffer) => crc32(Buffer.concat([prefix, tail]))
  const zero = crcOf(Buffer.alloc(length))
  const solution = Buffer.alloc(length)
  const reduced: { crc: number; bits: bigint }[] = []
  for (let bit = 0; bit < 8 * length; bit++) {
    const tail = Buffer.alloc(length)
    tail[bit >> 3] = 1 << (bit & 7)
    let [crc, bits] = [(crcOf(tail) ^ zero) >>> 0, 1n << BigInt(bit)]
    for (const each of reduced)
      if ((crc ^ each.crc) >>> 0 < crc) [crc, bits] = [(crc ^ each.crc) >>> 0, bits ^ each.bits]
    if (crc !== 0) reduced.push({ crc, bits })
    reduced.sort((a, b) => b.crc - a.crc)
  }
  let [rest, bits] = [zero, 0n]
  for (const each of reduced)
    if ((rest ^ each.crc) >>> 0 < rest) [rest, bits] = [(rest ^ each.crc) >>> 0, bits ^ each.bits]
  for (let bit = 0; bit < 8 * length; bit++) {
    if ((bits >> BigInt(bit)) & 1n)
      solution[bit >> 3] = (solution[bit >> 3] ?? 0) | (1 << (bit & 7))
  }
  return solution
}
