import { StoreFault } from '../faults.ts';

/** Classes of SQLSTATE that say that the server cannot serve us now (PostgreSQL manual, appendix A). */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set([
  '08', // connection
  '53', // out of disk, memory or connections
  '57', // shut down, cancelled, timed out
  '58', // the operating system's errors
]);
const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  '25006', // read-only: a standby, or a server in the middle of a failover
  '25P03', // idle in a transaction for too long
  '40001', // serialization
  '40P01', // deadlock
  '55P03', // lock not available in time
]);
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** What pg throws without any code when a connection breaks or cannot be had in time. */
const LOST =
  /connection terminated|connection timeout|timeout exceeded|read timeout|not queryable|connection is closed|discarded/i;

/** What an error of pg means, or null when it is none, or a mistake of ours. */
export function postgresFault(error: unknown): StoreFault | null {
  if (!(error instanceof Error) || error instanceof StoreFault) return null;
  const code = codeOf(error);
  const isAway = code === null ? LOST.test(error.message) : isUnavailable(code);
  return isAway ? new StoreFault('unavailable', 'PostgreSQL does not answer as it should', { cause: error }) : null;
}

/** The code of an error, SQLSTATE or the system's; of several attempts to connect, the first one's. */
export function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function isUnavailable(code: string): boolean {
  return UNAVAILABLE_CODES.has(code) || UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || NETWORK.test(code);
}
