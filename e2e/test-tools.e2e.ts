import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Debian keeps servers out of an ordinary user's PATH, and PostgreSQL's programs in a folder per version. */
function searchPath(): string {
  const postgres = readdirSync(DEBIAN_POSTGRES).map((version) => join(DEBIAN_POSTGRES, version, 'bin'));
  return [process.env['PATH'], '/usr/sbin', ...postgres].join(':');
}

test.each([
  ['initdb', '--version', /PostgreSQL/],
  ['nginx', '-V', /nginx/],
  ['haproxy', '-v', /HAProxy/i],
  ['caddy', 'version', /\d+\.\d+/],
  ['chromium', '--version', /Chromium \d+/],
])('the system tests find %s and can run it', (program, option, expected) => {
  // nginx answers on standard error.
  const command = `${program} ${option} 2>&1`;
  const answer = execFileSync('sh', ['-c', command], { encoding: 'utf8', env: { ...process.env, PATH: searchPath() } });
  expect(answer).toMatch(expected);
});
