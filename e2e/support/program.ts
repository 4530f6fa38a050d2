import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended: by itself with a status, or by a signal. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A program that a test started. What it says is kept for the report, and it never outlives the tests. */
export type Program = {
  readonly name: string;
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  errors(): string;
  isRunning(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it has ended and all its words have arrived. */
  readonly ended: Promise<Ending>;
  /** Asks it to end, and ends it when it does not. */
  stop(): Promise<Ending>;
};

/** What to start, and as whom. */
export type ProgramStart = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What it reads on standard input; nothing unless given. */
  readonly input?: string;
  /** A user to run as; only root can ask for one. */
  readonly user?: string;
  /** The signal that asks it to end; SIGTERM unless it wants another one. */
  readonly stopSignal?: NodeJS.Signals;
};

const STOPS_WITHIN_MS = 15_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program. The kernel ends it when the test runner is killed: no run leaves anything behind. */
export function startProgram(start: ProgramStart): Program {
  const [command, args] = bound(start);
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...start.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(start.cwd === undefined ? {} : { cwd: start.cwd }),
  });
  if (child.pid === undefined) throw new Error(`${start.name} could not be started: is ${start.command} installed?`);
  running.add(child);
  // A program may end without reading what it was given.
  child.stdin.on('error', () => {}).end(start.input);
  const said = { output: '', errors: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text));
  const ended = once(child, 'close').then(([code, signal]: unknown[]): Ending => {
    running.delete(child);
    return { code: code as Ending['code'], signal: signal as Ending['signal'] };
  });
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    name: start.name,
    pid: child.pid,
    output: () => said.output,
    errors: () => said.errors,
    isRunning,
    signal: (name) => void child.kill(name),
    ended,
    stop: () => stopped(child, ended, start.stopSignal ?? 'SIGTERM'),
  };
}

/** Runs a program to its end. */
export async function runProgram(
  start: ProgramStart,
): Promise<Ending & { readonly output: string; readonly errors: string }> {
  const program = startProgram(start);
  const ending = await program.ended;
  return { ...ending, output: program.output(), errors: program.errors() };
}

/** Runs a program that must succeed, and answers with what it printed. */
export async function outputOf(start: ProgramStart): Promise<string> {
  const run = await runProgram(start);
  if (run.code !== 0)
    throw new Error(`${start.name} ended with ${run.code ?? run.signal}:\n${run.errors}${run.output}`);
  return run.output;
}

/** `setpriv` changes the user and binds the child's life to ours, then becomes the program: the pid is the program's own. */
function bound(start: ProgramStart): readonly [string, readonly string[]] {
  if (process.platform !== 'linux') return [start.command, start.args];
  const user = start.user === undefined ? [] : ['--reuid', start.user, '--regid', start.user, '--init-groups'];
  return ['setpriv', [...user, '--pdeathsig', 'KILL', start.command, ...start.args]];
}

async function stopped(child: ChildProcess, ended: Promise<Ending>, signal: NodeJS.Signals): Promise<Ending> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  const ending = await ended;
  clearTimeout(timer);
  return ending;
}
