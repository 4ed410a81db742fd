import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GzipPrefix } from '../../src/output/gzip.ts'

it('makes one gzip file of a prefix and any tail, again and again', async () => {
  const bytes = fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array))
  await fc.assert(
    fc.asyncProperty(fc.array(bytes), bytes, bytes, async (chunks, ...tails) => {
      const prefix = new GzipPrefix(chunks)
      for (const tail of tails) {
        const file = Buffer.concat(await prefix.with(tail))
        expect(gunzipSync(file)).toEqual(Buffer.concat([...chunks, tail]))
      }
    }),
  )
})
