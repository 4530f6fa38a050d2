import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** The program's own log: JSON lines on standard error. Requests appear by method, route and id; never a header's value. */
export type Log = Pick<Logger, 'fatal' | 'error' | 'warn' | 'info' | 'debug'>;

/** Names under which secrets travel; should one ever be logged by mistake, its value is left out. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'digest',
  'headers',
  'key',
  'password',
  'query',
  'rawHeaders',
  'secret',
  'token',
  'x-api-key',
];

/** Opens the log. Writing is synchronous: the last line before an exit is the one that matters. */
export function openLog(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_NAMES.flatMap((name) => [pathOf(name), `*${bracketed(name)}`]), censor: '[secret]' },
      serializers: { err: describeFault },
    },
    destination({ dest: 2, sync: true }),
  );
}

/** A fault as the log shows it: its own words and where it happened, none of the fields that drivers hang on it. */
function describeFault(fault: unknown): Readonly<Record<string, unknown>> {
  if (!(fault instanceof Error)) return { message: typeof fault };
  const cause = fault.cause === undefined ? {} : { cause: describeFault(fault.cause) };
  const code = 'code' in fault ? { code: String(fault.code) } : {};
  return { type: fault.name, message: fault.message, stack: fault.stack, ...code, ...cause };
}

function pathOf(name: string): string {
  return name.includes('-') ? `["${name}"]` : name;
}

function bracketed(name: string): string {
  return name.includes('-') ? `["${name}"]` : `.${name}`;
}
