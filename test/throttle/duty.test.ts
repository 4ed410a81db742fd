import { expect, test } from 'vitest'
import { dutyCycle } from '../../src/throttle/duty.ts'

const at = (ms: number) => new Date(Date.UTC(2026, 10, 20) + ms)

test('a reading is followed by a rest that keeps the share', () => {
  const duty = dutyCycle(0.25)
  expect(duty.restMs(at(0))).toBe(0)
  duty.charge('walk', 100, at(100))
  expect(duty.restMs(at(100))).toBe(300)
  expect(duty.restMs(at(350))).toBe(50)
  expect(duty.restMs(at(400))).toBe(0)
})

test('a share of 1 knows no rest', () => {
  const duty = dutyCycle(1)
  duty.charge('walk', 5_000, at(5_000))
  duty.charge('recheck', 5_000, at(10_000))
  expect(duty.restMs(at(10_000))).toBe(0)
})

test('two readings at the same time rest for both', () => {
  const duty = dutyCycle(0.5)
  duty.charge('walk', 100, at(100))
  duty.charge('walk', 100, at(100))
  expect(duty.restMs(at(100))).toBe(200)
})

test('re-checks do not wait, and the walk pays for them after its next reading', () => {
  const duty = dutyCycle(0.5)
  duty.charge('recheck', 200, at(200))
  expect(duty.restMs(at(200))).toBe(0)
  duty.charge('walk', 100, at(300))
  expect(duty.restMs(at(300))).toBe(300)
  duty.charge('walk', 100, at(700))
  expect(duty.restMs(at(700))).toBe(100)
})

test('however many re-checks there were, the walk goes on', () => {
  const duty = dutyCycle(0.5)
  for (let i = 0; i < 1_000; i += 1) duty.charge('recheck', 1_000, at(0))
  duty.charge('walk', 100, at(0))
  expect(duty.restMs(at(0))).toBe(10_100)
})
