import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A server under load, in a process of its own on the first core. */
export type ServerProcess = { readonly pid: number; readonly port: number; stop(): Promise<void> };

/** Starts a server file; it prints its port once it listens. */
export async function startServer(file: string, args: readonly string[]): Promise<ServerProcess> {
  const child = spawn('taskset', ['-c', '0', process.execPath, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(Number(text.trim()));
    });
    child.on('exit', (code) => reject(new Error(`${file} ended with ${code} before it listened`)));
  });
  if (child.pid === undefined) throw new Error(`${file} has no process`);
  return {
    pid: child.pid,
    port,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
