import { describe, expect, test } from 'vitest';
import { countTests, isSuccess } from './test-counts.ts';

type File = { readonly status: string; readonly tests: readonly string[] };

function report(files: readonly File[]): string {
  const all = files.flatMap((file) => file.tests);
  return JSON.stringify({
    numTotalTests: all.length,
    numPassedTests: all.filter((status) => status === 'passed').length,
    numFailedTests: all.filter((status) => status === 'failed').length,
    testResults: files.map((file) => ({
      status: file.status,
      assertionResults: file.tests.map((status) => ({ status })),
    })),
  });
}

const GOOD: File = { status: 'passed', tests: ['passed', 'passed'] };

const BAD_RUNS: readonly (readonly [string, string | null, number, object])[] = [
  ['a failed test', report([GOOD, { status: 'failed', tests: ['failed'] }]), 1, { passed: 2, failed: 1, skipped: 0 }],
  ['a skipped test', report([GOOD, { status: 'passed', tests: ['skipped'] }]), 0, { passed: 2, failed: 0, skipped: 1 }],
  [
    'a test still to be written',
    report([{ status: 'passed', tests: ['passed', 'todo'] }]),
    0,
    { passed: 1, failed: 0, skipped: 1 },
  ],
  [
    'a failed test beside a file that cannot be loaded',
    report([
      { status: 'failed', tests: ['failed'] },
      { status: 'failed', tests: [] },
    ]),
    1,
    { passed: 0, failed: 2, skipped: 0 },
  ],
  [
    'a file that cannot be loaded',
    report([GOOD, { status: 'failed', tests: [] }]),
    1,
    { passed: 2, failed: 1, skipped: 0 },
  ],
  ['an error outside every test', report([GOOD]), 1, { passed: 2, failed: 1, skipped: 0 }],
  ['no test at all', report([]), 0, { passed: 0, failed: 1, skipped: 0 }],
  ['no report', null, 0, { passed: 0, failed: 1, skipped: 0 }],
];

describe('the counts of a test run', () => {
  test('are a success when every test passed', () => {
    const counts = countTests(report([GOOD, GOOD]), 0);
    expect(counts).toEqual({ passed: 4, failed: 0, skipped: 0 });
    expect(isSuccess(counts)).toBe(true);
  });

  test.each(BAD_RUNS)('are no success with %s', (_what, text, exitCode, expected) => {
    const counts = countTests(text, exitCode);
    expect(counts).toEqual(expected);
    expect(isSuccess(counts)).toBe(false);
  });
});
