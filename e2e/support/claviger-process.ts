import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { type Ending, type Program, runProgram, startProgram } from './program.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** The checkout that is under test. */
export const CHECKOUT = join(import.meta.dirname, '../..');
/** The program's own file. */
const CLAVIGER = join(CHECKOUT, 'packages/cli/src/main.ts');
/** The set-up token of every installation of the tests: given by setting, so that no log is read for it. */
export const SETUP_TOKEN = 'a-set-up-token-of-the-system-tests';

/** A running `claviger serve` with a data folder and ports of its own, which it keeps across restarts. */
export type Claviger = {
  readonly dataDir: string;
  /** Where each listener answers. */
  readonly control: string;
  readonly data: string;
  readonly metrics: string;
  readonly ports: { readonly control: number; readonly data: number; readonly metrics: number };
  readonly pid: () => number;
  /** What it said on standard error, over all its lives. */
  log(): string;
  isRunning(): boolean;
  /** The internal key with which back ends ask (K11). */
  verifierKey(): string;
  signal(name: NodeJS.Signals): void;
  /** Ends it with no chance to finish anything. */
  kill(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<Ending>;
  /** Starts it again on the same folder and ports, and waits until it is ready. */
  restart(): Promise<void>;
  /** Ends it for good and deletes its folder. */
  delete(): Promise<void>;
};

/** What an installation is started with; settings are added to the environment as they are. */
export type ClavigerOptions = { readonly settings?: Readonly<Record<string, string>> };

/** Starts `claviger serve` and waits until every listener is ready. */
export async function startClaviger(options: ClavigerOptions = {}): Promise<Claviger> {
  const folder = makeTemporaryFolder('data');
  const [control = 0, data = 0, metrics = 0] = await freePorts(3);
  const env = {
    CLAVIGER_DATA_DIR: folder.path,
    CLAVIGER_LISTEN: `127.0.0.1:${control}`,
    CLAVIGER_DATA_PLANE_LISTEN: `127.0.0.1:${data}`,
    CLAVIGER_METRICS_LISTEN: `127.0.0.1:${metrics}`,
    CLAVIGER_SETUP_TOKEN: SETUP_TOKEN,
    ...options.settings,
  };
  const urls = [control, data, metrics].map((port) => `http://127.0.0.1:${port}`);
  let earlierLives = '';
  let program = await started(env, urls);
  const [controlUrl = '', dataUrl = '', metricsUrl = ''] = urls;
  return {
    dataDir: folder.path,
    control: controlUrl,
    data: dataUrl,
    metrics: metricsUrl,
    ports: { control, data, metrics },
    pid: () => program.pid,
    log: () => earlierLives + program.errors(),
    isRunning: () => program.isRunning(),
    verifierKey: () => readFileSync(join(folder.path, 'verifier.key'), 'utf8').trim(),
    signal: (name) => program.signal(name),
    kill: async () => {
      program.signal('SIGKILL');
      await program.ended;
    },
    stop: () => program.stop(),
    restart: async () => {
      earlierLives += program.errors();
      program = await started(env, urls);
    },
    delete: async () => {
      await program.stop();
      folder.delete();
    },
  };
}

/** Runs `claviger` with arguments to its end: for starts that must be refused, and for commands. */
export function runClaviger(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  input?: string,
): Promise<Ending & { readonly output: string; readonly errors: string }> {
  const start = { name: 'claviger', command: process.execPath, args: [CLAVIGER, ...args], env: settings };
  return runProgram({ ...start, ...(input === undefined ? {} : { input }) });
}

async function started(env: Readonly<Record<string, string>>, urls: readonly string[]): Promise<Program> {
  const program = startProgram({ name: 'claviger', command: process.execPath, args: [CLAVIGER, 'serve'], env });
  await until('claviger is ready', async () => {
    if (!program.isRunning()) throw new Error(`claviger did not start:\n${program.errors()}${program.output()}`);
    const answers = await Promise.all(urls.map(isReady));
    return answers.every((answer) => answer);
  });
  return program;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status === 200;
    },
    () => false,
  );
}
