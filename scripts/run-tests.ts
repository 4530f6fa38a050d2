import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './source-files.ts';
import { countTests, isSuccess, type TestCounts } from './test-counts.ts';

/** The two sets of tests, each with its configuration. */
const SETS = new Map([
  ['unit', 'vitest.config.ts'],
  ['system', 'e2e/vitest.config.ts'],
]);

/** Runs one set of tests, or the files of it that match `filters`, and writes the counts to `.results/<set>.json`. */
function runTests(set: string, config: string, filters: readonly string[]): TestCounts {
  const folder = join(REPOSITORY, '.results');
  const report = join(folder, `${set}-report.json`);
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(REPOSITORY, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const options = { cwd: REPOSITORY, stdio: 'inherit' } as const;
  const run = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...reporters, ...filters], options);
  const counts = countTests(existsSync(report) ? readFileSync(report, 'utf8') : null, run.status ?? 1);
  writeFileSync(join(folder, `${set}.json`), `${JSON.stringify(counts)}\n`);
  return counts;
}

const [set = '', ...filters] = process.argv.slice(2);
const config = SETS.get(set);
if (config === undefined) {
  console.error(`Which tests? ${[...SETS.keys()].join(' or ')}`);
  process.exitCode = 2;
} else {
  const counts = runTests(set, config, filters);
  console.log(`${set} tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.skipped > 0) console.error('A skipped test fails the run: mend it or delete it.');
  if (!isSuccess(counts)) process.exitCode = 1;
}
