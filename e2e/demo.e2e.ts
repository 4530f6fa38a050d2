import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHECKOUT } from './support/claviger-process.ts';
import { processesWith } from './support/processes.ts';
import { runProgram } from './support/program.ts';
import { makeTemporaryFolder } from './support/temporary-folder.ts';

/** What the tour shows, in this order: status, and the code where there is one. */
const PROMISED = [
  /^< 201 .*"object":"account"/,
  /^< 201 .*"keys":/,
  /^< 201 .*"object":"policy"/,
  /^< 200 /,
  /^< 202 /,
  /^< 403 .*"code":"write_only_key"/,
  /^< 200 .*"name":"order"/,
  /^< 200 .*"status":"expired"/,
  /^< 401 .*"code":"key_expired"/,
];

test('the demo answers as promised, shows no secret, and leaves no process and no folder behind (K1, X1, E11)', async () => {
  const folder = makeTemporaryFolder('demo');
  const run = await runProgram({
    name: 'npm run demo',
    command: 'npm',
    args: ['run', '--silent', 'demo', '--', '--exit'],
    cwd: CHECKOUT,
    env: { TMPDIR: folder.path, HOME: folder.path },
  });
  const left = readdirSync(folder.path).filter((name) => name.startsWith('claviger'));
  folder.delete();
  expect(run.code, run.errors).toBe(0);
  const answers = run.output.split('\n').filter((line) => line.startsWith('< '));
  expect(answers).toEqual(PROMISED.map((promised) => expect.stringMatching(promised)));
  expect(run.output + run.errors).not.toMatch(/clv_(?:master|write)_\w{20}/);
  expect(left).toEqual([]);
  expect(processesWith(folder.path)).toEqual([]);
});
