import { stripVTControlCharacters } from 'node:util';

/** Adds counts up. */
export function sumOf(counts) {
  return counts.reduce((sum, it) => ({ passed: sum.passed + it.passed, failed: sum.failed + it.failed }), {
    passed: 0,
    failed: 0,
  });
}

/** The counts in nextest's closing line: `Summary [0.1s] 5 tests run: 4 passed, 1 failed, 0 skipped`. */
export function nextestCounts(output) {
  const summary = /^ *Summary \[.*$/m.exec(stripVTControlCharacters(output))?.[0] ?? '';
  return { passed: numberBefore('passed', summary), failed: numberBefore('(?:failed|timed out|exec failed)', summary) };
}

/** The counts in libtest's closing lines, one for each test binary: `test result: ok. 5 passed; 0 failed; …`. */
export function libtestCounts(output) {
  const summaries = stripVTControlCharacters(output).match(/^test result: .*$/gm) ?? [];
  return sumOf(
    summaries.map((line) => ({ passed: numberBefore('passed', line), failed: numberBefore('failed', line) })),
  );
}

/** The counts in Jest's JSON report; a suite that could not run counts as one failure. */
export function jestCounts(report) {
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

function numberBefore(word, line) {
  const found = [...line.matchAll(new RegExp(`(\\d+) ${word}\\b`, 'g'))];
  return found.reduce((sum, match) => sum + Number(match[1]), 0);
}
