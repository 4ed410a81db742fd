/** Compression that is paid for once, although the end of what is sent is new each time. */
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'

const deflate = promisify(deflateRaw)

/** Fastest level: it makes a tenth of an exposition, and the last percents cost most of the time. */
const LEVEL = constants.Z_BEST_SPEED
/** RFC 1952: magic, deflate, no flags, no time, fastest, unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255])

/** The unchanging beginning of many gzip files. */
export class GzipPrefix {
  readonly #chunks: readonly Buffer[]
  #compressed: Promise<{ bytes: Buffer; crc: number; length: number }> | null = null

  constructor(chunks: readonly Buffer[]) {
    this.#chunks = chunks
  }

  /**
   * One gzip member that holds the prefix and then `tail`, in pieces to be sent in this order.
   * Deflate streams can be joined where one was flushed to a byte boundary.
   */
  async with(tail: Buffer): Promise<Buffer[]> {
    this.#compressed ??= compress(Buffer.concat(this.#chunks))
    const { bytes, crc, length } = await this.#compressed
    const trailer = Buffer.alloc(8)
    trailer.writeUInt32LE(crc32(tail, crc), 0)
    trailer.writeUInt32LE((length + tail.length) % 2 ** 32, 4)
    return [HEADER, bytes, await deflate(tail, { level: LEVEL }), trailer]
  }
}

async function compress(plain: Buffer) {
  const bytes = await deflate(plain, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH })
  return { bytes, crc: crc32(plain), length: plain.length }
}
