/** Prints what did not run and, as the last line, `N passed, N failed`, from vitest's JSON report. */
import { readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly File[]
}

interface File {
  readonly name: string
  readonly status: string
  readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
}

const report = read(process.argv[2] ?? '')
const tests = report.testResults.flatMap((file) => file.assertionResults)
const notRun = tests.filter(({ status }) => status !== 'passed' && status !== 'failed')
// A file that cannot be loaded, or whose cluster did not start, has failed without any test of it failing.
const brokenFiles = report.testResults.filter(
  (file) =>
    file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
)
const failed = report.numFailedTests + brokenFiles.length

print(notRun.map(({ fullName }) => `did not run: ${fullName}`))
print(brokenFiles.map(({ name }) => `failed as a whole: ${name}`))
print([`${report.numPassedTests} passed, ${failed} failed`])
process.exitCode = failed > 0 || notRun.length > 0 ? 1 : 0

/** No report at all, when vitest itself did not start, is one failure. */
function read(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, testResults: [] }
  }
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}
