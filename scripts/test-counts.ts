/** What a run of tests came to. A skipped test counts against the run: whatever is not run is not known to hold. */
export type TestCounts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The parts of the JSON report of vitest that are counted. */
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/**
 * Counts a report. A file that could not be loaded counts as one failure, and so does a run without tests, a run that
 * ended badly although every test passed (an error outside a test), and a report that is missing.
 */
export function countTests(reportText: string | null, exitCode: number): TestCounts {
  if (reportText === null) return { passed: 0, failed: 1, skipped: 0 };
  // The report is written by the test runner of this repository, at the version that the lock file names.
  const report = JSON.parse(reportText) as Report;
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((entry) => entry.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloaded;
  const skipped = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  const isBadEnd = failed === 0 && (exitCode !== 0 || report.numTotalTests === 0);
  return { passed: report.numPassedTests, failed: isBadEnd ? 1 : failed, skipped };
}

/** Whether a run may be called a success. */
export function isSuccess(counts: TestCounts): boolean {
  return counts.passed > 0 && counts.failed === 0 && counts.skipped === 0;
}
