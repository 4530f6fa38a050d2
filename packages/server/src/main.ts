import { readFileSync } from 'node:fs';
import { openPostgres, openSqlite } from '@claviger/storage';
import type { OperatorAnswer, OperatorRequest } from '@claviger/contract';
import { systemClock } from './clock.ts';
import { type Config, type Flags, parseConfig } from './config.ts';
import { openLog } from './logs.ts';
import { askOperator } from './operator/ask-operator.ts';
import { startServer } from './start.ts';

/** What a program ends with: 0 done, 1 something is in the way or broke, 2 what was set is wrong. */
export type ExitCode = 0 | 1 | 2;

/**
 * Runs the server until SIGTERM or SIGINT and answers with the exit status. Everything it says to people goes to standard
 * error; mistakes in the settings are all reported at once.
 */
export async function start(flags: Flags): Promise<ExitCode> {
  const parsed = parseConfig({ env: process.env, readFile: (path) => readFileSync(path, 'utf8') }, flags);
  if (!parsed.ok) {
    for (const mistake of parsed.refusal) say(mistake);
    return 2;
  }
  const stopAsked = stopSignal();
  try {
    return await serve(parsed.value, stopAsked);
  } catch (fault) {
    say(
      `broke down (${fault instanceof Error ? fault.message : String(fault)}): start again, and look into the log above`,
    );
    return 1;
  }
}

/** Does what the operator asks for, by the running server or on a stopped one's data. */
export async function ask(flags: Pick<Flags, 'dataDir'>, asked: OperatorRequest): Promise<OperatorAnswer> {
  const parsed = parseConfig({ env: process.env, readFile: (path) => readFileSync(path, 'utf8') }, flags);
  if (!parsed.ok) return { ok: false, ending: 'wrong_use', line: parsed.refusal.join('; ') };
  const engines = { sqlite: openSqlite, postgres: openPostgres };
  return askOperator(parsed.value, { engines, clock: systemClock(), log: openLog(parsed.value.logLevel) }, asked);
}

async function serve(config: Config, stopAsked: Promise<void>): Promise<ExitCode> {
  const log = openLog(config.logLevel);
  const started = await startServer(config, {
    engines: { sqlite: openSqlite, postgres: openPostgres },
    clock: systemClock(),
    log,
    say,
    memoryBytes: () => process.memoryUsage.rss(),
    isTerminal: process.stderr.isTTY === true,
  });
  if (!started.ok) {
    say(started.refusal.line);
    return started.refusal.exitCode;
  }
  if (config.tls !== null) process.on('SIGHUP', () => started.value.renewCertificate());
  await stopAsked;
  await started.value.stop();
  return 0;
}

function say(line: string): void {
  process.stderr.write(`claviger: ${line}\n`);
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
}
