import { spawnSync } from 'node:child_process';

/** One slot of load: how many requests were answered, and how many of them not with 2xx. */
export type Slot = { readonly requests: number; readonly refused: number };

/** Loads a server on this machine with 64 keep-alive connections from the second core, for whole seconds. */
export function loadFor(seconds: number, target: { port: number; script: string; arguments: readonly string[] }): Slot {
  const url = `http://127.0.0.1:${target.port}/`;
  const options = ['-t1', '-c64', `-d${seconds}s`, '-s', target.script, url, '--', ...target.arguments];
  const run = spawnSync('taskset', ['-c', '1', 'wrk', ...options], { encoding: 'utf8' });
  if (run.status !== 0) {
    throw new Error(`wrk did not run: ${run.error?.message ?? run.stderr}. scripts/install-test-tools installs it.`);
  }
  const requests = /(\d+) requests in/.exec(run.stdout)?.[1];
  if (requests === undefined) throw new Error(`wrk said something unexpected:\n${run.stdout}`);
  return { requests: Number(requests), refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(run.stdout)?.[1] ?? 0) };
}
