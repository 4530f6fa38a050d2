import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A program that the demo started and will end. */
export type Program = { readonly name: string; stop(): Promise<void> };

/** Finds a port that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port was found');
  return address.port;
}

/** Starts a program and waits until `url` answers 200; its own words go to standard error. */
export async function startProgram(name: string, file: string, options: StartOptions): Promise<Program> {
  const child = spawn(process.execPath, [file, ...options.arguments], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilReady(name, child, options.readyUrl);
  return {
    name,
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** What a program is started with. */
export type StartOptions = {
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyUrl: string;
};

const READY_WITHIN_MS = 30_000;
const PAUSE_MS = 50;

async function untilReady(name: string, child: ChildProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it was ready`);
    const isReady = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${name} was not ready within ${READY_WITHIN_MS / 1000} s at ${url}`);
}
