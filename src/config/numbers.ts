/** Decoders of numbers. */
import { type Decode, readScalar } from './decode.ts'

export function integer(min: number, max: number): Decode<number> {
  return numeral(`a whole number from ${min} to ${max}`, /^\d{1,15}$/, (value) => {
    return Number.isInteger(value) && value >= min && value <= max
  })
}

export function number(min: number, max: number): Decode<number> {
  return numeral(`a number from ${min} to ${max}`, /^\d{1,15}(\.\d{1,15})?$/, (value) => {
    return value >= min && value <= max
  })
}

/** @param form how it may be written in the environment, where everything is text. */
function numeral(
  expected: string,
  form: RegExp,
  accepts: (value: number) => boolean,
): Decode<number> {
  return (field, file) => {
    const scalar = readScalar(field, file, expected)
    if (scalar === undefined) return
    const { value, filled, shown } = scalar
    const number = filled && form.test(String(value)) ? Number(value) : value
    if (typeof number === 'number' && accepts(number)) return number
    return file.reject(field.key, `expected ${expected}, got ${shown}`)
  }
}
