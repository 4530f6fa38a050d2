import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './source-files.ts';

/** The static checks, in the order in which they run: each is a script of package.json, so each runs alone too. */
const CHECKS = [
  'format:check',
  'lint',
  'types',
  'check:imports',
  'check:glossary',
  'check:unused',
  'check:docs',
  'check:rules',
  'check:lock',
] as const;

/** Runs one script, prints a line for it, and its output when it fails. */
function runScript(script: string): boolean {
  const start = performance.now();
  const run = spawnSync('npm', ['run', '--silent', script], { cwd: REPOSITORY, encoding: 'utf8' });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const isGood = run.status === 0;
  console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${script.padEnd(16)}${seconds.padStart(6)} s`);
  if (!isGood) console.log(`${run.stdout}${run.stderr}`.trimEnd());
  return isGood;
}

/** Runs all of them, whatever fails, and says at the end what did; `.results/checks.json` holds the counts. */
function runAll(scripts: readonly string[]): void {
  const failed = scripts.filter((script) => !runScript(script));
  const counts = { passed: scripts.length - failed.length, failed: failed.length };
  mkdirSync(join(REPOSITORY, '.results'), { recursive: true });
  writeFileSync(join(REPOSITORY, '.results', 'checks.json'), `${JSON.stringify(counts)}\n`);
  console.log(failed.length === 0 ? `All ${scripts.length} are fine.` : `Failed: ${failed.join(', ')}`);
  if (failed.length > 0) process.exitCode = 1;
}

runAll(process.argv.includes('--static') ? CHECKS : [...CHECKS, 'test']);
