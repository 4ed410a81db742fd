/** At the top: is it all right, and if not, what is it? */
import type { Section } from '../frame.ts'
import { from, GREEN, NEUTRAL, NONE_EXPECTED, ORANGE, RED } from '../looks.ts'
import { gauge, stat } from '../panels.ts'
import { leastBy, SERVER, VERDICT_WORDS, worstBy, worstVerdict } from '../queries.ts'
import { errantTransactions, missingTables } from '../stats.ts'
import { of } from './of.ts'

export const overview: Section = {
  title: null,
  panels: [
    stat({
      title: 'Verdict',
      description:
        'The worst verdict of any table in the set: drifted, missing, unknown, suspect or same. Skipped tables do not count.',
      size: [4, 4],
      unit: 'none',
      queries: [{ expr: worstVerdict(of, '') }],
      words: VERDICT_WORDS,
      noValue: 'nothing compared',
    }),
    stat({
      title: 'Servers up',
      description:
        'Servers that answered within the last two intervals of the threads check, of all.',
      size: [4, 4],
      unit: 'short',
      queries: [
        { expr: `sum(${leastBy(SERVER, of('up'))})`, legend: 'up' },
        { expr: `count(${leastBy(SERVER, of('up'))})`, legend: 'of' },
      ],
      steps: NEUTRAL,
    }),
    stat({
      title: 'Drifted tables',
      description: 'Tables whose rows differ from the source, confirmed at a common position.',
      size: [3, 4],
      unit: 'short',
      queries: [
        { expr: `sum(${worstBy(SERVER, of('tables', 'check="checksum",state="drifted"'))})` },
      ],
      steps: NONE_EXPECTED,
      noValue: 'no replicas',
    }),
    missingTables(of),
    errantTransactions(of),
    stat({
      title: 'Schema differences',
      description:
        'Confirmed differences between definitions, without those of severity info: replica-only indexes, comments, row formats.',
      size: [3, 4],
      unit: 'short',
      queries: [
        {
          expr: `sum(${worstBy(`${SERVER}, object, kind, severity`, of('schema_differences', 'severity=~"critical|warning"'))})`,
        },
      ],
      steps: from([1, ORANGE]),
      noValue: 'not read yet',
    }),
    gauge({
      title: 'Tables verified',
      description:
        'Share of the tables to compare that have a verdict. The rest is unknown: see the panel on reasons.',
      size: [4, 4],
      unit: 'percentunit',
      queries: [
        {
          expr: [
            `sum(${of('tables', 'check="checksum",state=~"same|suspect|drifted|missing"')})`,
            `sum(${of('tables', 'check="checksum",state!="skipped"')})`,
          ].join(' / '),
        },
      ],
      steps: [
        { color: RED, value: null },
        { color: ORANGE, value: 0.9 },
        { color: GREEN, value: 1 },
      ],
      min: 0,
      max: 1,
      noValue: 'no tables',
    }),
  ],
}
